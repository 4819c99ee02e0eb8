"""Primary keys and unique constraints that change on PostgreSQL while foreign keys refer to them.

PostgreSQL drops no constraint and no index that a foreign key depends on. Such a foreign key is
dropped first and added again last:
https://www.postgresql.org/docs/current/ddl-depend.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.questions.asking import asks
from schema_lab.candidate.rewrite.keys_of_types import in_table, staying
from schema_lab.candidate.rewrite.mysql_keys import made_again, tables_in
from schema_lab.compare.scope import tables_of
from schema_lab.compare.whole_operations import AlterTableOp
from schema_lab.errors import ModelError
from schema_lab.models.tables import target_table_of
from schema_lab.schema.words import TableKey, full_name

_REFERRING = """
SELECT n.nspname AS schema, c.relname AS table, k.conname AS name
FROM pg_constraint k JOIN pg_index x ON x.indexrelid = k.conindid
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
WHERE k.contype = 'f' AND t.relname = :table AND tn.nspname = :schema
AND (CAST(:name AS text) = i.relname OR (CAST(:name AS text) = '' AND x.indisprimary))
"""


@dataclass(frozen=True)
class _Dropped:
    """A key that an upgrade drops; the name is "" for the primary key."""

    table: TableKey
    name: str


def with_keys_referred_to(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Drop foreign keys before the keys that they depend on, and add them again last.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade where it does.

    Raises
    ------
    ModelError
        When a foreign key would refer to columns that are not unique any longer.
    """
    if context.dialect.name != "postgresql" or context.connection is None:
        return
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            dropped = list(_dropped(upgrade))
            if not dropped:
                continue
            tables = {key.table for key in dropped}
            names = _Names.after(upgrade)
            referring = [found for key in dropped for found in _referring(context, key)]
            kept = staying(referring, upgrade)
            again = [names.of(key) for key in kept]
            if asks(context, script):
                _refuse_ambiguous(context, again)
            first, last = _moved(upgrade, referring, {names.table(table) for table in tables})
            upgrade.ops = [
                *(in_table(key, key.reverse()) for key in kept),
                *first,
                *filter(_has_any, upgrade.ops),
                *last,
                *(in_table(key, key) for key in again),
            ]
            if first or last or kept:
                upgrade.reverse_into(downgrade)


def _dropped(upgrade: ops.UpgradeOps) -> Iterator[_Dropped]:
    for table in tables_in([upgrade]):
        place = TableKey(table.schema, table.table_name)
        for operation in table.ops:
            if isinstance(operation, AlterTableOp):
                if operation.what == "primary key" and operation.before:
                    yield _Dropped(place, "")
            elif isinstance(operation, ops.DropConstraintOp):
                if operation.constraint_type in ("unique", "primary"):
                    yield _Dropped(place, str(operation.constraint_name))
            elif isinstance(operation, ops.DropIndexOp):
                yield _Dropped(place, str(operation.index_name))


@dataclass(frozen=True)
class _Names:
    """The names of tables and columns after an upgrade, by those before."""

    tables: dict[TableKey, str]
    columns: dict[tuple[str | None, str, str], str]

    @classmethod
    def after(cls, upgrade: ops.UpgradeOps) -> "_Names":
        tables, columns = dict[TableKey, str](), dict[tuple[str | None, str, str], str]()
        for operation in upgrade.ops:
            if isinstance(operation, ops.RenameTableOp):
                tables[TableKey(operation.schema, operation.table_name)] = operation.new_table_name
            for part in operation.ops if isinstance(operation, ops.ModifyTableOps) else ():
                if isinstance(part, ops.AlterColumnOp) and part.modify_name is not None:
                    place = part.schema, part.table_name, part.column_name
                    columns[place] = part.modify_name
        return cls(tables, columns)

    def table(self, place: TableKey) -> TableKey:
        return TableKey(place.schema, self.tables.get(place, place.name))

    def of(self, key: ops.CreateForeignKeyOp) -> ops.CreateForeignKeyOp:
        """Give a live foreign key as it is added again."""
        source = self.table(TableKey(key.kw.get("source_schema"), key.source_table))
        referent = self.table(TableKey(key.kw.get("referent_schema"), key.referent_table))
        return ops.CreateForeignKeyOp(
            key.constraint_name,
            source.name,
            referent.name,
            [self.columns.get((*source, name), name) for name in key.local_cols],
            [self.columns.get((*referent, name), name) for name in key.remote_cols],
            **key.kw,
        )


def _referring(context: MigrationContext, key: _Dropped) -> Iterator[ops.CreateForeignKeyOp]:
    """Give the live foreign keys that depend on a key."""
    connection = context.connection
    assert connection is not None
    default = context.dialect.default_schema_name
    where = {
        "table": key.table.name,
        "schema": key.table.schema or default,
        "name": key.name,
    }
    inspector = sa.inspect(connection)
    for found in connection.execute(sa.text(_REFERRING), where):
        schema = None if found.schema == default else found.schema
        for live in inspector.get_foreign_keys(found.table, schema=schema):
            if live["name"] == found.name:
                yield made_again(found.table, schema, live)


def _moved(
    upgrade: ops.UpgradeOps, referring: list[ops.CreateForeignKeyOp], changed: set[TableKey]
) -> tuple[list[ops.MigrateOperation], list[ops.MigrateOperation]]:
    """Take out the drops of referring foreign keys, and the foreign keys to changed tables."""
    first, last = list[ops.MigrateOperation](), list[ops.MigrateOperation]()
    names = {(key.source_table, key.constraint_name) for key in referring}
    targets = {full_name(place.name, place.schema) for place in changed}
    for operation in upgrade.ops:
        if isinstance(operation, ops.CreateTableOp):
            apart = [
                part
                for part in operation.columns
                if isinstance(part, sa.ForeignKeyConstraint) and target_table_of(part) in targets
            ]
            operation.columns = [
                part for part in operation.columns if not any(part is key for key in apart)
            ]
            last += [_added(key) for key in apart]
        if not isinstance(operation, ops.ModifyTableOps):
            continue
        for part in list(operation.ops):
            early = isinstance(part, ops.DropConstraintOp) and (
                (part.table_name, part.constraint_name) in names
            )
            late = isinstance(part, ops.CreateForeignKeyOp) and (
                full_name(part.referent_table, part.kw.get("referent_schema")) in targets
            )
            if early or late:
                operation.ops.remove(part)
                (first if early else last).append(
                    ops.ModifyTableOps(operation.table_name, [part], schema=operation.schema)
                )
    return first, last


def _has_any(operation: ops.MigrateOperation) -> bool:
    return not isinstance(operation, ops.ModifyTableOps) or bool(operation.ops)


def _added(key: sa.ForeignKeyConstraint) -> ops.ModifyTableOps:
    operation = ops.AddConstraintOp.from_constraint(key)
    return ops.ModifyTableOps(key.table.name, [operation], schema=key.table.schema)


def _refuse_ambiguous(context: MigrationContext, keys: list[ops.CreateForeignKeyOp]) -> None:
    """Refuse a foreign key to columns that would not be unique any longer."""
    models = {
        TableKey(table.schema, table.name): table
        for table in tables_of(context.opts["target_metadata"])
    }
    for key in keys:
        table = models.get(TableKey(key.kw.get("referent_schema"), key.referent_table))
        if table is None or set(key.remote_cols) in _unique_in(table):
            continue
        local, remote = ", ".join(key.local_cols), ", ".join(key.remote_cols)
        raise ModelError(
            f"`{key.source_table}.{local}` refers to `{key.referent_table}.{remote}`, which would "
            "not be unique any longer.",
            f"Add a unique constraint on {remote} to the model of `{key.referent_table}`, or let "
            "the foreign key refer to all columns of the new primary key.",
        )


def _unique_in(table: sa.Table) -> list[set[str]]:
    unique: list[Any] = [
        part
        for part in table.constraints
        if isinstance(part, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
    ]
    unique += [index for index in table.indexes if index.unique]
    return [{column.name for column in part.columns} for part in unique]
