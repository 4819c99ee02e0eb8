"""Where a column holds its members itself: widen it, move the rows, narrow it."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.members.operation import Altered, EnumColumn, Members, MembersOp
from schema_lab.autogenerate.members.postgresql import literal
from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.autogenerate.statement import StatementOp
from schema_lab.database import as_text


def expand_members(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Say each change of members in operations of the database at hand.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade where members change.
    """
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            if not any(isinstance(one, MembersOp) for one in upgrade.ops):
                continue
            for one in upgrade.ops:
                if isinstance(one, MembersOp):
                    one.used = _is_used(one, upgrade.ops)
            upgrade.ops = [part for one in upgrade.ops for part in _expanded(one, context.dialect)]
            upgrade.reverse_into(downgrade)


def _is_used(operation: MembersOp, others: list[ops.MigrateOperation]) -> bool:
    """Say whether a new member is a default, or stands in SQL, of the same script."""
    new = {literal(one) for one in operation.added if one not in operation.renamed.values()}
    defaults = [one.default_after or "" for one in operation.enum.columns]
    said = "\n".join([*defaults, *(text for one in others for text in _said(one))])
    return any(one in said for one in new)


def _said(operation: Any) -> Iterator[str]:
    if isinstance(operation, ops.ModifyTableOps):
        for one in operation.ops:
            yield from _said(one)
    elif isinstance(operation, ops.AddColumnOp):
        yield from _default(operation.column)
    elif isinstance(operation, ops.CreateTableOp):
        for column in operation.columns:
            yield from _default(column)
    elif not isinstance(operation, MembersOp):
        yield str(getattr(operation, "sql", getattr(operation, "sqltext", "")))


def _default(column: Any) -> Iterator[str]:
    default = getattr(column, "server_default", None)
    if default is not None:
        value = getattr(default, "arg", default)
        yield literal(value) if isinstance(value, str) else str(value)


def _expanded(
    operation: ops.MigrateOperation, dialect: sa.Dialect
) -> Iterator[ops.MigrateOperation]:
    if not isinstance(operation, MembersOp) or operation.altered is None:
        yield operation
        return
    (column,) = operation.enum.columns
    updates = list(_updates(operation, column, dialect))
    first = any(new in operation.added for new in operation.moves.values())
    make = _checks if operation.altered.check else _types
    wide, narrow = make(operation, operation.altered, column, dialect, widen=first)
    for parts in (wide, updates, narrow):
        if parts and parts is not updates:
            yield ops.ModifyTableOps(column.table, parts, schema=column.schema)
        else:
            yield from parts


def _updates(
    operation: MembersOp, column: EnumColumn, dialect: sa.Dialect
) -> Iterator[ops.MigrateOperation]:
    for old, new in operation.moves.items():
        back = update(column, new, old, dialect) if old in operation.renamed and new else ""
        yield StatementOp(update(column, old, new, dialect), back)


def update(column: EnumColumn, old: str | None, new: str | None, dialect: sa.Dialect) -> str:
    """Write the UPDATE that puts one member, or NULL, into the place of another."""
    name = column.name
    table = sa.table(column.table, sa.column(name, sa.String()), schema=column.schema)
    made = sa.update(table).where(table.c[name] == old).values({name: new})
    return sql_of(made, dialect)


Parts = list[ops.MigrateOperation]


class MembersCheckOp(ops.CreateCheckConstraintOp):
    """The CHECK of an enum. `settled`: what its rows get is a question of its own."""

    settled = True


def _types(
    operation: MembersOp, altered: Altered, column: EnumColumn, dialect: sa.Dialect, *, widen: bool
) -> tuple[Parts, Parts]:
    """MariaDB's ENUM: one change of the type, or two around the rows that move."""
    narrow = altered.alter
    assert narrow is not None
    if not widen:
        return [], [narrow]
    every = sa.Enum(*operation.before, *operation.added, name=operation.enum.name)
    wide = ops.AlterColumnOp(
        column.table,
        column.name,
        schema=column.schema,
        existing_type=narrow.existing_type,
        existing_nullable=narrow.existing_nullable,
        existing_server_default=narrow.existing_server_default,
        existing_comment=narrow.existing_comment,
        modify_type=every,
    )
    narrow.existing_type = every
    return [wide], [narrow]


def _checks(
    operation: MembersOp, altered: Altered, column: EnumColumn, dialect: sa.Dialect, *, widen: bool
) -> tuple[Parts, Parts]:
    """Text with a CHECK: the CHECK goes, rows move, the length changes, and a CHECK comes."""
    was = _check(column, altered, operation.before, dialect)
    will = _check(column, altered, operation.after, dialect)
    drop = ops.DropConstraintOp.from_constraint(was)
    make = MembersCheckOp.from_constraint(will)
    alter: Parts = [altered.alter] if altered.alter is not None else []
    longer = max(map(len, operation.after)) >= max(map(len, operation.before))
    if not widen:
        return [], [drop, *alter, make]
    return ([drop, *alter], [make]) if longer else ([drop], [*alter, make])


def _check(
    column: EnumColumn, altered: Altered, members: Members, dialect: sa.Dialect
) -> sa.CheckConstraint:
    quoted = dialect.identifier_preparer.quote(column.name)
    sql = f"{quoted} IN ({', '.join(map(literal, members))})"
    made = sa.CheckConstraint(sa.text(as_text(sql)), name=sa.sql.elements.conv(altered.check))
    sa.Table(column.table, sa.MetaData(), sa.Column(column.name), made, schema=column.schema)
    return made
