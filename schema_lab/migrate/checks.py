"""What is refused before a run's first statement, and what a run must not keep silent about."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from schema_lab.database import is_mysql
from schema_lab.errors import MigrationError
from schema_lab.history import (
    applied_ids,
    missing_tables,
    refuse_forgotten,
    refuse_leftovers,
    revisions_of,
)
from schema_lab.migrate.rights import refuse_missing_rights


def refuse_unfit(connection: sa.Connection, heads: Iterable[str], steps: list[Any]) -> None:
    """Refuse steps that must fail, or whose ground cannot be believed. Read-only.

    Parameters
    ----------
    connection
        The migrating connection.
    heads
        What the version table names.
    steps
        Alembic's steps, no stamps.

    Raises
    ------
    SchemaLabError
        Saying what is in the way.
    """
    refuse_leftovers(connection)
    bases = [one.revision for one in steps if one.is_upgrade and not one.revision.down_revision]
    refuse_forgotten(connection, heads, bases)
    if is_mysql(connection.dialect.name):
        refuse_missing_rights(connection, steps)


def tables_gone(
    connection: sa.Connection, scripts: ScriptDirectory, heads: tuple[str, ...]
) -> tuple[str, ...]:
    """Say which tables are gone though the history made them, lest a run look whole. Read-only."""
    known = revisions_of(scripts)
    applied = [known[one] for one in applied_ids(scripts, heads)]
    return tuple(
        f"Table {one}, which an applied revision made, is gone; see lab.drift()."
        for one in missing_tables(connection, applied)
    )


def refuse_other_heads(direction: str, expected: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Refuse to call a run a success when a fresh connection sees other heads."""
    if after != expected:
        raise MigrationError(
            f"The {direction} reported {', '.join(expected) or 'base'}, "
            f"but the database stands at {', '.join(after) or 'base'}.",
            "Nothing was committed, or another program migrates this database; try again.",
        )
