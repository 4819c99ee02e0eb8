"""A new database on a server that is there, dropped at the end."""

import secrets
from collections.abc import Callable
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.database import engine_for, masked, resolve
from schema_lab.errors import InputError
from schema_lab.history import as_lab_errors

Started = tuple[sa.URL, Callable[[], None]]
"""The URL of a fresh database, and what ends it."""

_MAINTENANCE = {
    "postgresql": "postgres",
    "mysql": "information_schema",
    "mariadb": "information_schema",
}


def on_server(url: str) -> Started:
    """Create a database with a new name on the server of a URL.

    Raises
    ------
    InputError
        When the URL is not a server's.
    DatabaseError
        When the server does not answer, or the user may not create databases.
    """
    written = sa.make_url(url)
    maintenance = _MAINTENANCE.get(_backend(written))
    if maintenance is None:
        raise InputError(
            f"{masked(url)} is not the URL of a PostgreSQL, MariaDB or MySQL server.",
            "Take Lab.scratch() for SQLite.",
        )
    server = resolve(written.set(database=maintenance))
    name = f"schema_lab_scratch_{secrets.token_hex(6)}"
    with as_lab_errors(server):
        _execute(server, f"CREATE DATABASE {name}{_encoding(server)}")

    def end() -> None:
        force = " WITH (FORCE)" if server.get_backend_name() == "postgresql" else ""
        with suppress(SQLAlchemyError):  # at exit the server may be gone, and its database with it
            _execute(server, f"DROP DATABASE IF EXISTS {name}{force}")

    return server.set(database=name), end


def _backend(url: sa.URL) -> str:
    name = url.drivername.partition("+")[0]
    return "postgresql" if name == "postgres" else name


def _encoding(server: sa.URL) -> str:
    if server.get_backend_name() == "postgresql":
        return " ENCODING 'UTF8' TEMPLATE template0"
    return " CHARACTER SET utf8mb4"


def _execute(server: sa.URL, statement: str) -> None:
    engine = engine_for(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
