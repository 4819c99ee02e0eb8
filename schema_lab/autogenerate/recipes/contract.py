"""The end of an expanded rename: the trigger goes with the old column, and comes back with it.

Nobody chooses it: a trigger that `expand` made would fail at each write once its column is gone.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.recipes.in_step import PREFIX
from schema_lab.autogenerate.recipes.parts import RunOp

_TRIGGERS = sa.text(
    "SELECT t.tgname AS name, pg_get_triggerdef(t.oid) AS trigger, pg_get_functiondef(p.oid) "
    "AS function, p.prosrc AS body FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid "
    "WHERE t.tgrelid = to_regclass(:place) AND starts_with(t.tgname, :prefix) ORDER BY 1"
)


def contract(upgrade: ops.UpgradeOps, live: Live) -> None:
    """Let each dropped column take along the trigger that kept it in step."""
    if live.dialect.name != "postgresql":
        return
    found: list[ops.MigrateOperation] = []
    for one in upgrade.ops:
        if isinstance(one, ops.ModifyTableOps):
            for drop in list(one.ops):
                if isinstance(drop, ops.DropColumnOp):
                    found += _steps(one, drop, live)
        found.append(one)
    upgrade.ops = found


def _steps(
    table: ops.ModifyTableOps, drop: ops.DropColumnOp, live: Live
) -> Iterator[ops.MigrateOperation]:
    quote = live.dialect.identifier_preparer.quote
    place = ".".join(quote(part) for part in (table.schema, table.table_name) if part)
    old = quote(drop.column_name)
    asked = _TRIGGERS.bindparams(place=place, prefix=PREFIX)
    for one in live.connection.execute(asked).all():
        if f"NEW.{old} :=" not in one.body:
            continue
        new = one.body.split(f"NEW.{old} := NEW.")[1].split(";")[0]
        column = drop.to_column()
        table.ops[table.ops.index(drop)] = _nullable_on_the_way_back(drop, column)
        name = quote(one.name)
        yield NoteOp(
            f"{new} has taken the place of {drop.column_name}: no trigger is needed any more."
        )
        back = f"UPDATE {place} SET {old} = {new} WHERE {old} IS DISTINCT FROM {new}"  # noqa: S608 - quoted
        strict = f"ALTER TABLE {place} ALTER COLUMN {old} SET NOT NULL"
        if not column.nullable:
            yield RunOp(f"ALTER TABLE {place} ALTER COLUMN {old} DROP NOT NULL", strict)
        yield RunOp(f"DROP TRIGGER {name} ON {place}", str(one.trigger))
        yield RunOp(f"DROP FUNCTION {name}()", f"{back};\n{str(one.function).strip()}")


def _nullable_on_the_way_back(drop: ops.DropColumnOp, column: sa.Column[Any]) -> ops.DropColumnOp:
    """Bring the column back nullable: the values come after it."""
    empty = sa.Column(column.name, column.type, nullable=True, server_default=column.server_default)
    add = ops.AddColumnOp(drop.table_name, empty, schema=drop.schema)
    return ops.DropColumnOp(drop.table_name, drop.column_name, schema=drop.schema, _reverse=add)
