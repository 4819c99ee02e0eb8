"""Around a renaming: what has to go before it, what comes after, and what else changes."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.questions.live import Live
from schema_lab.models.targets import target_of

Operations = list[ops.MigrateOperation]


def before_and_after(
    upgrade: ops.UpgradeOps, table: ops.ModifyTableOps, column: str
) -> tuple[Operations, Operations]:
    """Part an upgrade: dropped indexes and constraints on the column go first, all else after.

    So does the downgrade: it makes them again when the column has its old name back.
    """
    renamed = [at for at, one in enumerate(upgrade.ops) if isinstance(one, ops.RenameTableOp)]
    start = renamed[-1] + 1 if renamed else 0
    before: Operations = upgrade.ops[:start]
    after: Operations = []
    for one in upgrade.ops[start:]:
        if not isinstance(one, ops.ModifyTableOps):
            after.append(one)
            continue
        own = (one.table_name, one.schema) == (table.table_name, table.schema)
        first = [part for part in one.ops if _names(part, table, column, own=own)]
        rest = [part for part in one.ops if part not in first]
        for container, parts in ((before, first), (after, rest)):
            if parts:
                container.append(ops.ModifyTableOps(one.table_name, parts, schema=one.schema))
    return before, after


def _names(
    operation: ops.MigrateOperation, table: ops.ModifyTableOps, column: str, *, own: bool
) -> bool:
    """Say whether a dropped index or constraint names the column, or points to it."""
    if isinstance(operation, ops.DropIndexOp):
        return own and column in operation.to_index().columns
    if not isinstance(operation, ops.DropConstraintOp):
        return False
    constraint = operation.to_constraint()
    if own and column in getattr(constraint, "columns", ()):
        return True
    if isinstance(constraint, sa.ForeignKeyConstraint):
        target = ".".join(filter(None, (table.schema, table.table_name, column)))
        return any(target_of(one) == target for one in constraint.elements)
    return False


def alterations(
    table: ops.ModifyTableOps, live_column: sa.Column[Any], wanted: sa.Column[Any], live: Live
) -> Iterator[ops.ModifyTableOps]:
    """Compare the renamed column with the model's as Alembic compares columns."""
    old: Any = live_column._copy()
    old.name = old.key = wanted.name
    sa.Table(table.table_name, sa.MetaData(), old, schema=table.schema)
    found = ops.AlterColumnOp(table.table_name, wanted.name, schema=table.schema)
    compare = live.autogen.comparators.dispatch("column", qualifier=live.dialect.name)
    compare(live.autogen, found, table.schema, table.table_name, wanted.name, old, wanted)
    if found.has_changes():
        yield ops.ModifyTableOps(table.table_name, [found], schema=table.schema)
