"""Change the members of an enum, in operations of the database at hand.

PostgreSQL adds or renames a member of a type in place, without touching a row. To remove a member,
or to use a new member in the same script, it needs a new type:
https://www.postgresql.org/docs/current/sql-altertype.html
Elsewhere a column defines its members: allow old and new members, update the rows, then allow only
the new members.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import Operations, ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy.dialects import postgresql

from schema_lab.candidate.render.script import StatementOp, execution
from schema_lab.candidate.rewrite.members.operation import Altered, EnumColumn, Members, MembersOp
from schema_lab.schema import as_text
from schema_lab.schema.sql_text import literal, sql_of

_QUOTE = postgresql.dialect().identifier_preparer  # type: ignore[no-untyped-call]  # as it is
_OLD = "_former"
_LONGEST = 63


def statements(operation: MembersOp) -> list[str]:
    """Give the SQL of the change."""
    return list(_as_new_type(operation) if needs_new_type(operation) else _in_place(operation))


def needs_new_type(operation: MembersOp) -> bool:
    """Say whether the change needs a new type."""
    kept = _kept(operation)
    stays = set(operation.removed) <= set(operation.renamed)
    in_order = kept == [member for member in operation.after if member in kept]
    return operation.used or not (stays and in_order)


def _kept(operation: MembersOp) -> list[str]:
    renamed = operation.renamed
    return [renamed.get(member, member) for member in operation.before]


def _in_place(operation: MembersOp) -> Iterator[str]:
    name, kept = _type(operation), _kept(operation)
    for old, new in operation.renamed.items():
        yield f"ALTER TYPE {name} RENAME VALUE {literal(old)} TO {literal(new)}"
    for place, member in enumerate(operation.after):
        if member in kept:
            continue
        where = f" AFTER {literal(operation.after[place - 1])}" if place else ""
        if not place and kept:
            where = f" BEFORE {literal(kept[0])}"
        yield f"ALTER TYPE {name} ADD VALUE {literal(member)}{where}"
    yield from _defaults(operation)


def _defaults(operation: MembersOp) -> Iterator[str]:
    for column in operation.enum.columns:
        if column.default_before != column.default_after:
            made = (
                "DROP DEFAULT"
                if column.default_after is None
                else f"SET DEFAULT {column.default_after}"
            )
            yield f"{_column(column)} {made}"


def _as_new_type(operation: MembersOp) -> Iterator[str]:
    former = f"{operation.enum.name[: _LONGEST - len(_OLD)]}{_OLD}"
    name = _type(operation)
    yield from (drop for drop, _ in operation.enum.dependents)
    yield f"ALTER TYPE {name} RENAME TO {_QUOTE.quote(former)}"
    yield f"CREATE TYPE {name} AS ENUM ({_listed(operation.after)})"
    for column in operation.enum.columns:
        if column.default_before is not None:
            yield f"{_column(column)} DROP DEFAULT"
        wanted = f"{name}[]" if column.array else name
        made = _array(operation, column) if column.array else _value(operation, column)
        yield f"{_column(column)} TYPE {wanted} USING {made}::{wanted}"
        if column.default_after is not None:
            yield f"{_column(column)} SET DEFAULT {column.default_after}"
    schema = f"{_QUOTE.quote(operation.enum.schema)}." if operation.enum.schema else ""
    yield f"DROP TYPE {schema}{_QUOTE.quote(former)}"
    yield from (make for _, make in operation.enum.dependents)


def _value(operation: MembersOp, column: EnumColumn) -> str:
    text = f"{_QUOTE.quote(column.name)}::TEXT"
    if not operation.moves:
        return text
    cases = " ".join(
        f"WHEN {literal(old)} THEN {'NULL' if new is None else literal(new)}"
        for old, new in operation.moves.items()
    )
    return f"(CASE {text} {cases} ELSE {text} END)"


def _array(operation: MembersOp, column: EnumColumn) -> str:
    text = f"{_QUOTE.quote(column.name)}::TEXT[]"
    for old, new in operation.moves.items():
        gone = f"array_remove({text}, {literal(old)})"
        text = gone if new is None else f"array_replace({text}, {literal(old)}, {literal(new)})"
    return text


def _type(operation: MembersOp) -> str:
    enum = operation.enum
    schema = f"{_QUOTE.quote(enum.schema)}." if enum.schema else ""
    return f"{schema}{_QUOTE.quote(enum.name)}"


def _column(column: EnumColumn) -> str:
    schema = f"{_QUOTE.quote(column.schema)}." if column.schema else ""
    table = f"{schema}{_QUOTE.quote(column.table)}"
    return f"ALTER TABLE {table} ALTER COLUMN {_QUOTE.quote(column.name)}"


def _listed(members: Members) -> str:
    return ", ".join(map(literal, members))


@renderers.dispatch_for(MembersOp)
def _render(context: AutogenContext, operation: MembersOp) -> list[str]:
    return [execution(statement) for statement in statements(operation)]


@Operations.implementation_for(MembersOp)
def _execute(operations: Operations, operation: MembersOp) -> None:
    for statement in statements(operation):
        operations.execute(as_text(statement))


def expand_members(
    context: MigrationContext, revision: Any, directives: list[ops.MigrationScript]
) -> None:
    """Replace each change of members with operations of the database at hand.

    A `process_revision_directives` function; changes the directives in place, and makes each
    downgrade the reverse of its upgrade where members change.
    """
    for script in directives:
        for upgrade, downgrade in zip(
            script.upgrade_ops_list, script.downgrade_ops_list, strict=True
        ):
            if not any(isinstance(operation, MembersOp) for operation in upgrade.ops):
                continue
            for operation in upgrade.ops:
                if isinstance(operation, MembersOp):
                    operation.used = _is_used(operation, upgrade.ops)
            upgrade.ops = [
                part for operation in upgrade.ops for part in _expanded(operation, context.dialect)
            ]
            upgrade.reverse_into(downgrade)


def _is_used(operation: MembersOp, others: list[ops.MigrateOperation]) -> bool:
    """Say whether the same script uses a new member, in a default or in SQL."""
    new = {
        literal(member) for member in operation.added if member not in operation.renamed.values()
    }
    defaults = [column.default_after or "" for column in operation.enum.columns]
    said = "\n".join([*defaults, *(text for other in others for text in _said(other))])
    return any(member in said for member in new)


def _said(operation: Any) -> Iterator[str]:
    if isinstance(operation, ops.ModifyTableOps):
        for inner in operation.ops:
            yield from _said(inner)
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
    make = _types if operation.altered.check is None else _checks
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
    """Give the UPDATE that replaces a member with another member or NULL."""
    name = column.name
    table = sa.table(column.table, sa.column(name, sa.String()), schema=column.schema)
    made = sa.update(table).where(table.c[name] == old).values({name: new})
    return sql_of(made, dialect)


Parts = list[ops.MigrateOperation]


class MembersCheckOp(ops.CreateCheckConstraintOp):
    """The CHECK of an enum. `settled`: another question asks about the rows."""

    settled = True


def _types(
    operation: MembersOp, altered: Altered, column: EnumColumn, dialect: sa.Dialect, *, widen: bool
) -> tuple[Parts, Parts]:
    """Change MariaDB's ENUM: once, or twice with an update of the rows in between."""
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
    """Drop the CHECK of a text column, update rows, change the length, add the new CHECK."""
    was = _check(column, altered.check or "", operation.before, dialect)
    will = _check(column, altered.wanted, operation.after, dialect)
    drop = ops.DropConstraintOp.from_constraint(was)
    make = MembersCheckOp.from_constraint(will)
    alter: Parts = [altered.alter] if altered.alter is not None else []
    longer = max(map(len, operation.after)) >= max(map(len, operation.before))
    if not widen:
        return [], [drop, *alter, make]
    return ([drop, *alter], [make]) if longer else ([drop], [*alter, make])


def _check(
    column: EnumColumn, name: str, members: Members, dialect: sa.Dialect
) -> sa.CheckConstraint:
    quoted = dialect.identifier_preparer.quote(column.name)
    sql = f"{quoted} IN ({', '.join(map(literal, members))})"
    final = sa.sql.elements.conv(name) if name else None
    made = sa.CheckConstraint(sa.text(as_text(sql)), name=final)
    sa.Table(column.table, sa.MetaData(), sa.Column(column.name), made, schema=column.schema)
    return made
