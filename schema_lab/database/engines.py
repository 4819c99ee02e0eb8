"""The engine recipe of each dialect, in one place.

The notebook, the command line and `scripts/run_migrations.py` all connect through here.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import NullPool, QueuePool

from schema_lab.database.kept_briefly import briefly_keeping, keeps_briefly
from schema_lab.database.kept_connection import keep_for_looking
from schema_lab.database.mysql_tls import with_tls_where_there_is
from schema_lab.database.remembered import with_memory
from schema_lab.database.sqlite_holder import holder
from schema_lab.errors import DatabaseError

SQLITE_BEGIN = "sqlite_begin"
"""Execution option of a connection: how its transactions begin ("DEFERRED" or "IMMEDIATE")."""


def engine_for(url: sa.URL, wait: float = 60.0) -> sa.Engine:
    """Give the engine for a resolved URL. Read-only: nothing connects yet.

    Parameters
    ----------
    url
        A URL as `schema_lab.database.resolve` gives it.
    wait
        Seconds that SQLite waits for another writer.

    Raises
    ------
    DatabaseError
        For a SQLite database in memory, which every connection would see empty.

    Examples
    --------
    >>> engine_for(sa.make_url("sqlite:///lab.db")).dialect.name
    'sqlite'
    """
    if keeps_briefly(url):
        return with_memory(briefly_keeping(url))
    if url.get_backend_name() != "sqlite":
        return with_memory(with_tls_where_there_is(sa.create_engine(url, poolclass=NullPool)))
    if url.database in (None, "", ":memory:") or "mode=memory" in str(url.query):
        raise DatabaseError(
            "A SQLite database in memory is empty again for every connection.",
            "Name a file, such as sqlite:///lab.db, or use Lab.scratch().",
        )
    arguments = {"timeout": wait, "check_same_thread": False}  # env.py may have its own thread
    engine = sa.create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=-1, connect_args=arguments
    )
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "handle_error", partial(_on_sqlite_error, wait))
    return keep_for_looking(with_memory(real_transactions(engine)))


def _on_sqlite_connect(connection: Any, record: Any) -> None:
    """Hand transactions to SQLAlchemy: the driver's own mode does not cover DDL."""
    connection.isolation_level = None


def _on_sqlite_begin(connection: sa.Connection) -> None:
    mode = connection.get_execution_options().get(SQLITE_BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _on_sqlite_error(wait: float, context: Any) -> DatabaseError | None:
    """Name who is in the way, where SQLite only says that the database is locked."""
    error = context.original_exception
    if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
        return None
    return DatabaseError(
        f"Another program is using this database ({holder(context.engine.url.database or '')}); "
        f"it did not finish within {wait:g} s.",
        "Wait until it is done, then try again; a longer wait may be asked for.",
    )


def real_transactions(engine: sa.Engine) -> sa.Engine:
    """Let a SQLite engine begin its transactions as `engine_for`'s do, and give it back."""
    event.listen(engine, "begin", _on_sqlite_begin)
    return engine


@contextmanager
def sqlite_transactions(connection: sa.Connection, wait: float) -> Iterator[None]:
    """Migrate in real transactions also on a SQLite engine that is not `engine_for`'s.

    The driver's own mode commits at DDL. What is changed on the connection is put back.
    """
    engine = connection.engine
    if engine.dialect.name != "sqlite" or event.contains(engine, "begin", _on_sqlite_begin):
        yield
        return
    driver: Any = connection.connection.driver_connection
    level, busy = driver.isolation_level, _pragma(connection, "busy_timeout")
    hooks: list[tuple[str, Callable[..., Any]]] = [
        ("begin", partial(_instead_of_theirs, connection)),
        ("handle_error", partial(_on_sqlite_error, wait)),
    ]
    driver.isolation_level = None
    _pragma(connection, f"busy_timeout={int(wait * 1000)}")
    for name, hook in hooks:
        event.listen(engine, name, hook)
    try:
        yield
    finally:
        for name, hook in hooks:
            event.remove(engine, name, hook)
        driver.isolation_level = level
        _pragma(connection, f"busy_timeout={busy or 0}")


def _instead_of_theirs(ours: sa.Connection, connection: sa.Connection) -> None:
    """Begin a transaction in place of the one that the engine's own listener may have begun."""
    if connection is not ours:
        return
    driver: Any = connection.connection.driver_connection
    if driver.in_transaction:
        driver.execute("ROLLBACK")
    _on_sqlite_begin(connection)


@contextmanager
def foreign_keys_off(connection: sa.Connection) -> Iterator[None]:
    """Keep SQLite from deleting child rows while a parent table is rebuilt.

    The pragma is a no-op inside a transaction, so this stands outside of one and reads it back.
    On other dialects nothing happens. Source: https://www.sqlite.org/lang_altertable.html#otheralter
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    before = _pragma(connection, "foreign_keys")
    _pragma(connection, "foreign_keys=OFF")
    if _pragma(connection, "foreign_keys") != 0:
        raise DatabaseError(
            "SQLite did not switch foreign keys off, since a transaction is open.",
            "Commit or roll back on this connection, then migrate.",
        )
    try:
        yield
    finally:
        if not connection.invalidated and not connection.closed:
            _pragma(connection, f"foreign_keys={before or 0}")


def _pragma(connection: sa.Connection, text: str) -> int | None:
    """Run a pragma on the driver's connection, where no transaction begins on its own."""
    driver = connection.connection.driver_connection
    if driver is None:
        return None
    row = driver.execute(f"PRAGMA {text}").fetchone()
    return None if row is None else int(row[0])


def broken_foreign_keys(connection: sa.Connection) -> frozenset[tuple[Any, ...]]:
    """List SQLite's rows whose parent is missing, as (table, rowid, parent, key). Read-only."""
    if connection.dialect.name != "sqlite":
        return frozenset()
    return frozenset(map(tuple, connection.exec_driver_sql("PRAGMA foreign_key_check")))
