"""The same order of operations in every process.

Alembic finds dropped tables, dropped columns and changed foreign keys by subtracting sets. So two
processes would write different scripts for the same change, and might drop a parent table first.
"""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from typing import Any

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.models.tables import target_table_of


def in_one_order(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Sort dropped tables, columns and foreign keys.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade.
    """
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            for container in upgrade.ops:
                if isinstance(container, ops.ModifyTableOps):
                    container.ops = ordered(container.ops)
            upgrade.ops = children_first(upgrade.ops)
            if upgrade.ops:
                upgrade.reverse_into(downgrade)


def children_first(operations: list[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Group dropped tables, each with its dropped parts, before the tables that it refers to.

    The group is in the place of the first; or later, after the dropped foreign keys of other tables
    that refer to the group.
    """
    dropped_tables = {
        _table(operation): operation
        for operation in operations
        if isinstance(operation, ops.DropTableOp)
    }
    if not dropped_tables:
        return operations
    parts: dict[str, list[ops.MigrateOperation]] = {name: [] for name in dropped_tables}
    rest: list[ops.MigrateOperation] = []
    place = 0
    for operation in operations:
        if (
            isinstance(operation, ops.DropTableOp | ops.ModifyTableOps)
            and _table(operation) in dropped_tables
        ):
            place = place if any(parts.values()) else len(rest)
            parts[_table(operation)].append(operation)
        else:
            rest.append(operation)
            place = len(rest) if _drops_reference(operation, dropped_tables) else place
    group = [operation for name in _sorted_by_keys(dropped_tables) for operation in parts[name]]
    return [*rest[:place], *group, *rest[place:]]


def _drops_reference(
    operation: ops.MigrateOperation, dropped_tables: dict[str, ops.DropTableOp]
) -> bool:
    """Say whether an operation drops a foreign key to a dropped table."""
    keys = operation.ops if isinstance(operation, ops.ModifyTableOps) else ()
    dropped = [
        key for key in keys if isinstance(key, ops.DropConstraintOp) and _is_foreign_key(key)
    ]
    return any(_target(key) in dropped_tables for key in dropped)


def _target(dropped: ops.DropConstraintOp) -> str:
    constraint: Any = dropped.to_constraint()
    return target_table_of(constraint)


def _sorted_by_keys(dropped_tables: dict[str, ops.DropTableOp]) -> list[str]:
    graph = TopologicalSorter(dict.fromkeys(sorted(dropped_tables), ()))
    for name in sorted(dropped_tables):
        for parent in sorted(set(_parents(dropped_tables[name]))):
            if parent in dropped_tables and parent != name:
                graph.add(parent, name)
    try:
        return list(graph.static_order())
    except CycleError:  # Alembic cannot drop these in any order
        return sorted(dropped_tables)


def _parents(operation: ops.DropTableOp) -> Iterable[str]:
    for constraint in operation.to_table().foreign_key_constraints:
        yield target_table_of(constraint)


def _table(operation: ops.DropTableOp | ops.ModifyTableOps) -> str:
    schema = operation.schema
    return f"{schema}.{operation.table_name}" if schema else operation.table_name


def ordered(operations: list[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Sort the operations of each kind among their places; all others stay in place."""
    result = list(operations)
    for chosen, key in ((_is_dropped_column, _place), (_is_foreign_key, _name)):
        places = [place for place, operation in enumerate(result) if chosen(operation)]
        for place, operation in zip(
            places, sorted((result[p] for p in places), key=key), strict=True
        ):
            result[place] = operation
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
