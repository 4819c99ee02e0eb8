"""A rename in a running system: the new column beside the old one, kept in step by a trigger.

This migration expands; when no process with the old models is left, the next autogenerate drops
the old column, and `contract` takes the trigger along.
https://www.martinfowler.com/bliki/ParallelChange.html
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.question import Value
from schema_lab.autogenerate.recipes.in_step import Pair
from schema_lab.autogenerate.recipes.parts import only_postgresql
from schema_lab.errors import InputError

KIND = "expand"
_CURE = "On another database rename the column in a pause of the service: candidate.rename(…)."


def apply(upgrade: ops.UpgradeOps, about: str, value: Value, live: Live) -> None:
    """Leave the column `about`, and add the one that `value` names beside it."""
    new_name = value[-1]
    only_postgresql(live, f"expand({about!r}, {new_name!r})", _CURE)
    for table in upgrade.ops:
        if isinstance(table, ops.ModifyTableOps) and (pair := _pair(table, about, new_name)):
            place = upgrade.ops.index(table)
            drop, add = pair
            rest = [one for one in table.ops if one not in pair and not _is_on(one, drop)]
            upgrade.ops[place : place + 1] = list(_expanded(table, drop, add, rest, live))
            return
    raise InputError(
        f"This candidate does not drop {about} and add {new_name}.",
        "See candidate.operations: a rename is a dropped and an added column of one table.",
    )


def _expanded(
    table: ops.ModifyTableOps,
    drop: ops.DropColumnOp,
    add: ops.AddColumnOp,
    rest: list[ops.MigrateOperation],
    live: Live,
) -> Iterator[ops.MigrateOperation]:
    name, schema, new = table.table_name, table.schema, str(add.column.name)
    step = Pair(name, drop.column_name, new, live.dialect, schema)
    wanted = add.column
    column = sa.Column(new, wanted.type, nullable=True, comment=wanted.comment)
    yield NoteOp(
        f"{name}.{drop.column_name} becomes {new}, in two migrations: this one adds {new} and "
        "keeps both in step;\nwhen no process uses the old column any more, autogenerate again to "
        "drop it."
    )
    added = ops.AddColumnOp(name, column, schema=schema)
    yield ops.ModifyTableOps(name, [added], schema=schema)
    yield from step.trigger()
    yield step.copy()
    if not wanted.nullable:
        strict = ops.AlterColumnOp(
            *(name, new),
            schema=schema,
            existing_type=wanted.type,
            existing_nullable=True,
            modify_nullable=False,
        )
        rest = [strict, *rest]
    if rest:
        yield ops.ModifyTableOps(name, rest, schema=schema)


def _pair(
    table: ops.ModifyTableOps, about: str, new: str
) -> tuple[ops.DropColumnOp, ops.AddColumnOp] | None:
    where = f"{table.schema}.{table.table_name}" if table.schema else table.table_name
    drops = [
        one
        for one in table.ops
        if isinstance(one, ops.DropColumnOp) and f"{where}.{one.column_name}" == about
    ]
    adds = [one for one in table.ops if isinstance(one, ops.AddColumnOp) and one.column.name == new]
    return (drops[0], adds[0]) if drops and adds else None


def _is_on(operation: ops.MigrateOperation, drop: ops.DropColumnOp) -> bool:
    """Say whether an operation drops an index or constraint of the old column: it stays for now."""
    made: Any = operation
    if isinstance(operation, ops.DropIndexOp):
        return drop.column_name in {getattr(one, "name", one) for one in made.to_index().columns}
    if isinstance(operation, ops.DropConstraintOp):
        columns = getattr(made.to_constraint(), "columns", ())
        return drop.column_name in {getattr(one, "name", one) for one in columns}
    return False
