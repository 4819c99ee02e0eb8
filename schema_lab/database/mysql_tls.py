"""PyMySQL connects with TLS where the server has it, and loads every certificate first.

Without a certificate of its own it verifies none, so 35 ms of each connection are for nothing:
https://pymysql.readthedocs.io/en/latest/modules/connections.html. Here the same is had without.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

_NO_TLS = 2026
"""CR_SSL_CONNECTION_ERROR: https://mariadb.com/kb/en/mariadb-error-code-reference/."""


def with_tls_where_there_is(engine: sa.Engine) -> sa.Engine:
    """Let an engine on MariaDB or MySQL connect as PyMySQL does by itself, and give it back.

    A URL that says anything about TLS, or names a file that may, is left to PyMySQL.
    """
    if engine.dialect.driver == "pymysql":
        event.listen(engine, "do_connect", _connect)
    return engine


@contextmanager
def tls_where_there_is(url: sa.URL) -> Iterator[None]:
    """Let every engine on PyMySQL connect so meanwhile, such as an env.py's own for this URL.

    One within another changes nothing.
    """
    dialect = url.get_dialect()
    if dialect.driver != "pymysql" or event.contains(dialect, "do_connect", _connect):
        yield
        return
    event.listen(dialect, "do_connect", _connect)
    try:
        yield
    finally:
        event.remove(dialect, "do_connect", _connect)


def _connect(dialect: Any, record: Any, arguments: Any, options: dict[str, Any]) -> Any:
    """Connect; None where PyMySQL shall do it by itself."""
    if any(name.startswith(("ssl", "read_default")) for name in options):
        return None
    try:
        return dialect.connect(*arguments, **options, ssl=_unverified())
    except dialect.loaded_dbapi.OperationalError as error:
        if error.args[0] != _NO_TLS:
            raise
    return dialect.connect(*arguments, **options, ssl_disabled=True)


@cache
def _unverified() -> ssl.SSLContext:
    """Give what encrypts and verifies nothing, as PyMySQL's own does without a certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    return made
