"""Choose how to rehearse: on a copy, in a transaction, or on a sample; and say why."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from schema_lab.errors import DatabaseError, InputError
from schema_lab.history import Environment, as_lab_errors
from schema_lab.rehearsal.copies import postgresql

WAYS = ("copy", "transaction", "sample")
MEGABYTE = 2**20
LIMITS = {"sqlite": 2048, "postgresql": 2048, "mariadb": 256, "mysql": 256}
"""Megabytes up to which a database is copied whole, unless a copy is asked for."""

_SIZES = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "mysql": (
        "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()"
    ),
}
_HELD = (
    "While it ran, the statements held their locks on the live database until the rollback; "
    "others waited. The way back was not rehearsed, to keep that short."
)
_SEQUENCES = "Numbers that sequences gave out are not given back by a rollback."


@dataclass(frozen=True)
class Choice:
    """How a rehearsal runs, and why so; `notes` are what a person should know of that way."""

    how: str
    why: str

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what this way has for a consequence."""
        return (_HELD, _SEQUENCES) if self.how == "transaction" else ()


def choose(environment: Environment, how: str | None) -> Choice:
    """Choose by what was asked for, by size and by rights. Read-only.

    Raises
    ------
    InputError
        For a way that there is not.
    DatabaseError
        When a copy was asked for that the user may not make.
    """
    if how is not None and how not in WAYS:
        raise InputError(f"{how!r} is no way to rehearse.", f"Take one of {', '.join(WAYS)}.")
    dialect = environment.url.get_backend_name()
    if how == "transaction":
        return Choice(how, "it was asked for")
    may_copy = dialect != "postgresql" or _asked(environment, postgresql.may_copy)
    if how is not None and not may_copy:
        raise DatabaseError(
            "The user may not create databases, so no copy can be made.",
            'Ask for it (ALTER ROLE … CREATEDB), or rehearse with how="transaction".',
        )
    if how is not None:
        return Choice(how, "it was asked for")
    if not may_copy:
        return Choice("transaction", "the user may not create databases for a copy")
    size, limit = size_of(environment), LIMITS[dialect]
    if size > limit * MEGABYTE:
        return Choice("sample", f"{_megabytes(size)} is more than the {limit} MB of a whole copy")
    return Choice("copy", "the database is small enough")


def size_of(environment: Environment) -> int:
    """Give the size of the database in bytes. Read-only."""
    dialect = environment.url.get_backend_name()
    if dialect == "sqlite":
        file = Path((environment.url.database or "").removeprefix("file:").partition("?")[0])
        return file.stat().st_size if file.is_file() else 0
    asked = _SIZES.get(dialect, _SIZES["mysql"])
    return int(_asked(environment, lambda c: c.exec_driver_sql(asked).scalar_one()))


def _asked(environment: Environment, ask: Callable[[sa.Connection], int]) -> int:
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        return ask(connection)


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB"
