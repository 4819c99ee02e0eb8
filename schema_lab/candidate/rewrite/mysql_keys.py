"""Foreign keys and their indexes on MariaDB and MySQL.

InnoDB creates an implied index, with the name of the foreign key, when no other index covers its
columns. This index stays when the key is dropped, so the script drops the index too. The database
refuses to drop an index that a foreign key needs. The script then drops the key first and adds it
again afterwards, which creates an implied index. https://mariadb.com/kb/en/foreign-keys/
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.database import is_mysql
from schema_lab.schema.words import TableKey

Operations = list[ops.MigrateOperation]
Names = dict[tuple[str, ...], str]
"""Names of indexes, by their columns."""


class DropImpliedOp(ops.DropIndexOp):
    """Drop the implied index of a foreign key that was dropped just before."""


def drop_implied_indexes(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Drop, after each dropped foreign key, its implied index.

    Both come first, since a new index over the columns silently replaces the implied index. The
    downgrade recreates an index with another name than the key, since InnoDB would use the key's.
    A `process_revision_directives` function; changes the directives in place.
    """
    if not is_mysql(context.dialect.name) or context.connection is None:
        return
    inspector = sa.inspect(context.connection)
    for script in directives:
        named: dict[TableKey, Names] = {}
        for table in tables_in(script.upgrade_ops_list):
            unwanted = _unwanted(_indexes(inspector, table), context.opts["target_metadata"], table)
            found = list(_with_indexes(table, partial(_of_key, unwanted)))
            named[TableKey(table.schema, table.table_name)] = dict(_named_otherwise(found))
            table.ops = _implied_first(found)
        for table in tables_in(script.downgrade_ops_list):
            covered = _covered(inspector, table, script.upgrade_ops_list)
            again = named.get(TableKey(table.schema, table.table_name), {})
            found = list(_with_indexes(table, partial(_own_name, covered)))
            table.ops = list(_with_former_indexes(table, found, again))


def leave_indexes_of_dropped_tables(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Do not drop the indexes of a dropped table.

    They are dropped with the table, and MariaDB refuses to drop an index that a foreign key needs.
    A `process_revision_directives` function; changes the directives in place.
    """
    for script in directives:
        for container in (*script.upgrade_ops_list, *script.downgrade_ops_list):
            gone = {
                (operation.table_name, operation.schema)
                for operation in container.ops
                if isinstance(operation, ops.DropTableOp)
            }
            for table in tables_in([container]):
                if (table.table_name, table.schema) in gone:
                    table.ops = [
                        operation
                        for operation in table.ops
                        if not isinstance(operation, ops.DropIndexOp)
                    ]
            container.ops = [
                operation
                for operation in container.ops
                if not (isinstance(operation, ops.ModifyTableOps) and not operation.ops)
                and not (
                    isinstance(operation, ops.DropIndexOp)
                    and (operation.table_name, operation.schema) in gone
                )
            ]


def tables_in(containers: Sequence[Any]) -> Iterator[ops.ModifyTableOps]:
    """List the operations that change a table."""
    for container in containers:
        yield from (
            operation for operation in container.ops if isinstance(operation, ops.ModifyTableOps)
        )


def by_table(containers: Sequence[Any]) -> dict[tuple[str, str | None], list[ops.ModifyTableOps]]:
    """Group the operations that change a table by its name and schema."""
    found: dict[tuple[str, str | None], list[ops.ModifyTableOps]] = {}
    for table in tables_in(containers):
        found.setdefault((table.table_name, table.schema), []).append(table)
    return found


def _indexes(inspector: sa.Inspector, table: ops.ModifyTableOps) -> list[Any]:
    if not inspector.has_table(table.table_name, schema=table.schema):
        return []
    return list(inspector.get_indexes(table.table_name, schema=table.schema))


def _unwanted(
    indexes: list[Any], models: Any, table: ops.ModifyTableOps
) -> dict[tuple[str, ...], str]:
    """Give the live indexes that are not in the models, by their columns."""
    parts = models if isinstance(models, list | tuple) else [models]
    found = [part.tables.get(table.table_name) for part in parts if part is not None]
    wanted = {index.name for model in found if model is not None for index in model.indexes}
    return {
        tuple(index["column_names"]): index["name"]
        for index in indexes
        if index["name"] not in wanted and not index["unique"]
    }


def _of_key(indexes: dict[tuple[str, ...], str], key: sa.ForeignKeyConstraint) -> str | None:
    return indexes.get(tuple(key.column_keys))


def _own_name(covered: list[list[str]], key: sa.ForeignKeyConstraint) -> str | None:
    return None if _is_covered(key, covered) else str(key.name)


def _with_indexes(table: ops.ModifyTableOps, implied: Any) -> Iterator[ops.MigrateOperation]:
    dropped = {
        operation.index_name for operation in table.ops if isinstance(operation, ops.DropIndexOp)
    }
    for operation in table.ops:
        yield operation
        key = _foreign_key(operation)
        name = implied(key) if key is not None else None
        if key is not None and name is not None and name not in dropped:
            made = ops.CreateIndexOp(name, table.table_name, key.column_keys)
            yield DropImpliedOp.from_index(made.to_index())


def _named_otherwise(operations: Operations) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give the dropped implied indexes without their key's name, by their columns."""
    for before, operation in pairwise(operations):
        key = _foreign_key(before)
        if (
            key is not None
            and isinstance(operation, DropImpliedOp)
            and operation.index_name != key.name
        ):
            yield tuple(key.column_keys), str(operation.index_name)


def _implied_first(operations: Operations) -> Operations:
    """Put dropped foreign keys first, each with its dropped index."""
    first = [
        operation
        for operation in operations
        if _foreign_key(operation) or isinstance(operation, DropImpliedOp)
    ]
    return [*first, *(operation for operation in operations if operation not in first)]


def _with_former_indexes(
    table: ops.ModifyTableOps, operations: Operations, names: Names
) -> Iterator[ops.MigrateOperation]:
    for operation in operations:
        columns = (
            tuple(operation.local_cols) if isinstance(operation, ops.CreateForeignKeyOp) else ()
        )
        if columns in names:
            yield ops.CreateIndexOp(names[columns], table.table_name, list(columns))
        yield operation


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
    """List the columns of the live indexes and of those that the same upgrade creates."""
    live = ops.ModifyTableOps(_former_name(table, upgrades), [], schema=table.schema)
    covered = [list(index["column_names"]) for index in _indexes(inspector, live)]
    if inspector.has_table(live.table_name, schema=table.schema):
        key = inspector.get_pk_constraint(live.table_name, schema=table.schema)
        covered.append(list(key["constrained_columns"]))
    for same in tables_in(upgrades):
        for operation in same.ops if same.table_name == table.table_name else ():
            if isinstance(operation, ops.CreateIndexOp):
                covered.append([str(getattr(c, "name", c)) for c in operation.columns])
            if isinstance(operation, ops.CreateUniqueConstraintOp):
                covered.append(list(operation.columns))
    return covered


def _former_name(table: ops.ModifyTableOps, upgrades: Sequence[Any]) -> str:
    """Give the name of a table before the upgrade, which may rename it."""
    renames = (
        operation
        for container in upgrades
        for operation in container.ops
        if isinstance(operation, ops.RenameTableOp)
        and (operation.new_table_name, operation.schema) == (table.table_name, table.schema)
    )
    return next((str(rename.table_name) for rename in renames), table.table_name)


def _is_covered(key: sa.ForeignKeyConstraint, covered: list[list[str]]) -> bool:
    columns = list(key.column_keys)
    return any(prefix[: len(columns)] == columns for prefix in covered)


Indexes = dict[str, list[str]]


@dataclass(frozen=True)
class _Key:
    """A foreign key, with the operations that drop and add it."""

    columns: tuple[str, ...]
    drop: ops.DropConstraintOp
    add: ops.CreateForeignKeyOp


def drop_keys_around_indexes(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Drop foreign keys before the indexes that they need, and add the kept keys again.

    A `process_revision_directives` function; changes the directives in place.
    """
    if not is_mysql(context.dialect.name) or context.connection is None:
        return
    inspector = sa.inspect(context.connection)
    models = context.opts["target_metadata"]
    for script in directives:
        before: dict[str, list[_Key]] = {}
        for table in tables_in(script.upgrade_ops_list):
            before[table.table_name] = list(_live_keys(inspector, table))
            table.ops = _with_keys_dropped(
                table.ops, before[table.table_name], _live(inspector, table)
            )
        upgrades = by_table(script.upgrade_ops_list)
        for table in tables_in(script.downgrade_ops_list):
            ups = upgrades.get((table.table_name, table.schema), [])
            gone = {operation.constraint_name for up in ups for operation in _dropped_keys(up)}
            live = before.get(table.table_name, ())
            kept = [key for key in live if key.drop.constraint_name not in gone]
            keys = [*kept, *_added(ups)]
            table.ops = _keys_last(_with_keys_dropped(table.ops, keys, _modelled(models, table)))


def _with_keys_dropped(operations: list[Any], keys: list[_Key], indexes: Indexes) -> list[Any]:
    first = [operation for operation in operations if _drops_key(operation)]
    rest = [operation for operation in operations if not _drops_key(operation)]
    if not _names(rest):
        return operations
    gone = {operation.constraint_name for operation in first}
    staying = [key for key in keys if key.drop.constraint_name not in gone]
    readded = [key for key in staying if _needs(key, indexes, _names(rest))]
    return [*first, *(key.drop for key in readded), *rest, *(key.add for key in readded)]


def _dropped_keys(table: ops.ModifyTableOps) -> list[Any]:
    return [operation for operation in table.ops if _drops_key(operation)]


def _keys_last(operations: list[Any]) -> list[Any]:
    """Add foreign keys last: a foreign key prevents an index that it uses from being dropped."""
    return sorted(operations, key=lambda operation: isinstance(operation, ops.CreateForeignKeyOp))


def _needs(key: _Key, indexes: Indexes, dropped: set[Any]) -> bool:
    length = len(key.columns)
    covering = {name for name, columns in indexes.items() if (*columns[:length],) == key.columns}
    return bool(covering) and covering <= dropped


def _names(operations: Iterable[Any]) -> set[Any]:
    """Name the indexes that operations drop, also those of unique constraints."""
    indexes = {
        operation.index_name for operation in operations if isinstance(operation, ops.DropIndexOp)
    }
    return indexes | {
        operation.constraint_name
        for operation in operations
        if isinstance(operation, ops.DropConstraintOp) and operation.constraint_type == "unique"
    }


def _drops_key(operation: Any) -> bool:
    dropped = isinstance(operation, ops.DropConstraintOp)
    return dropped and operation.constraint_type == "foreignkey"


def _live(inspector: sa.Inspector, table: ops.ModifyTableOps) -> Indexes:
    name, schema = table.table_name, table.schema
    if not inspector.has_table(name, schema=schema):
        return {}
    listed = inspector.get_indexes(name, schema=schema)
    found = {str(index["name"]): [str(c) for c in index["column_names"]] for index in listed}
    return {
        **found,
        "PRIMARY": inspector.get_pk_constraint(name, schema=schema)["constrained_columns"],
    }


def _modelled(models: Any, table: ops.ModifyTableOps) -> Indexes:
    parts = models if isinstance(models, list | tuple) else [models]
    key = f"{table.schema}.{table.table_name}" if table.schema else table.table_name
    found = next(
        (part.tables[key] for part in parts if part is not None and key in part.tables), None
    )
    if found is None:
        return {}
    named: list[Any] = [
        *found.indexes,
        *(
            constraint
            for constraint in found.constraints
            if isinstance(constraint, sa.UniqueConstraint)
        ),
    ]
    listed = {str(item.name): [column.name for column in item.columns] for item in named}
    return {**listed, "PRIMARY": [column.name for column in found.primary_key.columns]}


def _live_keys(inspector: sa.Inspector, table: ops.ModifyTableOps) -> Iterator[_Key]:
    name, schema = table.table_name, table.schema
    if not inspector.has_table(name, schema=schema):
        return
    for key in inspector.get_foreign_keys(name, schema=schema):
        yield _key(made_again(name, schema, key))


def made_again(table: str, schema: str | None, key: Any) -> ops.CreateForeignKeyOp:
    """Give the operation that makes a foreign key as the inspector has read it."""
    options = key["options"]
    return ops.CreateForeignKeyOp(
        key["name"],
        table,
        key["referred_table"],
        key["constrained_columns"],
        key["referred_columns"],
        source_schema=schema,
        referent_schema=key["referred_schema"],
        **{name: options.get(name) for name in _OPTIONS if options.get(name) is not None},
    )


_OPTIONS = ("onupdate", "ondelete", "deferrable", "initially", "match")


def _added(tables: Iterable[ops.ModifyTableOps]) -> Iterator[_Key]:
    for table in tables:
        for operation in table.ops:
            if isinstance(operation, ops.CreateForeignKeyOp):
                yield _key(operation)


def _key(add: ops.CreateForeignKeyOp) -> _Key:
    return _Key(tuple(add.local_cols), add.reverse(), add)
