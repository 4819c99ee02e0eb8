"""PostgreSQL's enum types: made before a column needs them, dropped when nothing does any more.

Alembic makes a type with its table, but neither with a column nor drops it with either, so that
a second upgrade fails with "type already exists".
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql

from schema_lab.autogenerate.operations import Operation, describe
from schema_lab.autogenerate.scope import enum_tables

Enums = dict[str, sa.Enum]


class CreateTypeOp(ops.MigrateOperation):
    """Make an enum type; on other databases the script's line does nothing."""

    def __init__(self, type_: sa.Enum) -> None:
        self.type = type_


class DropTypeOp(CreateTypeOp):
    """Drop an enum type."""


def with_enum_types(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Complete a script on PostgreSQL (a `process_revision_directives` function)."""
    if context.dialect.name != "postgresql" or context.connection is None:
        return
    inspector: Any = sa.inspect(context.connection)
    live = {str(one["name"]) for one in inspector.get_enums()}
    wanted = set(_of_models(context))
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            after = _complete(upgrade, live, wanted)
            _complete(downgrade, after, live)


def _complete(container: Any, before: set[str], keep: set[str]) -> set[str]:
    """Add what makes and what drops types; give the types that are there afterwards."""
    operations = list(_opened(container.ops))
    with_tables = _enums(one for one in operations if isinstance(one, ops.CreateTableOp))
    with_columns = _enums(one for one in operations if isinstance(one, ops.AddColumnOp))
    gone = _enums(one for one in operations if isinstance(one, ops.DropTableOp | ops.DropColumnOp))
    made = {n: t for n, t in with_columns.items() if n not in before and n not in with_tables}
    dropped = {name: type_ for name, type_ in gone.items() if name not in keep}
    for one in operations:
        if isinstance(one, ops.CreateTableOp):
            one.columns = [_of_standing_type(column, before | set(made)) for column in one.columns]
    container.ops = [
        *(CreateTypeOp(type_) for type_ in made.values()),
        *container.ops,
        *(DropTypeOp(type_) for type_ in dropped.values()),
    ]
    return (before | set(with_tables) | set(made)) - set(dropped)


def _of_standing_type(part: Any, there: set[str]) -> Any:
    """Give a column of a new table; a type that is there already is not made with the table."""
    type_ = getattr(part.type, "impl", part.type) if isinstance(part, sa.Column) else None
    if not isinstance(type_, sa.Enum) or not type_.native_enum or type_.name not in there:
        return part
    column: Any = part._copy()
    column.type = postgresql.ENUM(
        *type_.enums, name=type_.name, schema=type_.schema, create_type=False
    )
    return column


def _opened(operations: list[Any]) -> Iterator[Any]:
    for one in operations:
        yield from one.ops if isinstance(one, ops.ModifyTableOps) else (one,)


def _enums(operations: Iterator[Any]) -> Enums:
    columns = (column for one in operations for column in _columns(one))
    return _named(column.type for column in columns)


def _columns(operation: Any) -> list[sa.Column[Any]]:
    if isinstance(operation, ops.AddColumnOp):
        return [operation.column]
    if isinstance(operation, ops.DropColumnOp):
        return [operation.to_column()]
    return list(operation.to_table().columns)


def _of_models(context: MigrationContext) -> Enums:
    return _named(column.type for table in enum_tables(context) for column in table.columns)


def _named(types: Iterator[Any]) -> Enums:
    found = (getattr(one, "impl", one) for one in types)
    return {
        str(one.name): one
        for one in found
        if isinstance(one, sa.Enum) and one.name and one.native_enum
    }


@renderers.dispatch_for(CreateTypeOp)
def _render_create(context: AutogenContext, operation: CreateTypeOp) -> str:
    type_ = sa.Enum(*operation.type.enums, name=operation.type.name)
    return f"sa.{type_!r}.create(op.get_bind(), checkfirst=False)"


@renderers.dispatch_for(DropTypeOp)
def _render_drop(context: AutogenContext, operation: DropTypeOp) -> str:
    return f"sa.Enum(name={operation.type.name!r}).drop(op.get_bind(), checkfirst=False)"


@describe.register
def _(operation: CreateTypeOp, dialect: sa.Dialect) -> Iterator[Operation]:
    after = ", ".join(operation.type.enums)
    yield Operation("+", f"create type {operation.type.name} ({after})", "create_type", after=after)


@describe.register
def _(operation: DropTypeOp, dialect: sa.Dialect) -> Iterator[Operation]:
    name = str(operation.type.name)
    yield Operation("-", f"drop type {name}", "drop_type", before=name)
