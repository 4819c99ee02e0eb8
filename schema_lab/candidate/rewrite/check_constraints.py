"""CHECK constraints of columns that are dropped or added, as operations of their own.

A CHECK that contains a dropped column is dropped before the column, and recreated in the downgrade.
PostgreSQL and MariaDB drop such a CHECK silently, so a downgrade would not recreate it. SQLite, and
MariaDB if the CHECK contains two columns, refuse to drop the column.

The type of an added column may bring a CHECK. Alembic creates this CHECK with the column, under
another name than with a table. The downgrade drops the column before the CHECK, which SQLite
refuses.

Where the type of a column changes into one with a CHECK, Alembic names the CHECK as the type, and
does not drop it in the downgrade.
"""

import copy
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.sql.elements import conv

from schema_lab.candidate.rewrite.members.operation import columns_named
from schema_lab.candidate.rewrite.mysql_keys import by_table, tables_in
from schema_lab.compare.scope import enum_tables
from schema_lab.compat.sqlalchemy_private import constraint_name, is_of_type
from schema_lab.schema import as_text
from schema_lab.schema.sql_text import sql_of


def with_checks_of_dropped_columns(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Add dropped CHECKs to a script (a `process_revision_directives` function), in place."""
    if context.connection is None:
        return
    inspector = sa.inspect(context.connection)
    for script in directives:
        backwards = by_table(script.downgrade_ops_list)
        for table in tables_in(script.upgrade_ops_list):
            for name, condition in _named(inspector, table, context.dialect.name):
                place = table.schema
                drop = ops.DropConstraintOp(name, table.table_name, "check", schema=place)
                table.ops.insert(0, drop)
                for back in backwards.get((table.table_name, place), ()):
                    text = sa.text(as_text(condition))
                    back.ops.append(
                        ops.CreateCheckConstraintOp(name, table.table_name, text, schema=place)
                    )


def _named(
    inspector: sa.Inspector, table: ops.ModifyTableOps, dialect: str
) -> Iterator[tuple[str, str]]:
    """Give name and condition of live CHECKs on dropped columns, if not dropped already."""
    dropped = {
        operation.column_name for operation in table.ops if isinstance(operation, ops.DropColumnOp)
    }
    gone = {
        operation.constraint_name
        for operation in table.ops
        if isinstance(operation, ops.DropConstraintOp)
    }
    if not dropped or not inspector.has_table(table.table_name, schema=table.schema):
        return
    for check in inspector.get_check_constraints(table.table_name, schema=table.schema):
        condition = str(check["sqltext"])
        if (
            check["name"]
            and check["name"] not in gone
            and dropped & columns_named(condition, dialect)
        ):
            yield (
                conv(check["name"]),
                condition,
            )  # the full name: a naming convention must not change it


def with_checks_of_types(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Separate an added column from its CHECK (a `process_revision_directives` function)."""
    for script in directives:
        for containers, back in (
            (script.upgrade_ops_list, script.downgrade_ops_list),
            (script.downgrade_ops_list, script.upgrade_ops_list),
        ):
            opposite = by_table(back)
            for table in tables_in(containers):
                found = [(operation, _check(operation, context.dialect)) for operation in table.ops]
                made = {
                    _column_of(operation): check for operation, check in found if check is not None
                }
                table.ops = [
                    part for operation, check in found for part in _separated(operation, check)
                ]
                for other in opposite.get((table.table_name, table.schema), ()):
                    other.ops = list(_dropped_first(other.ops, made))


def with_checks_of_changed_types(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Separate a changed type from its CHECK (a `process_revision_directives` function)."""
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            changed = [
                (table, operation)
                for table in tables_in([upgrade])
                for operation in table.ops
                if isinstance(operation, ops.AlterColumnOp)
                and _has_check(operation.modify_type, context.dialect)
            ]
            if not changed:
                continue
            models = {(model.name, model.schema): model for model in enum_tables(context)}
            for table, operation in changed:
                model = models.get((table.table_name, table.schema))
                _separate_type(table, operation, model, context.dialect)
            upgrade.reverse_into(downgrade)


def _has_check(type_: Any, dialect: sa.Dialect) -> bool:
    """Say whether a type makes a CHECK; an enum that the database has itself makes none."""
    native = isinstance(type_, sa.Enum) and type_.native_enum and dialect.supports_native_enum
    native |= isinstance(type_, sa.Boolean) and dialect.supports_native_boolean
    return bool(getattr(type_, "create_constraint", False)) and not native


def _separate_type(
    table: ops.ModifyTableOps,
    operation: ops.AlterColumnOp,
    model: sa.Table | None,
    dialect: sa.Dialect,
) -> None:
    """Give an altered column its type without a CHECK, and make the CHECK after it, once."""
    operation.modify_type = _bare(operation.modify_type)
    names = {getattr(other, "constraint_name", None) for other in table.ops}
    check = None if model is None else _check_of_type(model, operation.column_name, dialect)
    if check is not None and check.constraint_name not in names:
        table.ops.insert(table.ops.index(operation) + 1, check)


def _bare(type_: Any) -> Any:
    bare = copy.copy(type_)
    bare.create_constraint = False
    return bare


def _check(operation: Any, dialect: sa.Dialect) -> ops.CreateCheckConstraintOp | None:
    """Give the CHECK of an added column's type."""
    if not isinstance(operation, ops.AddColumnOp):
        return None
    column, table = operation.column, operation.column.table
    if not _has_check(column.type, dialect) or table is None:
        return None
    return _check_of_type(table, column.key, dialect)


def _check_of_type(
    table: sa.Table, column: str, dialect: sa.Dialect
) -> ops.CreateCheckConstraintOp | None:
    checks = (
        constraint for constraint in table.constraints if isinstance(constraint, sa.CheckConstraint)
    )
    for constraint in checks:
        if is_of_type(constraint) and column in constraint.columns:
            name = constraint_name(dialect, constraint)
            text = sa.text(as_text(sql_of(constraint.sqltext, dialect, table=False)))
            final = conv(name or f"ck_{table.name}_{column}")
            return ops.CreateCheckConstraintOp(final, table.name, text, schema=table.schema)
    return None


def _column_of(operation: Any) -> str:
    return str(operation.column.name)


def _separated(
    operation: Any, check: ops.CreateCheckConstraintOp | None
) -> Iterator[ops.MigrateOperation]:
    if check is None:
        yield operation
        return
    column = operation.column
    bare: sa.Column[Any] = sa.Column(
        column.name,
        _bare(column.type),
        nullable=column.nullable,
        server_default=column.server_default,
        comment=column.comment,
    )
    yield ops.AddColumnOp(operation.table_name, bare, schema=operation.schema)
    yield check


def _dropped_first(
    operations: list[ops.MigrateOperation], checks: dict[str, ops.CreateCheckConstraintOp]
) -> Iterator[ops.MigrateOperation]:
    for operation in operations:
        check = (
            checks.get(operation.column_name) if isinstance(operation, ops.DropColumnOp) else None
        )
        if check is not None:
            yield ops.DropConstraintOp(
                check.constraint_name, check.table_name, "check", schema=check.schema
            )
        yield operation
