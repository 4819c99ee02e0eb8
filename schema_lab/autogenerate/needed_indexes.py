"""MariaDB and MySQL drop no index that a foreign key needs: the key steps aside meanwhile.

The key makes an index of its own when it comes back. https://mariadb.com/kb/en/foreign-keys/
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.implied_indexes import tables_in
from schema_lab.database import is_mysql

Indexes = dict[str, list[str]]


@dataclass(frozen=True)
class _Key:
    """A foreign key that stays, and how to drop it and add it."""

    columns: tuple[str, ...]
    drop: ops.DropConstraintOp
    add: ops.CreateForeignKeyOp


def let_keys_step_aside(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Drop foreign keys before the indexes that they need, and add those again that stay.

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
            table.ops = _stepped(table.ops, before[table.table_name], _live(inspector, table))
        for table in tables_in(script.downgrade_ops_list):
            ups = [one for one in tables_in(script.upgrade_ops_list) if _same(one, table)]
            gone = {one.constraint_name for up in ups for one in _dropped_keys(up)}
            live = before.get(table.table_name, ())
            kept = [one for one in live if one.drop.constraint_name not in gone]
            keys = [*kept, *_added(ups)]
            table.ops = _keys_last(_stepped(table.ops, keys, _modelled(models, table)))


def _stepped(operations: list[Any], keys: list[_Key], indexes: Indexes) -> list[Any]:
    first = [one for one in operations if _drops_key(one)]
    rest = [one for one in operations if not _drops_key(one)]
    if not _names(rest):
        return operations
    gone = {one.constraint_name for one in first}
    staying = [one for one in keys if one.drop.constraint_name not in gone]
    aside = [one for one in staying if _needs(one, indexes, _names(rest))]
    return [*first, *(one.drop for one in aside), *rest, *(one.add for one in aside)]


def _dropped_keys(table: ops.ModifyTableOps) -> list[Any]:
    return [one for one in table.ops if _drops_key(one)]


def _keys_last(operations: list[Any]) -> list[Any]:
    """Make foreign keys after all else: one that takes to an index holds it from being dropped."""
    return sorted(operations, key=lambda one: isinstance(one, ops.CreateForeignKeyOp))


def _needs(key: _Key, indexes: Indexes, dropped: set[Any]) -> bool:
    length = len(key.columns)
    covering = {name for name, columns in indexes.items() if (*columns[:length],) == key.columns}
    return bool(covering) and covering <= dropped


def _names(operations: Iterable[Any]) -> set[Any]:
    """Name the indexes that operations drop, those of unique constraints too."""
    indexes = {one.index_name for one in operations if isinstance(one, ops.DropIndexOp)}
    return indexes | {
        one.constraint_name
        for one in operations
        if isinstance(one, ops.DropConstraintOp) and one.constraint_type == "unique"
    }


def _drops_key(operation: Any) -> bool:
    dropped = isinstance(operation, ops.DropConstraintOp)
    return dropped and operation.constraint_type == "foreignkey"


def _same(one: ops.ModifyTableOps, other: ops.ModifyTableOps) -> bool:
    return (one.table_name, one.schema) == (other.table_name, other.schema)


def _live(inspector: sa.Inspector, table: ops.ModifyTableOps) -> Indexes:
    name, schema = table.table_name, table.schema
    if not inspector.has_table(name, schema=schema):
        return {}
    listed = inspector.get_indexes(name, schema=schema)
    found = {str(one["name"]): [str(c) for c in one["column_names"]] for one in listed}
    return {
        **found,
        "PRIMARY": inspector.get_pk_constraint(name, schema=schema)["constrained_columns"],
    }


def _modelled(models: Any, table: ops.ModifyTableOps) -> Indexes:
    parts = models if isinstance(models, list | tuple) else [models]
    key = f"{table.schema}.{table.table_name}" if table.schema else table.table_name
    found = next((one.tables[key] for one in parts if one is not None and key in one.tables), None)
    if found is None:
        return {}
    named: list[Any] = [
        *found.indexes,
        *(one for one in found.constraints if isinstance(one, sa.UniqueConstraint)),
    ]
    listed = {str(one.name): [column.name for column in one.columns] for one in named}
    return {**listed, "PRIMARY": [column.name for column in found.primary_key.columns]}


def _live_keys(inspector: sa.Inspector, table: ops.ModifyTableOps) -> Iterator[_Key]:
    name, schema = table.table_name, table.schema
    if not inspector.has_table(name, schema=schema):
        return
    for one in inspector.get_foreign_keys(name, schema=schema):
        options = one["options"]
        add = ops.CreateForeignKeyOp(
            one["name"],
            name,
            one["referred_table"],
            one["constrained_columns"],
            one["referred_columns"],
            source_schema=schema,
            referent_schema=one["referred_schema"],
            onupdate=options.get("onupdate"),
            ondelete=options.get("ondelete"),
        )
        yield _key(add)


def _added(tables: Iterable[ops.ModifyTableOps]) -> Iterator[_Key]:
    for table in tables:
        for one in table.ops:
            if isinstance(one, ops.CreateForeignKeyOp):
                yield _key(one)


def _key(add: ops.CreateForeignKeyOp) -> _Key:
    schema = add.kw.get("source_schema")
    drop = ops.DropConstraintOp(
        add.constraint_name, add.source_table, "foreignkey", schema=schema, _reverse=add
    )
    return _Key(tuple(add.local_cols), drop, add)
