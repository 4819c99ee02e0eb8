"""PostgreSQL's enum types: created before a column uses them, dropped when no column uses them.

Alembic creates a type with its table, but not with a column, and never drops a type. So a second
upgrade fails with "type already exists". A script that is written on another database gets the same
lines, which do nothing there: so it runs on PostgreSQL too.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql

from schema_lab.candidate.rewrite.members.finding import enum_in, users_of
from schema_lab.compare.operations import Operation, describe
from schema_lab.compare.scope import enum_tables
from schema_lab.compat.sqlalchemy_private import copied
from schema_lab.rows import plain_type
from schema_lab.schema.words import TableKey, full_name

Enums = dict[TableKey, sa.Enum]
"""Types by schema and name; the default schema is None."""

Place = tuple[str, str | None, str]
"""A column: its table, the schema of the table, and its name."""


class CreateTypeOp(ops.MigrateOperation):
    """Create an enum type. On other databases, the line in the script does nothing."""

    def __init__(self, type_: sa.Enum) -> None:
        self.type = type_


class DropTypeOp(CreateTypeOp):
    """Drop an enum type."""


def with_enum_types(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Add enum types to a script (a `process_revision_directives` function)."""
    if context.connection is None:
        return
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            if not any(_used(upgrade)):
                continue
            live = _live(context, upgrade)
            keep = set(_of_models(context)) | set(_of_others(context, upgrade))
            after = _complete(upgrade, live, keep, context)
            _complete(downgrade, after, live, context)


def _used(container: Any) -> Iterator[sa.Enum]:
    """Give the types of columns that an upgrade makes, drops or changes."""
    for operation in opened(container.ops):
        for column in (*columns_made(operation), *_gone(operation)):
            yield from _named([column.type], None).values()


def _live(context: MigrationContext, upgrade: ops.UpgradeOps) -> set[TableKey]:
    """Give the types that exist on PostgreSQL before the upgrade.

    Another database does not know; there, the columns that the upgrade leaves as they are tell.
    """
    if context.dialect.name == "postgresql":
        inspector: Any = sa.inspect(context.connection)
        default = inspector.default_schema_name
        return {
            TableKey(None if enum["schema"] == default else enum["schema"], enum["name"])
            for enum in inspector.get_enums("*")
        }
    made = {
        place
        for operation in opened(upgrade.ops)
        if not _was_enum(operation)  # MariaDB's enum has no name: the members alone change
        for place in _places_made(operation)
    }
    return set(
        _named(
            (
                column.type
                for table in enum_tables(context)
                for column in table.columns
                if (table.name, table.schema, column.name) not in made
            ),
            context.dialect.default_schema_name,
        )
    )


def _was_enum(operation: Any) -> bool:
    return isinstance(operation, ops.AlterColumnOp) and enum_in(operation.existing_type) is not None


def _of_others(context: MigrationContext, upgrade: ops.UpgradeOps) -> Iterator[TableKey]:
    """Give the types that PostgreSQL needs for columns that the upgrade leaves as they are."""
    if context.dialect.name != "postgresql":
        return
    assert context.connection is not None
    gone = {place for operation in opened(upgrade.ops) for place in _places_gone(operation)}
    for key in _types(upgrade.ops, _gone, context):
        if set(users_of(context.connection, key)) - gone:
            yield key


def _complete(
    container: Any, before: set[TableKey], keep: set[TableKey], context: MigrationContext
) -> set[TableKey]:
    """Add operations that create and drop types; give the types that exist afterwards."""
    operations = list(opened(container.ops))
    tables = [operation for operation in operations if isinstance(operation, ops.CreateTableOp)]
    with_tables = _types(tables, columns_made, context)
    rest = [operation for operation in operations if operation not in tables]
    with_columns = _types(rest, columns_made, context)
    gone = _types(operations, _gone, context)
    made = {key: type_ for key, type_ in with_columns.items() if key not in before}
    existing = before | set(made)
    dropped = {key: type_ for key, type_ in gone.items() if key not in keep and key in existing}
    default = context.dialect.default_schema_name
    for operation in tables:
        operation.columns = [
            _with_existing_type(column, existing, context.dialect.name, default)
            for column in operation.columns
        ]
    container.ops = [
        *(CreateTypeOp(type_) for type_ in made.values()),
        *container.ops,
        *(DropTypeOp(type_) for type_ in dropped.values()),
    ]
    return (existing | set(with_tables)) - set(dropped)


def _with_existing_type(
    part: Any, existing: set[TableKey], dialect: str, default: str | None
) -> Any:
    """Give a column of a new table, without creating a type that already exists."""
    type_ = enum_in(part.type) if isinstance(part, sa.Column) else None
    if type_ is None or not set(_named([type_], default)) & existing:
        return part
    there = postgresql.ENUM(*type_.enums, name=type_.name, schema=type_.schema, create_type=False)
    column: Any = copied(part)
    array = plain_type(part.type)
    if isinstance(array, sa.ARRAY):
        column.type = postgresql.ARRAY(there, dimensions=array.dimensions)
    elif dialect == "postgresql":
        column.type = there
    else:
        column.type = type_.with_variant(there, "postgresql")
    return column


def opened(operations: Iterable[Any]) -> Iterator[Any]:
    """List operations, those of each table too."""
    for operation in operations:
        yield from operation.ops if isinstance(operation, ops.ModifyTableOps) else (operation,)


def _types(operations: Iterable[Any], columns: Any, context: MigrationContext) -> Enums:
    found = (column.type for operation in opened(operations) for column in columns(operation))
    return _named(found, context.dialect.default_schema_name)


def columns_made(operation: Any) -> list[sa.Column[Any]]:
    """Give the columns that an operation makes, or gives a type."""
    if isinstance(operation, ops.AddColumnOp):
        return [operation.column]
    if isinstance(operation, ops.CreateTableOp):
        return list(operation.to_table().columns)
    if isinstance(operation, ops.AlterColumnOp) and operation.modify_type is not None:
        return [sa.Column(operation.column_name, operation.modify_type)]
    return []


def _gone(operation: Any) -> list[sa.Column[Any]]:
    """Give the columns that an operation drops, or takes a type from."""
    if isinstance(operation, ops.DropColumnOp):
        return [operation.to_column()]
    if isinstance(operation, ops.DropTableOp):
        return list(operation.to_table().columns)
    altered = isinstance(operation, ops.AlterColumnOp) and operation.modify_type is not None
    if altered and operation.existing_type is not None:
        return [sa.Column(operation.column_name, operation.existing_type)]
    return []


def _places_made(operation: Any) -> Iterator[Place]:
    yield from (_place(operation, column) for column in columns_made(operation))


def _places_gone(operation: Any) -> Iterator[Place]:
    yield from (_place(operation, column) for column in _gone(operation))


def _place(operation: Any, column: sa.Column[Any]) -> Place:
    return operation.table_name, operation.schema, str(column.name)


def _of_models(context: MigrationContext) -> Enums:
    types = (column.type for table in enum_tables(context) for column in table.columns)
    return _named(types, context.dialect.default_schema_name)


def _named(types: Iterable[Any], default: str | None) -> Enums:
    """Give the enums that are types of their own on PostgreSQL, also those in arrays."""
    return {
        TableKey(None if type_.schema == default else type_.schema, str(type_.name)): type_
        for type_ in map(enum_in, types)
        if type_ is not None and type_.name and type_.native_enum
    }


@renderers.dispatch_for(CreateTypeOp)
def _render_create(context: AutogenContext, operation: CreateTypeOp) -> str:
    members = ", ".join(map(repr, operation.type.enums))
    return f"sa.Enum({members}, {_name(operation.type)}).create(op.get_bind(), checkfirst=False)"


@renderers.dispatch_for(DropTypeOp)
def _render_drop(context: AutogenContext, operation: DropTypeOp) -> str:
    return f"sa.Enum({_name(operation.type)}).drop(op.get_bind(), checkfirst=False)"


def _name(type_: sa.Enum) -> str:
    schema = f", schema={type_.schema!r}" if type_.schema else ""
    return f"name={str(type_.name)!r}{schema}"


@describe.register
def _(operation: CreateTypeOp, dialect: sa.Dialect) -> Iterator[Operation]:
    if dialect.name == "postgresql":
        after = ", ".join(operation.type.enums)
        name = full_name(str(operation.type.name), operation.type.schema)
        yield Operation("+", f"create type {name} ({after})", "create_type", after=after)


@describe.register
def _(operation: DropTypeOp, dialect: sa.Dialect) -> Iterator[Operation]:
    if dialect.name == "postgresql":
        name = full_name(str(operation.type.name), operation.type.schema)
        yield Operation("-", f"drop type {name}", "drop_type", before=name)
