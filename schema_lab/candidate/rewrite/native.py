"""SQLite operations that do not copy the table.

Alembic's batch mode copies a table and loses triggers, collations and more. SQLite itself adds,
drops and renames columns without a loss: https://www.sqlite.org/lang_altertable.html
"""

import copy
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.compare.whole_operations import CopyTableOp

_NATIVE_DROP = (3, 35, 0)


def native_on_sqlite(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Move operations out of batch mode if SQLite supports them directly.

    A `process_revision_directives` function; changes the directives in place.
    """
    if context.dialect.name != "sqlite":
        return
    for script in directives:
        for container in (*script.upgrade_ops_list, *script.downgrade_ops_list):
            container.ops = flattened(container.ops)


def flattened(operations: Iterable[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Give the operations, with those that SQLite supports directly outside of their batch."""
    result: list[ops.MigrateOperation] = []
    for operation in operations:
        if isinstance(operation, CopyTableOp):
            result.append(operation)
        elif isinstance(operation, ops.ModifyTableOps) and all_native(operation.ops):
            result.extend(operation.ops)
        elif isinstance(operation, ops.ModifyTableOps):
            result.extend(_with_indexes_outside(operation))
        else:
            result.append(operation)
    return result


def _with_indexes_outside(batch: ops.ModifyTableOps) -> list[ops.MigrateOperation]:
    """Drop indexes before a table is copied, and create them after; a batch loses DESC and more."""
    dropped = [operation for operation in batch.ops if isinstance(operation, ops.DropIndexOp)]
    made = [operation for operation in batch.ops if isinstance(operation, ops.CreateIndexOp)]
    rest = copy.copy(batch)
    rest.ops = [
        operation
        for operation in batch.ops
        if not isinstance(operation, ops.DropIndexOp | ops.CreateIndexOp)
    ]
    return [*dropped, rest, *made]


def all_native(operations: Sequence[ops.MigrateOperation]) -> bool:
    """Say whether SQLite supports all operations of a table without copying it."""
    constrained = {
        name
        for operation in operations
        if isinstance(operation, ops.CreateForeignKeyOp)
        for name in operation.local_cols
    }
    return all(_is_native(operation, constrained) for operation in operations)


def _is_native(operation: ops.MigrateOperation, constrained: set[str]) -> bool:
    match operation:
        case ops.CreateIndexOp() | ops.DropIndexOp():
            return True
        case ops.AddColumnOp():
            return _can_add(operation.column) and operation.column.name not in constrained
        case ops.DropColumnOp():
            return _can_drop(operation.to_column())
        case ops.AlterColumnOp():
            return _only_renames(operation)
        case _:
            return False


def _can_add(column: sa.Column[Any]) -> bool:
    if _is_bound(column) or column.constraints or getattr(column.type, "create_constraint", False):
        return False
    default = column.server_default
    if default is None:
        return bool(column.nullable)
    return isinstance(getattr(default, "arg", None), str)


def _can_drop(column: sa.Column[Any]) -> bool:
    able = sqlite3.sqlite_version_info >= _NATIVE_DROP
    return able and not _is_bound(column) and not _is_constrained(column)


def _is_constrained(column: sa.Column[Any]) -> bool:
    """Say whether a constraint of the live table contains the column, also an unnamed one."""
    table: Any = column.table
    return any(
        column.name in constraint.columns
        for constraint in getattr(table, "constraints", ())
        if isinstance(constraint, sa.UniqueConstraint | sa.ForeignKeyConstraint)
    )


def _is_bound(column: sa.Column[Any]) -> bool:
    """Say whether a column is computed, or part of a key or constraint."""
    return bool(
        column.primary_key or column.unique or column.foreign_keys or column.computed is not None
    )


def _only_renames(operation: ops.AlterColumnOp) -> bool:
    changes = (operation.modify_nullable, operation.modify_type)
    untouched = operation.modify_server_default is False and operation.modify_comment is False
    return operation.modify_name is not None and changes == (None, None) and untouched
