"""One order of operations, whatever the order of Python's sets in this process.

Alembic finds dropped columns and changed foreign keys by differences of sets, so that two
processes would write different scripts for the same change.
"""

from typing import Any

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext


def in_one_order(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Sort dropped columns by their place in the table, foreign keys by their names.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade.
    """
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            for one in upgrade.ops:
                if isinstance(one, ops.ModifyTableOps):
                    one.ops = ordered(one.ops)
            if upgrade.ops:
                upgrade.reverse_into(downgrade)


def ordered(operations: list[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Sort operations of a kind among the places that the kind has; all else stays in place."""
    result = list(operations)
    for chosen, key in ((_is_dropped_column, _place), (_is_foreign_key, _name)):
        places = [place for place, one in enumerate(result) if chosen(one)]
        for place, one in zip(places, sorted((result[p] for p in places), key=key), strict=True):
            result[place] = one
    return result


def _is_dropped_column(operation: ops.MigrateOperation) -> bool:
    return isinstance(operation, ops.DropColumnOp)


def _place(operation: Any) -> tuple[int, str]:
    column = operation.to_column()
    names = list(column.table.columns.keys()) if column.table is not None else []
    name = operation.column_name
    return (names.index(name) if name in names else len(names), name)


def _is_foreign_key(operation: ops.MigrateOperation) -> bool:
    dropped = isinstance(operation, ops.DropConstraintOp)
    return isinstance(operation, ops.CreateForeignKeyOp) or (
        dropped and getattr(operation, "constraint_type", "") == "foreignkey"
    )


def _name(operation: Any) -> tuple[bool, str, str]:
    columns = ",".join(getattr(operation, "local_cols", ()))
    return (isinstance(operation, ops.CreateForeignKeyOp), str(operation.constraint_name), columns)
