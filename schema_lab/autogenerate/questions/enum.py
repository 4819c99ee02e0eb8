"""Enum members: one that the models no longer have may be renamed, or rows may still hold it.

Alembic does not see members on PostgreSQL and SQLite:
https://alembic.sqlalchemy.org/en/latest/autogenerate.html#what-does-autogenerate-detect-and-what-does-it-not-detect
"""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.members import EnumColumn, MembersOp, strays, update
from schema_lab.autogenerate.members.postgresql import literal, made_anew
from schema_lab.autogenerate.members.types import refuse_views
from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.question import Choice, Question, Value
from schema_lab.autogenerate.statement import StatementOp
from schema_lab.errors import ModelError

KIND = "enum"
REMOVE: Value = ("remove",)
KEEP: Value = ("keep",)
NULL: Value = ("null",)
_LONGEST = 40
_UNKNOWN = "The column is text without a CHECK: the database does not say which members there were."


def ask(upgrade: ops.UpgradeOps, live: Live) -> Iterator[Question]:
    """Ask of each member that goes whether it got a new name, and what rows with it become."""
    for one in upgrade.ops:
        if isinstance(one, MembersOp):
            _refuse_defaults(one, live)
            asked = [found for old in one.removed if (found := _removed(one, old, live))]
            yield from asked
            if one.altered is None and made_anew(one) and not (asked and one.added):
                refuse_views(live.connection, one.enum.columns)
    for column, members, value, rows in strays(live.context, upgrade):
        yield _stray(column, members, value, rows)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: Live) -> None:
    """Tell the operation what becomes of the member; without one, move the rows."""
    place, old = question.about.split(": ", 1)
    new = value[-1] if value[0] == "to" else None
    found = (one for one in upgrade.ops if isinstance(one, MembersOp) and _place(one) == place)
    operation = next(found, None)
    note = NoteOp(_note(place, old, value, operation))
    if operation is not None:
        if value != REMOVE:
            operation.moves = {**operation.moves, old: new}
        upgrade.ops.insert(upgrade.ops.index(operation), note)
        return
    first: list[ops.MigrateOperation] = [note]
    if value != KEEP:
        column = next(one[0] for one in strays(live.context, upgrade) if str(one[0]) == place)
        first.append(StatementOp(update(column, old, new, live.dialect)))
    upgrade.ops[:0] = first


def _place(operation: MembersOp) -> str:
    enum = operation.enum
    return str(enum.columns[0]) if enum.columns else enum.name


def _removed(operation: MembersOp, old: str, live: Live) -> Question | None:
    if old in operation.moves:
        return None
    rows = [(one, found) for one in operation.enum.columns if (found := _rows(live, one, old))]
    if not rows and not operation.added:
        return None
    place = _place(operation)
    free = [one for one in operation.added if one not in operation.moves.values()]
    free.sort(key=lambda one: -SequenceMatcher(None, old, one).ratio())
    kept = [one for one in operation.after if one in operation.before]
    choices = [_to(place, old, one, f"rename it to {one}") for one in free]
    if rows:
        choices += [_to(place, old, one, f"put {one} in its place") for one in kept]
    if rows and all(one.nullable or one.array for one, _ in rows):
        choices.append(Choice("set these to NULL", f"{_call(place, old)}, to=None)", NULL))
    if not rows:
        choices.append(Choice("remove it", f"{_call(place, old)})", REMOVE))
    return Question(
        kind=KIND,
        about=f"{place}: {old}",
        sentence=_sentence(operation, old, free),
        evidence=(_held(rows),),
        choices=tuple(choices),
        change=f"{place}: {', '.join(operation.before)} → {', '.join(operation.after)}",
        default=None if rows else REMOVE,
        must=bool(rows),
    )


def _sentence(operation: MembersOp, old: str, free: list[str]) -> str:
    subject = f"{_short(old)}, no longer a member of {_subject(operation)}"
    if not free:
        return f"What becomes of {subject}?"
    goals = free[0] if not free[1:] else f"one of {', '.join(free)}"
    return f"Is {subject}, renamed to {goals}?"


def _subject(operation: MembersOp) -> str:
    if operation.altered is None and len(operation.enum.columns) != 1:
        return operation.enum.name
    return _place(operation)


def _held(rows: list[tuple[EnumColumn, int]]) -> str:
    if not rows:
        return "No row holds it."
    parts = [f"{_counted(number)} of {column}" for column, number in rows]
    total = sum(number for _, number in rows)
    return f"{' and '.join(parts)} {'holds' if total == 1 else 'hold'} it."


def _counted(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"


def _to(place: str, old: str, new: str, label: str) -> Choice:
    return Choice(label, f"{_call(place, old)}, to={new!r})", ("to", new))


def _call(place: str, old: str) -> str:
    return f"candidate.member({place!r}, {old!r}"


def _stray(column: EnumColumn, members: tuple[str, ...], value: str, rows: int) -> Question:
    place = str(column)
    choices = [_to(place, value, one, f"put {one} in its place") for one in members]
    if column.nullable:
        choices.append(Choice("set these to NULL", f"{_call(place, value)}, to=None)", NULL))
    call = f"candidate.answer('enum', {f'{place}: {value}'!r}, 'keep')"
    choices.append(Choice("keep them; reading them fails in Python", call, KEEP))
    return Question(
        kind=KIND,
        about=f"{place}: {value}",
        sentence=f"What becomes of {_short(value)}, which is no member of {place} in the models?",
        evidence=(_held([(column, rows)]), _UNKNOWN),
        choices=tuple(choices),
        change=f"{place}: {', '.join(members)}",
        must=True,
    )


def _note(place: str, old: str, value: Value, operation: MembersOp | None) -> str:
    old = " ".join(_short(old).split())
    match value:
        case ("remove",):
            return f"{old} is removed from {place}; no row held it."
        case ("keep",):
            return f"{old} is kept in {place}, though it is no member."
        case ("null",):
            return f"Rows of {place} with {old} are set to NULL; the downgrade cannot undo that."
    if operation is not None and value[-1] in operation.added:
        return f"{old} of {place} is renamed to {value[-1]}."
    return f"Rows of {place} with {old} get {value[-1]}; the downgrade cannot undo that."


def _rows(live: Live, column: EnumColumn, member: str) -> int:
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


def _refuse_defaults(operation: MembersOp, live: Live) -> None:
    """Refuse a default of the models that is no member.

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
                    f"The default {old!r} of {column} is no member any more.",
                    "Give the column another default, or keep the member.",
                )


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
