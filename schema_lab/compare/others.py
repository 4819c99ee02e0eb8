"""Live tables that no model declares: which of them are this project's, and which somebody else's.

A table that a revision of the history ever made is this project's: without its model, a migration
drops it. Any other table belongs to another program, to the database or to a person, and is left
alone; so is a table of which nobody can tell who made it. The project's configuration decides
otherwise, table by table. A part of another object, such as a partition, is always left alone.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.compare.model_fingerprint import in_lower_case
from schema_lab.history.entries import LEAVE, OWN, as_entry, entries_in
from schema_lab.recording.made_tables import tables_made
from schema_lab.schema.reflection.parts import parts_of_others
from schema_lab.schema.words import TableKey

Places = frozenset[TableKey]

OWNERSHIP = "schema_lab_ownership"
"""The Alembic option by which the notebook or env.py hands in an `Ownership`."""


@dataclass
class Ownership:
    """What decides whose a table is, and the tables of others that a comparison found.

    `scripts` is Alembic's script directory. `left` and `owned` are the names in the
    project's configuration. `aloud` says that nobody reads `others`, so that they are logged.
    """

    scripts: Any
    left: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()
    aloud: bool = False
    others: Places = frozenset()


def ownership_in(ini: Path, scripts: Any, *, aloud: bool = False) -> Ownership:
    """Read what a project's configuration decides. Read-only."""
    left, owned = (frozenset(entries_in(ini, key)) for key in (LEAVE, OWN))
    return Ownership(scripts, left, owned, aloud)


def others_in(context: MigrationContext) -> tuple[str, ...]:
    """Name the tables that a context's comparison left alone, sorted."""
    ownership: Ownership | None = context.opts.get(OWNERSHIP)
    return () if ownership is None else tuple(sorted(map(str, ownership.others)))


def others_among(context: MigrationContext, undeclared: Iterable[TableKey]) -> Places:
    """Give the tables that are left alone, of those that no model declares; notes them.

    Parameters
    ----------
    context
        Alembic's context. Without an `Ownership` in its options, no table is left alone.
    undeclared
        Live tables; the default schema is None.
    """
    ownership: Ownership | None = context.opts.get(OWNERSHIP)
    listed = frozenset(undeclared)
    if ownership is None or not listed:
        return frozenset()
    assert context.connection is not None
    parts = listed & parts_of_others(context.connection)
    unsure = {place for place in listed - parts if as_entry(str(place)) not in ownership.owned}
    made = _made(context, ownership) if unsure else frozenset()
    others = {
        place
        for place in unsure
        if as_entry(str(place)) in ownership.left or _spelled(context, place) not in made
    }
    ownership.others |= others
    return parts | others


def _made(context: MigrationContext, ownership: Ownership) -> Places:
    found = tables_made(ownership.scripts, context.dialect.name)
    return frozenset(_spelled(context, place) for place in found)


def _spelled(context: MigrationContext, place: TableKey) -> TableKey:
    """Spell a table as its database tells tables apart: PostgreSQL alone heeds case everywhere."""
    default = context.dialect.default_schema_name
    plain = TableKey(None if place.schema == default else place.schema, place.name)
    return plain if context.dialect.name == "postgresql" else in_lower_case(*plain)


def leave_others(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Leave the tables of others alone.

    A `process_revision_directives` function; changes the directives in place.
    """
    ownership: Ownership | None = context.opts.get(OWNERSHIP)
    if ownership is None:
        return
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            dropped = [
                _place(context, operation)
                for operation in upgrade.ops
                if isinstance(operation, ops.DropTableOp)
            ]
            others = others_among(context, dropped)
            if others:
                upgrade.ops = [
                    operation
                    for operation in upgrade.ops
                    if not isinstance(operation, ops.DropTableOp | ops.ModifyTableOps)
                    or _place(context, operation) not in others
                ]
                upgrade.reverse_into(downgrade)
    if ownership.aloud and ownership.others:
        names = ", ".join(others_in(context))
        logging.getLogger("alembic.autogenerate").info(
            "Left alone, since no model and no revision of this project makes them: %s", names
        )


def _place(context: MigrationContext, operation: ops.DropTableOp | ops.ModifyTableOps) -> TableKey:
    default = context.dialect.default_schema_name
    schema = None if operation.schema == default else operation.schema
    return TableKey(schema, operation.table_name)
