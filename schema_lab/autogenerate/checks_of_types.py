"""The CHECK that a type brings along with an added column on SQLite: said by itself.

In a batch Alembic makes it with the column, under another name than with a table, and on the way
back drops the column under it, which SQLite refuses.
"""

import copy
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from alembic.util import sqla_compat
from sqlalchemy.sql.elements import conv

from schema_lab.autogenerate.implied_indexes import tables_in
from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.database import as_text

Place = tuple[str, str | None]


def with_checks_of_types(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Part an added column from its CHECK (a `process_revision_directives` function)."""
    if context.dialect.name != "sqlite":
        return
    for script in directives:
        for containers, back in (
            (script.upgrade_ops_list, script.downgrade_ops_list),
            (script.downgrade_ops_list, script.upgrade_ops_list),
        ):
            for table in tables_in(containers):
                place = table.table_name, table.schema
                found = [(one, _check(one, context.dialect)) for one in table.ops]
                made = {_column_of(one): check for one, check in found if check is not None}
                table.ops = [part for one, check in found for part in _parted(one, check)]
                for other in tables_in(back):
                    if (other.table_name, other.schema) == place:
                        other.ops = list(_dropped_first(other.ops, made))


def _check(operation: Any, dialect: sa.Dialect) -> ops.CreateCheckConstraintOp | None:
    """Give the CHECK of an added column's type."""
    if not isinstance(operation, ops.AddColumnOp):
        return None
    column, table = operation.column, operation.column.table
    if not getattr(column.type, "create_constraint", False) or table is None:
        return None
    checks = (one for one in table.constraints if isinstance(one, sa.CheckConstraint))
    for one in checks:
        if sqla_compat._is_type_bound(one) and column.key in one.columns:
            name = sqla_compat._get_constraint_final_name(one, dialect)
            text = sa.text(as_text(sql_of(one.sqltext, dialect, table=False)))
            final = conv(name or f"ck_{table.name}_{column.name}")
            return ops.CreateCheckConstraintOp(
                final, operation.table_name, text, schema=operation.schema
            )
    return None


def _column_of(operation: Any) -> str:
    return str(operation.column.name)


def _parted(
    operation: Any, check: ops.CreateCheckConstraintOp | None
) -> Iterator[ops.MigrateOperation]:
    if check is None:
        yield operation
        return
    column = operation.column
    type_ = copy.copy(column.type)
    type_.create_constraint = False
    bare: sa.Column[Any] = sa.Column(
        column.name,
        type_,
        nullable=column.nullable,
        server_default=column.server_default,
        comment=column.comment,
    )
    yield ops.AddColumnOp(operation.table_name, bare, schema=operation.schema)
    yield check


def _dropped_first(
    operations: list[ops.MigrateOperation], checks: dict[str, ops.CreateCheckConstraintOp]
) -> Iterator[ops.MigrateOperation]:
    for one in operations:
        check = checks.get(one.column_name) if isinstance(one, ops.DropColumnOp) else None
        if check is not None:
            yield ops.DropConstraintOp(
                check.constraint_name, check.table_name, "check", schema=check.schema
            )
        yield one
