"""One order of operations, whatever the order of Python's sets in this process.

Alembic finds dropped tables, dropped columns and changed foreign keys by differences of sets, so
that two processes would write different scripts for the same change, and drop a parent first.
"""

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from typing import Any

from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.models.targets import target_table_of


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
            for one in upgrade.ops:
                if isinstance(one, ops.ModifyTableOps):
                    one.ops = ordered(one.ops)
            upgrade.ops = children_first(upgrade.ops)
            if upgrade.ops:
                upgrade.reverse_into(downgrade)


def children_first(operations: list[ops.MigrateOperation]) -> list[ops.MigrateOperation]:
    """Put dropped tables together, each with what is dropped of it, before those it points to.

    They stand where the first stood; later, if a table that stays points to one of them.
    """
    gone = {_table(one): one for one in operations if isinstance(one, ops.DropTableOp)}
    if not gone:
        return operations
    parts: dict[str, list[ops.MigrateOperation]] = {name: [] for name in gone}
    rest: list[ops.MigrateOperation] = []
    place = 0
    for one in operations:
        if isinstance(one, ops.DropTableOp | ops.ModifyTableOps) and _table(one) in gone:
            place = place if any(parts.values()) else len(rest)
            parts[_table(one)].append(one)
        else:
            rest.append(one)
            place = len(rest) if _lets_go(one, gone) else place
    dropped = [one for name in _sorted_by_keys(gone) for one in parts[name]]
    return [*rest[:place], *dropped, *rest[place:]]


def _lets_go(operation: ops.MigrateOperation, gone: dict[str, ops.DropTableOp]) -> bool:
    """Say whether an operation drops a foreign key of a table that stays to one that goes."""
    keys = operation.ops if isinstance(operation, ops.ModifyTableOps) else ()
    dropped = [
        one for one in keys if isinstance(one, ops.DropConstraintOp) and _is_foreign_key(one)
    ]
    return any(_goal(one) in gone for one in dropped)


def _goal(dropped: ops.DropConstraintOp) -> str:
    constraint: Any = dropped.to_constraint()
    return target_table_of(constraint)


def _sorted_by_keys(gone: dict[str, ops.DropTableOp]) -> list[str]:
    graph = TopologicalSorter(dict.fromkeys(sorted(gone), ()))
    for name in sorted(gone):
        for parent in sorted(set(_parents(gone[name]))):
            if parent in gone and parent != name:
                graph.add(parent, name)
    try:
        return list(graph.static_order())
    except CycleError:  # Alembic cannot drop these either, in whatever order
        return sorted(gone)


def _parents(operation: ops.DropTableOp) -> Iterable[str]:
    for constraint in operation.to_table().foreign_key_constraints:
        yield target_table_of(constraint)


def _table(operation: ops.DropTableOp | ops.ModifyTableOps) -> str:
    schema = operation.schema
    return f"{schema}.{operation.table_name}" if schema else operation.table_name


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
