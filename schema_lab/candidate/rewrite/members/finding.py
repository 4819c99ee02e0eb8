"""Find enums whose members in the models differ from those in the database. Read-only.

On PostgreSQL, an enum is a type, which several live columns may use. CHECKs and partial indexes can
depend on the type, and a view can prevent its change.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.rewrite.casts import CastColumnOp
from schema_lab.candidate.rewrite.members.operation import (
    Altered,
    EnumColumn,
    Enumeration,
    MembersOp,
    check_of,
)
from schema_lab.compare.scope import enum_tables, scope_in
from schema_lab.compat.sqlalchemy_private import constraint_name, is_of_type
from schema_lab.errors import ModelError
from schema_lab.schema.sql_text import sql_of
from schema_lab.schema.words import TableKey

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
_DEPENDENTS = """
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
    """Give the members of each enum type in the models, by schema and name."""
    found: dict[Key, tuple[str, ...]] = {}
    for column in (column for table in enum_tables(context) for column in table.columns):
        type_: Any = enum_in(column.type)
        if type_ is not None and type_.native_enum and type_.name:
            found.setdefault((type_.schema or default, str(type_.name)), tuple(type_.enums))
    return found


def enum_in(type_: Any) -> sa.Enum | None:
    """Give the enum in a type: the type itself, what it decorates, or the items of an array."""
    plain = type_.impl if isinstance(type_, sa.types.TypeDecorator) else type_
    item = plain.item_type if isinstance(plain, sa.ARRAY) else plain
    return item if isinstance(item, sa.Enum) else None


def users_of(connection: sa.Connection, type_: TableKey) -> list[tuple[str, str | None, str]]:
    """Give every live column of a type, as its table, the table's schema and its name."""
    default = sa.inspect(connection).default_schema_name
    where = {"schema": type_.schema or default, "name": type_.name}
    return [
        (row["table"], None if row["schema"] == default else row["schema"], row["name"])
        for row in connection.execute(sa.text(_COLUMNS), where).mappings()
    ]


def columns_of(
    connection: sa.Connection, schema: str, name: str, upgrade: ops.UpgradeOps
) -> tuple[EnumColumn, ...]:
    """Give every live column of a type, in the models or not, with its old and new default.

    A default that the same script changes is removed from its operation, since it may name a
    member that exists only afterwards.
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
    """Remove a new default from the operation that sets it; False when none does."""
    for container in upgrade.ops:
        if not isinstance(container, ops.ModifyTableOps):
            continue
        for alteration in container.ops:
            named = (getattr(alteration, "table_name", None), getattr(alteration, "schema", None))
            if (
                isinstance(alteration, ops.AlterColumnOp)
                and (*named, alteration.column_name) == (table, schema, column)
                and alteration.modify_server_default is not False
            ):
                default: Any = alteration.modify_server_default
                alteration.modify_server_default = False
                container.ops = [
                    part for part in container.ops if part is not alteration or _left(part)
                ]
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
    """Give SQL that drops and recreates the CHECKs and the partial indexes of columns."""
    found = {row: None for column in columns for row in _asked(connection, _DEPENDENTS, column)}
    return tuple((drop, make) for drop, make in found)


def refuse_views(connection: sa.Connection, columns: tuple[EnumColumn, ...]) -> None:
    """Refuse a new type for columns that a view reads.

    Raises
    ------
    ModelError
        With the views.
    """
    for column in columns:
        views = [row[0] for row in _asked(connection, _VIEWS, column)]
        if views:
            raise ModelError(
                f"PostgreSQL cannot change the type of `{column}`, since a view reads it: "
                f"{', '.join(views)}.",
                "Drop the view in an earlier revision, and recreate it in a later revision.",
            )


def _asked(connection: sa.Connection, query: str, column: EnumColumn) -> Iterator[Any]:
    table = sa.table(column.table, schema=column.schema)
    named = connection.dialect.identifier_preparer.format_table(table)
    for row in connection.execute(sa.text(query), {"table": named, "name": column.name}):
        yield tuple(row)


def with_members(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Add changed members to each script.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade where members change. Alembic finds such a change only on
    MariaDB, where its operation is replaced.
    """
    if context.connection is None:
        return
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            found = [*_types(context, upgrade), *_columns(context, upgrade)]
            if found:
                upgrade.ops = [*found, *upgrade.ops]
                upgrade.reverse_into(downgrade)


def _types(context: MigrationContext, upgrade: ops.UpgradeOps) -> Iterator[MembersOp]:
    if context.dialect.name != "postgresql":
        return
    _leave_out_plugin(upgrade)
    assert context.connection is not None
    inspector: Any = sa.inspect(context.connection)
    live = {(enum["schema"], enum["name"]): enum["labels"] for enum in inspector.get_enums("*")}
    default = inspector.default_schema_name
    for (schema, name), members in enums_of_models(context, default).items():
        before = tuple(live.get((schema, name), members))
        if before != members:
            shown = None if schema == default else schema
            columns = columns_of(context.connection, schema, name, upgrade)
            dependents = dependents_of(context.connection, columns)
            yield MembersOp(Enumeration(name, shown, columns, dependents), before, members)


def _leave_out_plugin(upgrade: ops.UpgradeOps) -> None:
    """Leave out what alembic-postgresql-enum found, if env.py imports it; the lab asks itself."""
    upgrade.ops = [
        operation
        for operation in upgrade.ops
        if not type(operation).__module__.startswith("alembic_postgresql_enum.operations")
    ]


def _columns(context: MigrationContext, upgrade: ops.UpgradeOps) -> Iterator[MembersOp]:
    """Find columns that define their members themselves, with what Alembic found about them."""
    scope = scope_in(context)
    for table in filter(scope.covers, enum_tables(context)):
        for column in table.columns:
            type_: Any = getattr(column.type, "impl", column.type)
            if isinstance(type_, sa.Enum):
                for operation in _of_column(context, upgrade, column, type_):
                    scope.differing.add(scope.place(table.schema, table.name))
                    yield operation


def _of_column(
    context: MigrationContext, upgrade: ops.UpgradeOps, column: Any, type_: sa.Enum
) -> Iterator[MembersOp]:
    native = type_.native_enum and context.dialect.supports_native_enum
    where = (column.table.name, column.table.schema, column.name)
    alter = _alter(upgrade, *where)
    nullable = alter.existing_nullable is not False if alter else bool(column.nullable)
    held = EnumColumn(where[0], where[1], where[2], nullable=nullable)
    enum = Enumeration(str(type_.name or ""), None, (held,))
    members = tuple(type_.enums)
    if native:
        before = getattr(alter, "existing_type", None) if alter else None
        if alter and alter.modify_type is not None and isinstance(before, sa.Enum):
            if context.dialect.name == "postgresql":
                return
            _leave_out(upgrade, alter)
            yield MembersOp(enum, tuple(before.enums), members, altered=Altered(alter))
        return
    check = check_of(context, column, type_)
    if check is None or set(check.members) == set(members):
        return
    if alter is not None:
        _leave_out(upgrade, alter)
        if alter.modify_type is not None:
            alter.modify_type = sa.String(type_.length)
            alter = CastColumnOp.of(
                alter, settled=True
            )  # a question asks about rows with a removed member
    altered = Altered(alter, check.name, _wanted_name(column, context.dialect) or check.name)
    yield MembersOp(enum, check.members, members, altered=altered)


def _wanted_name(column: Any, dialect: sa.Dialect) -> str | None:
    """Give the name of the CHECK of a column's type; None where the models give none."""
    for constraint in column.table.constraints:
        of_type = isinstance(constraint, sa.CheckConstraint) and is_of_type(constraint)
        if of_type and column.name in constraint.columns:
            return constraint_name(dialect, constraint)
    return None


def _alter(
    upgrade: ops.UpgradeOps, table: str, schema: str | None, column: str
) -> ops.AlterColumnOp | None:
    for container in upgrade.ops:
        if isinstance(container, ops.ModifyTableOps) and (
            container.table_name,
            container.schema,
        ) == (table, schema):
            for part in container.ops:
                if isinstance(part, ops.AlterColumnOp) and part.column_name == column:
                    return part
    return None


def _leave_out(upgrade: ops.UpgradeOps, alter: ops.AlterColumnOp) -> None:
    for container in upgrade.ops:
        if isinstance(container, ops.ModifyTableOps):
            container.ops = [part for part in container.ops if part is not alter]
    upgrade.ops = [
        container
        for container in upgrade.ops
        if not isinstance(container, ops.ModifyTableOps) or container.ops
    ]
