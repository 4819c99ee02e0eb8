"""PostgreSQL's enum types: the models' members, and the live columns that use a type. Read-only."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.members.operation import EnumColumn
from schema_lab.autogenerate.scope import enum_tables
from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.errors import ModelError

_COLUMNS = """
SELECT n.nspname AS schema, c.relname AS table, a.attname AS name, a.atttypid <> t.oid AS array,
       NOT a.attnotnull AS nullable, pg_get_expr(d.adbin, d.adrelid) AS default
FROM pg_type t
JOIN pg_namespace tn ON tn.oid = t.typnamespace
JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray) AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE tn.nspname = :schema AND t.typname = :name AND NOT c.relispartition
ORDER BY 1, 2, 3
"""
_AROUND = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype = 'c' AND conrelid = CAST(:table AS regclass)
  AND (SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname = :name) = ANY (conkey)
UNION ALL
SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = CAST(:table AS regclass) AND (indpred IS NOT NULL OR indexprs IS NOT NULL)
  AND EXISTS (
    SELECT 1 FROM pg_depend
    WHERE classid = CAST('pg_class' AS regclass) AND objid = indexrelid AND refobjid = indrelid
      AND refobjsubid = (SELECT attnum FROM pg_attribute
                         WHERE attrelid = indrelid AND attname = :name))
"""
_VIEWS = """
SELECT DISTINCT CAST(CAST(r.ev_class AS regclass) AS text)
FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
WHERE d.classid = CAST('pg_rewrite' AS regclass) AND d.refobjid = CAST(:table AS regclass)
  AND r.ev_class <> d.refobjid
  AND d.refobjsubid = (SELECT attnum FROM pg_attribute
                       WHERE attrelid = d.refobjid AND attname = :name)
"""
Key = tuple[str, str]


def enums_of_models(context: MigrationContext, default: str) -> dict[Key, tuple[str, ...]]:
    """Give the members of each enum type in the models, by its schema and its name."""
    found: dict[Key, tuple[str, ...]] = {}
    for column in (column for table in enum_tables(context) for column in table.columns):
        type_: Any = enum_in(column.type)
        if type_ is not None and type_.native_enum and type_.name:
            found.setdefault((type_.schema or default, str(type_.name)), tuple(type_.enums))
    return found


def enum_in(type_: Any) -> sa.Enum | None:
    """Give the enum in a type: itself, what it decorates, or the items of an array."""
    plain = type_.impl if isinstance(type_, sa.types.TypeDecorator) else type_
    item = plain.item_type if isinstance(plain, sa.ARRAY) else plain
    return item if isinstance(item, sa.Enum) else None


def columns_of(
    connection: sa.Connection, schema: str, name: str, upgrade: ops.UpgradeOps
) -> tuple[EnumColumn, ...]:
    """Give every live column of a type, in the models or not, with its default then and now.

    A default that the same script changes is taken out of its operation: it may name a member
    that is there only afterwards.
    """
    default = sa.inspect(connection).default_schema_name
    found = connection.execute(sa.text(_COLUMNS), {"schema": schema, "name": name})
    made = []
    for row in found.mappings():
        shown = None if row["schema"] == default else row["schema"]
        after = _taken(upgrade, row["table"], shown, row["name"], connection.dialect)
        made.append(
            EnumColumn(
                *(row["table"], shown, row["name"], row["array"], row["nullable"]),
                default_before=row["default"],
                default_after=row["default"] if after is False else after,
            )
        )
    return tuple(made)


def _taken(
    upgrade: ops.UpgradeOps, table: str, schema: str | None, column: str, dialect: sa.Dialect
) -> Any:
    """Take a new default out of the operation that sets it; False where none does."""
    for container in upgrade.ops:
        if not isinstance(container, ops.ModifyTableOps):
            continue
        for one in container.ops:
            named = (getattr(one, "table_name", None), getattr(one, "schema", None))
            if (
                isinstance(one, ops.AlterColumnOp)
                and (*named, one.column_name) == (table, schema, column)
                and one.modify_server_default is not False
            ):
                default: Any = one.modify_server_default
                one.modify_server_default = False
                container.ops = [part for part in container.ops if part is not one or _left(one)]
                return None if default is None else _sql(default, dialect)
    return False


def _left(operation: ops.AlterColumnOp) -> bool:
    return operation.has_changes()


def _sql(default: Any, dialect: sa.Dialect) -> str:
    value = getattr(default, "arg", default)
    return sql_of(sa.literal(value, sa.String()) if isinstance(value, str) else value, dialect)


def dependents_of(
    connection: sa.Connection, columns: tuple[EnumColumn, ...]
) -> tuple[tuple[str, str], ...]:
    """Give SQL that drops and makes again the CHECKs and the partial indexes of columns."""
    found = {row: None for one in columns for row in _asked(connection, _AROUND, one)}
    return tuple((drop, make) for drop, make in found)


def refuse_views(connection: sa.Connection, columns: tuple[EnumColumn, ...]) -> None:
    """Refuse a new type under a view.

    Raises
    ------
    ModelError
        With the views.
    """
    for one in columns:
        views = [row[0] for row in _asked(connection, _VIEWS, one)]
        if views:
            raise ModelError(
                f"{', '.join(views)} reads {one}, and PostgreSQL changes no type under a view.",
                "Drop the view in a revision before this one, and make it again after it.",
            )


def _asked(connection: sa.Connection, query: str, column: EnumColumn) -> Iterator[Any]:
    table = sa.table(column.table, schema=column.schema)
    named = connection.dialect.identifier_preparer.format_table(table)
    for row in connection.execute(sa.text(query), {"table": named, "name": column.name}):
        yield tuple(row)
