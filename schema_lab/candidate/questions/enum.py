"""Rename or replace an enum member? The models no longer have it, but rows may still use it.

Alembic does not compare members on PostgreSQL and SQLite:
https://alembic.sqlalchemy.org/en/latest/autogenerate.html#what-does-autogenerate-detect-and-what-does-it-not-detect
A stray is a value that is not a member, in a database that has neither a type nor a CHECK for it.
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Choice, Question, Value
from schema_lab.candidate.render.script import NoteOp, StatementOp
from schema_lab.candidate.rewrite.members.expanding import needs_new_type, update
from schema_lab.candidate.rewrite.members.finding import refuse_views
from schema_lab.candidate.rewrite.members.operation import EnumColumn, MembersOp
from schema_lab.compare.scope import enum_tables
from schema_lab.errors import ModelError
from schema_lab.schema.sql_text import literal
from schema_lab.views.plain import count

KIND = "enum"
REMOVE: Value = ("remove",)
KEEP: Value = ("keep",)
NULL: Value = ("null",)
_LONGEST = 40
_UNKNOWN = "The column is text without a CHECK, so the database does not know the former members."


def ask(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]:
    """Ask, for each removed member, whether it is renamed and what its rows should get."""
    for operation in upgrade.ops:
        if isinstance(operation, MembersOp):
            _refuse_defaults(operation, live)
            asked = [
                found for old in operation.removed if (found := _removed(operation, old, live))
            ]
            yield from asked
            if (
                operation.altered is None
                and needs_new_type(operation)
                and not (asked and operation.added)
            ):
                refuse_views(live.connection, operation.enum.columns)
    for column, members, value, rows in strays(live.context, upgrade):
        yield _stray(column, members, value, rows)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase) -> None:
    """Tell the operation what happens to the member; without an operation, update the rows."""
    place, old = question.about.split(": ", 1)
    new = value[-1] if value[0] == "to" else None
    found = (
        operation
        for operation in upgrade.ops
        if isinstance(operation, MembersOp) and _place(operation) == place
    )
    operation = next(found, None)
    note = NoteOp(_note(place, old, value, operation))
    if operation is not None:
        if value != REMOVE:
            operation.moves = {**operation.moves, old: new}
        upgrade.ops.insert(upgrade.ops.index(operation), note)
        return
    first: list[ops.MigrateOperation] = [note]
    if value != KEEP:
        column = next(stray[0] for stray in strays(live.context, upgrade) if str(stray[0]) == place)
        first.append(StatementOp(update(column, old, new, live.dialect)))
    upgrade.ops[:0] = first


def _place(operation: MembersOp) -> str:
    enum = operation.enum
    return str(enum.columns[0]) if enum.columns else enum.name


def _removed(operation: MembersOp, old: str, live: LiveDatabase) -> Question | None:
    if old in operation.moves:
        return None
    rows = [
        (column, found) for column in operation.enum.columns if (found := _rows(live, column, old))
    ]
    if not rows and not operation.added:
        return None
    place = _place(operation)
    free = [member for member in operation.added if member not in operation.moves.values()]
    free.sort(key=lambda member: -SequenceMatcher(None, old, member).ratio())
    kept = [member for member in operation.after if member in operation.before]
    choices = [_to(place, old, member, f"rename it to {member!r}") for member in free]
    if rows:
        choices += [_to(place, old, member, f"replace it with {member!r}") for member in kept]
    if rows and all(column.nullable or column.array for column, _ in rows):
        choices.append(Choice("set these values to NULL", f"{_call(place, old)}, to=None)", NULL))
    if not rows:
        choices.append(Choice("remove it", f"{_call(place, old)})", REMOVE))
    return Question(
        kind=KIND,
        about=f"{place}: {old}",
        sentence=_sentence(operation, old, free),
        evidence=(_uses(rows),),
        choices=tuple(choices),
        change=f"{place}: {', '.join(operation.before)} → {', '.join(operation.after)}",
        default=None if rows else REMOVE,
        must=bool(rows),
    )


def _sentence(operation: MembersOp, old: str, free: list[str]) -> str:
    fact = f"{_short(old)!r} is no longer a member of `{_subject(operation)}`"
    if not free:
        return f"{fact}: what should it become?"
    names = ", ".join(map(repr, free))
    return f"{fact}: was it renamed to {names if not free[1:] else f'one of {names}'}?"


def _subject(operation: MembersOp) -> str:
    if operation.altered is None and len(operation.enum.columns) != 1:
        return operation.enum.name
    return _place(operation)


def _uses(rows: list[tuple[EnumColumn, int]], noun: str = "member") -> str:
    if not rows:
        return "No row uses this member."
    parts = [f"{count(number, 'row')} of `{column}`" for column, number in rows]
    total = sum(number for _, number in rows)
    return f"{' and '.join(parts)} {'uses' if total == 1 else 'use'} this {noun}."


def _to(place: str, old: str, new: str, label: str) -> Choice:
    return Choice(label, f"{_call(place, old)}, to={new!r})", ("to", new))


def _call(place: str, old: str) -> str:
    return f"candidate.member({place!r}, {old!r}"


def _stray(column: EnumColumn, members: tuple[str, ...], value: str, rows: int) -> Question:
    place = str(column)
    choices = [_to(place, value, member, f"replace it with {member!r}") for member in members]
    if column.nullable:
        choices.append(Choice("set these values to NULL", f"{_call(place, value)}, to=None)", NULL))
    call = f"candidate.answer('enum', {f'{place}: {value}'!r}, 'keep')"
    choices.append(Choice("keep these values (reading them fails in Python)", call, KEEP))
    return Question(
        kind=KIND,
        about=f"{place}: {value}",
        sentence=f"{_short(value)!r} is not a member of `{place}` in the models: "
        "what should it become?",
        evidence=(_uses([(column, rows)], "value"), _UNKNOWN),
        choices=tuple(choices),
        change=f"{place}: {', '.join(members)}",
        must=True,
    )


def _note(place: str, old: str, value: Value, operation: MembersOp | None) -> str:
    old = repr(" ".join(_short(old).split()))
    match value:
        case ("remove",):
            return f"{old} is removed from {place}. No row uses it."
        case ("keep",):
            return f"{old} is kept in {place}, although it is not a member."
        case ("null",):
            return f"Rows of {place} with {old} are set to NULL. The downgrade cannot undo that."
    if operation is not None and value[-1] in operation.added:
        return f"{old} of {place} is renamed to {value[-1]!r}."
    return f"Rows of {place} with {old} get {value[-1]!r}. The downgrade cannot undo that."


def _rows(live: LiveDatabase, column: EnumColumn, member: str) -> int:
    if not live.has(column.table, column.schema, [column.name]):
        return 0
    table = sa.table(column.table, sa.column(column.name, sa.String()), schema=column.schema)
    held: Any = table.c[column.name]
    condition = held == member
    if live.dialect.name == "postgresql":
        kind: Any = sa.ARRAY(sa.Text()) if column.array else sa.Text()
        text: Any = sa.cast(
            sa.literal_column(live.dialect.identifier_preparer.quote(column.name)), kind
        )
        condition = sa.literal(member) == sa.any_(text) if column.array else text == member
    return (
        live.connection.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0
    )


def _refuse_defaults(operation: MembersOp, live: LiveDatabase) -> None:
    """Refuse a default of the models that is no longer a member.

    Raises
    ------
    ModelError
        With the column and the default.
    """
    for column in operation.enum.columns:
        table = live.model(column.table, column.schema)
        if table is None or column.name not in table.columns:
            continue
        default: Any = getattr(table.columns[column.name].server_default, "arg", None)
        value = default if isinstance(default, str) else str(default)
        for old in operation.removed:
            if value == old or literal(old) in value:
                raise ModelError(
                    f"The default {old!r} of `{column}` is no longer a member.",
                    "Give the column another default, or keep the member.",
                )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


_MOST = 10
Stray = tuple[EnumColumn, tuple[str, ...], str, int]
"""A column, its members in the models, a value that is not a member, and its number of rows."""


def strays(context: MigrationContext, upgrade: ops.UpgradeOps) -> Iterator[Stray]:
    """Give values that the models cannot read, the most frequent first, up to 10 per column."""
    asked = {
        (column.table, column.schema, column.name)
        for operation in upgrade.ops
        if isinstance(operation, MembersOp)
        for column in operation.enum.columns
    }
    inspector: Any = sa.inspect(context.connection)
    for table in enum_tables(context):
        for column in table.columns:
            type_: Any = getattr(column.type, "impl", column.type)
            if not isinstance(type_, sa.Enum) or (table.name, table.schema, column.name) in asked:
                continue
            if type_.native_enum and context.dialect.supports_native_enum:
                continue
            if inspector.has_table(table.name, schema=table.schema):
                live = {
                    found["name"]: found
                    for found in inspector.get_columns(table.name, table.schema)
                }
                if column.name in live and _is_text(live[column.name]["type"]):
                    nullable = bool(live[column.name]["nullable"])
                    yield from _strays_in(context, table, column.name, tuple(type_.enums), nullable)


def _is_text(live: Any) -> bool:
    """Say whether a live column is plain text; an enum of the database has members alone."""
    return isinstance(live, sa.String) and not isinstance(live, sa.Enum)


def _strays_in(
    context: MigrationContext,
    table: sa.Table,
    name: str,
    members: tuple[str, ...],
    nullable: bool,
) -> Iterator[Stray]:
    assert context.connection is not None
    held = sa.table(table.name, sa.column(name, sa.String()), schema=table.schema)
    number = sa.func.count().label("number")
    query = sa.select(held.c[name], number).where(held.c[name].not_in(members))
    query = query.group_by(held.c[name]).order_by(sa.desc("number"), held.c[name]).limit(_MOST)
    for value, rows in context.connection.execute(query):
        yield EnumColumn(table.name, table.schema, name, nullable=nullable), members, value, rows
