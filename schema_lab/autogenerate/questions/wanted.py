"""Which columns shall be NOT NULL though rows would hold NULL there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.operations import full_name
from schema_lab.autogenerate.questions.former import former_column
from schema_lab.autogenerate.questions.live import Live


@dataclass(frozen=True)
class Wanted:
    """A column that shall be filled, and where the upgrade says so."""

    container: ops.ModifyTableOps
    operation: ops.AddColumnOp | ops.AlterColumnOp
    column: sa.Column[Any]
    live_table: str
    live_column: str
    rows: int
    empty: int

    @property
    def about(self) -> str:
        """The column's name with its table."""
        return f"{self.table}.{self.column.name}"

    @property
    def table(self) -> str:
        """The table's name after the upgrade, with its schema."""
        return full_name(self.container.table_name, self.container.schema)

    @property
    def added(self) -> bool:
        """Whether the column is only to be made."""
        return isinstance(self.operation, ops.AddColumnOp)


def wanted_in(upgrade: ops.UpgradeOps, live: Live) -> Iterator[Wanted]:
    """List the columns that an upgrade makes NOT NULL over rows that have no value there."""
    for container in upgrade.ops:
        if isinstance(container, ops.ModifyTableOps):
            for one in container.ops:
                if isinstance(one, ops.AddColumnOp) and _needs_value(one.column):
                    yield from _new(container, one, live)
                elif isinstance(one, ops.AlterColumnOp) and one.modify_nullable is False:
                    yield from _existing(upgrade, container, one, live)


def _needs_value(column: sa.Column[Any]) -> bool:
    given = column.server_default is not None or column.computed is not None
    return not (column.nullable or given or column.identity is not None)


def _new(container: ops.ModifyTableOps, one: ops.AddColumnOp, live: Live) -> Iterator[Wanted]:
    schema, name = container.schema, one.column.name
    table = live.named(container.table_name, schema)
    if live.has(table, schema):
        rows = live.rows(table, schema)
        if rows:
            yield Wanted(container, one, one.column, table, name, rows, rows)


def _existing(
    upgrade: ops.UpgradeOps, container: ops.ModifyTableOps, one: ops.AlterColumnOp, live: Live
) -> Iterator[Wanted]:
    schema = container.schema
    table = live.named(container.table_name, schema)
    name = former_column(upgrade, container.table_name, schema, one.column_name)
    if live.has(table, schema, [name]):
        rows = live.rows(table, schema)
        empty = rows - live.values(table, schema, name)
        model = live.model(container.table_name, schema)
        if empty and model is not None:
            column = next(each for each in model.columns if each.name == one.column_name)
            yield Wanted(container, one, column, table, name, rows, empty)
