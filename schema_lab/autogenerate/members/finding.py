"""Find enums whose members in the models are not those in the database. Read-only."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.conversions import CastColumnOp
from schema_lab.autogenerate.members.checks import check_of
from schema_lab.autogenerate.members.operation import Altered, EnumColumn, Enumeration, MembersOp
from schema_lab.autogenerate.members.types import columns_of, dependents_of, enums_of_models
from schema_lab.autogenerate.scope import enum_tables, scope_in


def with_members(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Add the members that change to each script.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade where members change. Alembic sees such a change on
    MariaDB alone; there its own operation is taken over.
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
    _leave_to_ours(upgrade)
    assert context.connection is not None
    inspector: Any = sa.inspect(context.connection)
    live = {(one["schema"], one["name"]): one["labels"] for one in inspector.get_enums("*")}
    default = inspector.default_schema_name
    for (schema, name), members in enums_of_models(context, default).items():
        before = tuple(live.get((schema, name), members))
        if before != members:
            shown = None if schema == default else schema
            columns = columns_of(context.connection, schema, name, upgrade)
            around = dependents_of(context.connection, columns)
            yield MembersOp(Enumeration(name, shown, columns, around), before, members)


def _leave_to_ours(upgrade: ops.UpgradeOps) -> None:
    """Take out what alembic-postgresql-enum found, where env.py imports it: asked about here."""
    upgrade.ops = [
        one
        for one in upgrade.ops
        if not type(one).__module__.startswith("alembic_postgresql_enum.operations")
    ]


def _columns(context: MigrationContext, upgrade: ops.UpgradeOps) -> Iterator[MembersOp]:
    """Find columns that hold their members themselves, with what Alembic found about them."""
    scope = scope_in(context)
    for table in filter(scope.covers, enum_tables(context)):
        for column in table.columns:
            type_: Any = getattr(column.type, "impl", column.type)
            if isinstance(type_, sa.Enum):
                for one in _of_column(context, upgrade, column, type_):
                    scope.differing.add(scope.place(table.schema, table.name))
                    yield one


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
            _take_out(upgrade, alter)
            yield MembersOp(enum, tuple(before.enums), members, altered=Altered(alter))
        return
    check = check_of(context, column, type_)
    if check is None or set(check.members) == set(members):
        return
    if alter is not None:
        _take_out(upgrade, alter)
        if alter.modify_type is not None:
            alter.modify_type = sa.String(type_.length)
            alter = CastColumnOp.of(alter, settled=True)  # rows with a member that goes are asked
    altered = Altered(alter, check.name)
    yield MembersOp(enum, check.members, members, altered=altered)


def _alter(
    upgrade: ops.UpgradeOps, table: str, schema: str | None, column: str
) -> ops.AlterColumnOp | None:
    for one in upgrade.ops:
        if isinstance(one, ops.ModifyTableOps) and (one.table_name, one.schema) == (table, schema):
            for part in one.ops:
                if isinstance(part, ops.AlterColumnOp) and part.column_name == column:
                    return part
    return None


def _take_out(upgrade: ops.UpgradeOps, alter: ops.AlterColumnOp) -> None:
    for one in upgrade.ops:
        if isinstance(one, ops.ModifyTableOps):
            one.ops = [part for part in one.ops if part is not alter]
    upgrade.ops = [one for one in upgrade.ops if not isinstance(one, ops.ModifyTableOps) or one.ops]
