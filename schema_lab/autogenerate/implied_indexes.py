"""InnoDB's own index under a foreign key: it stays when the key goes, so the script drops it too.

MariaDB and MySQL make an index of the foreign key's name when no other index covers its columns.
Source: https://mariadb.com/kb/en/foreign-keys/
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.database import is_mysql

Operations = list[ops.MigrateOperation]
Place = tuple[str, str | None]
Names = dict[tuple[str, ...], str]
"""Names of indexes, by their columns."""


class DropImpliedOp(ops.DropIndexOp):
    """Drop the index that was made for a foreign key, which goes just before."""


def drop_implied_indexes(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Drop, after each dropped foreign key, the index that was made for it.

    Both come first, since a new index over the columns takes the implied one away silently. The
    downgrade makes one again that has another name than the key: InnoDB would give it the key's.
    A `process_revision_directives` function; changes the directives in place.
    """
    if not is_mysql(context.dialect.name) or context.connection is None:
        return
    inspector = sa.inspect(context.connection)
    for script in directives:
        named: dict[Place, Names] = {}
        for table in tables_in(script.upgrade_ops_list):
            there = _unwanted(_indexes(inspector, table), context.opts["target_metadata"], table)
            found = list(_with_indexes(table, partial(_of_key, there)))
            named[table.table_name, table.schema] = dict(_named_otherwise(found))
            table.ops = _implied_first(found)
        for table in tables_in(script.downgrade_ops_list):
            covered = _covered(inspector, table, script.upgrade_ops_list)
            again = named.get((table.table_name, table.schema), {})
            found = list(_with_indexes(table, partial(_own_name, covered)))
            table.ops = list(_with_former_indexes(table, found, again))


def leave_indexes_of_dropped_tables(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Take out the dropping of an index whose table goes too.

    The table takes it along, and MariaDB refuses to drop an index that a foreign key needs.
    A `process_revision_directives` function; changes the directives in place.
    """
    for script in directives:
        for container in (*script.upgrade_ops_list, *script.downgrade_ops_list):
            gone = {
                (one.table_name, one.schema)
                for one in container.ops
                if isinstance(one, ops.DropTableOp)
            }
            for table in tables_in([container]):
                if (table.table_name, table.schema) in gone:
                    table.ops = [one for one in table.ops if not isinstance(one, ops.DropIndexOp)]
            container.ops = [
                one
                for one in container.ops
                if not (isinstance(one, ops.ModifyTableOps) and not one.ops)
                and not (isinstance(one, ops.DropIndexOp) and (one.table_name, one.schema) in gone)
            ]


def tables_in(containers: Sequence[Any]) -> Iterator[ops.ModifyTableOps]:
    """List what changes the tables that stay."""
    for container in containers:
        yield from (one for one in container.ops if isinstance(one, ops.ModifyTableOps))


def _indexes(inspector: sa.Inspector, table: ops.ModifyTableOps) -> list[Any]:
    if not inspector.has_table(table.table_name, schema=table.schema):
        return []
    return list(inspector.get_indexes(table.table_name, schema=table.schema))


def _unwanted(
    indexes: list[Any], models: Any, table: ops.ModifyTableOps
) -> dict[tuple[str, ...], str]:
    """Give the live indexes that no model asks for, by their columns."""
    parts = models if isinstance(models, list | tuple) else [models]
    tables = [one.tables.get(table.table_name) for one in parts if one is not None]
    wanted = {index.name for one in tables if one is not None for index in one.indexes}
    return {
        tuple(one["column_names"]): one["name"]
        for one in indexes
        if one["name"] not in wanted and not one["unique"]
    }


def _of_key(there: dict[tuple[str, ...], str], key: sa.ForeignKeyConstraint) -> str | None:
    return there.get(tuple(key.column_keys))


def _own_name(covered: list[list[str]], key: sa.ForeignKeyConstraint) -> str | None:
    return None if _is_covered(key, covered) else str(key.name)


def _with_indexes(table: ops.ModifyTableOps, implied: Any) -> Iterator[ops.MigrateOperation]:
    dropped = {one.index_name for one in table.ops if isinstance(one, ops.DropIndexOp)}
    for one in table.ops:
        yield one
        key = _foreign_key(one)
        name = implied(key) if key is not None else None
        if key is not None and name is not None and name not in dropped:
            made = ops.CreateIndexOp(name, table.table_name, key.column_keys)
            yield DropImpliedOp(name, table.table_name, _reverse=made)


def _named_otherwise(operations: Operations) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give the dropped implied indexes, by their columns, that do not bear their key's name."""
    for before, one in pairwise(operations):
        key = _foreign_key(before)
        if key is not None and isinstance(one, DropImpliedOp) and one.index_name != key.name:
            yield tuple(key.column_keys), str(one.index_name)


def _implied_first(operations: Operations) -> Operations:
    """Put dropped foreign keys first, each with the index that goes with it."""
    first = [one for one in operations if _foreign_key(one) or isinstance(one, DropImpliedOp)]
    return [*first, *(one for one in operations if one not in first)]


def _with_former_indexes(
    table: ops.ModifyTableOps, operations: Operations, names: Names
) -> Iterator[ops.MigrateOperation]:
    for one in operations:
        columns = tuple(one.local_cols) if isinstance(one, ops.CreateForeignKeyOp) else ()
        if columns in names:
            yield ops.CreateIndexOp(names[columns], table.table_name, list(columns))
        yield one


def _foreign_key(operation: ops.MigrateOperation) -> sa.ForeignKeyConstraint | None:
    if not isinstance(operation, ops.DropConstraintOp) or not operation.constraint_name:
        return None
    if operation.constraint_type != "foreignkey":
        return None
    constraint = operation.to_constraint()
    return constraint if isinstance(constraint, sa.ForeignKeyConstraint) else None


def _covered(
    inspector: sa.Inspector, table: ops.ModifyTableOps, upgrades: Sequence[Any]
) -> list[list[str]]:
    """List the columns of the indexes that are there, or that the same upgrade makes."""
    covered = [list(one["column_names"]) for one in _indexes(inspector, table)]
    if inspector.has_table(table.table_name, schema=table.schema):
        key = inspector.get_pk_constraint(table.table_name, schema=table.schema)
        covered.append(list(key["constrained_columns"]))
    for same in tables_in(upgrades):
        for one in same.ops if same.table_name == table.table_name else ():
            if isinstance(one, ops.CreateIndexOp):
                covered.append([str(getattr(c, "name", c)) for c in one.columns])
            if isinstance(one, ops.CreateUniqueConstraintOp):
                covered.append(list(one.columns))
    return covered


def _is_covered(key: sa.ForeignKeyConstraint, covered: list[list[str]]) -> bool:
    columns = list(key.column_keys)
    return any(one[: len(columns)] == columns for one in covered)
