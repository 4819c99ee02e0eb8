"""Values that are no member, where the database has neither a type nor a CHECK. Read-only."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.members.operation import EnumColumn, MembersOp
from schema_lab.autogenerate.scope import enum_tables

_MOST = 10
Stray = tuple[EnumColumn, tuple[str, ...], str, int]
"""The column, its members in the models, a value that is none, and the rows that hold it."""


def strays(context: MigrationContext, upgrade: ops.UpgradeOps) -> Iterator[Stray]:
    """Give the values that the models could not read, the most frequent first; ten a column."""
    asked = {
        (column.table, column.schema, column.name)
        for one in upgrade.ops
        if isinstance(one, MembersOp)
        for column in one.enum.columns
    }
    inspector: Any = sa.inspect(context.connection)
    for table in enum_tables(context):
        for column in table.columns:
            type_: Any = getattr(column.type, "impl", column.type)
            if not isinstance(type_, sa.Enum) or (table.name, table.schema, column.name) in asked:
                continue
            if type_.native_enum and context.dialect.supports_native_enum:
                continue
            if inspector.has_table(table.name, schema=table.schema):
                live = {one["name"]: one for one in inspector.get_columns(table.name, table.schema)}
                if column.name in live and isinstance(live[column.name]["type"], sa.String):
                    nullable = bool(live[column.name]["nullable"])
                    yield from _of(context, table, column.name, tuple(type_.enums), nullable)


def _of(
    context: MigrationContext,
    table: sa.Table,
    name: str,
    members: tuple[str, ...],
    nullable: bool,
) -> Iterator[Stray]:
    assert context.connection is not None
    held = sa.table(table.name, sa.column(name, sa.String()), schema=table.schema)
    number = sa.func.count().label("number")
    query = sa.select(held.c[name], number).where(held.c[name].not_in(members))
    query = query.group_by(held.c[name]).order_by(sa.desc("number"), held.c[name]).limit(_MOST)
    for value, rows in context.connection.execute(query):
        yield EnumColumn(table.name, table.schema, name, nullable=nullable), members, value, rows
