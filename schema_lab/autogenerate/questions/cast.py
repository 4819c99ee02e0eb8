"""Cast? A column changes its type: which of its values survive, and what becomes of the others.

PostgreSQL stops at the first value that it cannot cast; MariaDB too, but rounds in silence; SQLite
stops at nothing: it turns text into 0 and dates into their year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.conversions import CastColumnOp, Loss, family, losses_of, using_of
from schema_lab.autogenerate.conversions.families import has_zone, plain_type
from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.operations import describe, full_name, type_text
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.questions.places import altered, live_name
from schema_lab.autogenerate.questions.question import Choice, Question, Value
from schema_lab.autogenerate.questions.samples import counted, shown, tried
from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.autogenerate.statement import StatementOp

KIND = "cast"
CAST: Value = ("cast",)
NULL: Value = ("null",)
USING: Value = ("using",)


@dataclass(frozen=True)
class _Change:
    """A change of a live column's type, under the name that the column has now."""

    operation: ops.AlterColumnOp
    column: str
    live: Live

    @property
    def about(self) -> str:
        table = full_name(self.operation.table_name, self.operation.schema)
        return f"{table}.{self.operation.column_name}"

    @property
    def types(self) -> tuple[Any, Any]:
        return self.operation.existing_type, self.operation.modify_type

    @property
    def words(self) -> tuple[str, str]:
        before, after = (type_text(one, self.live.dialect) for one in self.types)
        return before, after

    @property
    def losses(self) -> list[Loss] | None:
        return losses_of(self.column, *self.types, self.live.dialect)

    @property
    def assumes_utc(self) -> bool:
        moved = {has_zone(one) for one in self.types if family(one) == "datetime"}
        return self.live.dialect.name == "postgresql" and len(moved) > 1

    @property
    def gets_zone(self) -> bool:
        return has_zone(self.types[1])


def ask(upgrade: ops.UpgradeOps, live: Live) -> Iterator[Question]:
    """Ask of each column with values whose type changes into one of another kind, or narrows."""
    for _, operation in altered(upgrade):
        column = live_name(upgrade, operation)
        if operation.modify_type is None or operation.existing_type is None:
            continue
        if _of_members(operation, live.dialect):
            continue
        if live.has(operation.table_name, operation.schema, [column]):
            yield from _asked(_Change(operation, column, live))


def _of_members(operation: ops.AlterColumnOp, dialect: sa.Dialect) -> bool:
    """Say whether only the members of an enum change; that is a question of its own."""
    before, after = plain_type(operation.existing_type), plain_type(operation.modify_type)
    if not isinstance(after, sa.Enum):
        return False
    return isinstance(before, sa.Enum) or dialect.name == "sqlite" or not after.native_enum


def _asked(change: _Change) -> Iterator[Question]:
    losses = change.losses
    where = (change.operation.table_name, change.operation.schema, change.column)
    if losses == [] and not change.assumes_utc:
        return
    values = change.live.values(*where)
    if not values:
        return
    hurt = [(one, found) for one in losses or [] if (found := counted(change.live, where, one))]
    refused = tried(change.live, where, using_of(change.column, *change.types), losses)
    if not hurt and not refused and not change.assumes_utc and _one_family(change):
        return
    evidence = [_lost(change, where, one, number, values) for one, number in hurt]
    yield Question(
        kind=KIND,
        about=change.about,
        sentence=_sentence(change),
        evidence=(*evidence, *refused) or (_fine(change, values),),
        choices=tuple(_choices(change, hurt, refused)),
        change="; ".join(one.sentence for one in describe(change.operation, change.live.dialect)),
        default=None if hurt or refused else CAST,
        must=bool(hurt or refused),
    )


def _one_family(change: _Change) -> bool:
    before, after = change.types
    return family(before) == family(after)


def _sentence(change: _Change) -> str:
    before, after = change.words
    if not change.assumes_utc:
        return f"{change.about} changes from {before} to {after}: what becomes of its values?"
    asked = "are its values in UTC" if change.gets_zone else "shall its values be written in UTC"
    return f"{change.about} changes from {before} to {after}: {asked}?"


def _fine(change: _Change, values: int) -> str:
    if change.assumes_utc:
        taken = "taken for" if change.gets_zone else "written in"
        return f"{_values(values)} would be {taken} UTC."
    return f"All {values} values can be cast." if values > 1 else "Its one value can be cast."


def _lost(
    change: _Change, where: tuple[str, str | None, str], loss: Loss, number: int, values: int
) -> str:
    longer = loss.many == "are longer than"
    goal = f"{_length(change)} characters" if longer else change.words[1]
    words = loss.one if number == 1 else loss.many
    total = "Its one value" if values == 1 else f"{number} of {values} values"
    return f"{total} {words} {goal}: {shown(change.live, where, loss)}."


def _values(number: int) -> str:
    return "1 value" if number == 1 else f"{number} values"


def _choices(
    change: _Change, hurt: list[tuple[Loss, int]], refused: tuple[str, ...]
) -> Iterator[Choice]:
    about, dialect = change.about, change.live.dialect.name
    stops = refused or any(not one.change for one, _ in hurt)
    if not stops or dialect == "sqlite":
        yield Choice(_cast_label(change, hurt), f"candidate.cast({about!r})", CAST)
    for label, sql in _offers(change, hurt):
        yield Choice(label, f"candidate.cast({about!r}, using={sql!r})", (*USING, sql))
    if hurt and change.operation.existing_nullable and _stays_nullable(change):
        yield Choice("set what does not fit to NULL", f"candidate.cast({about!r}, null=True)", NULL)
    yield Choice("make the values by SQL", f'candidate.cast({about!r}, using="…")', USING, "SQL")


def _offers(change: _Change, hurt: list[tuple[Loss, int]]) -> Iterator[tuple[str, str]]:
    before, after = map(family, change.types)
    if before == after == "text" and hurt:
        yield "cut them", f"substr({_quoted(change)}, 1, {_length(change)})"
    if (before, after) == ("text", "uuid") and hurt and change.words[1].startswith("CHAR"):
        yield "write them without hyphens", f"lower(replace({_quoted(change)}, '-', ''))"


def _cast_label(change: _Change, hurt: list[tuple[Loss, int]]) -> str:
    if change.assumes_utc:
        return "take them for UTC" if change.gets_zone else "write them in UTC"
    if not hurt:
        return "let the database cast them"
    if all(one.change for one, _ in hurt):
        return "let that be lost"
    families = {family(one) for one in change.types}
    if families & {"date", "datetime", "time", "uuid", "json"} or families == {"text"}:
        return "leave them as they are, for SQLite holds any text"
    return "let SQLite cast them: what is no number becomes 0, and fractions are cut"


def _length(change: _Change) -> int | None:
    length: int | None = getattr(plain_type(change.types[1]), "length", None)
    return length


def _stays_nullable(change: _Change) -> bool:
    return change.operation.modify_nullable is not False


def _quoted(change: _Change) -> str:
    return change.live.dialect.identifier_preparer.quote(change.operation.column_name)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: Live) -> None:
    """Put what makes the values before the change of the type, or into it."""
    container, change = next(
        (container, found)
        for container, one in altered(upgrade)
        if (found := _Change(one, live_name(upgrade, one), live)).about == question.about
        and one.modify_type is not None
    )
    operation = change.operation
    using = value[-1] if value[0] == "using" else ""
    in_place = using if live.dialect.name == "postgresql" else ""
    container.ops[container.ops.index(operation)] = CastColumnOp.of(
        operation, in_place, settled=True
    )
    first: list[ops.MigrateOperation] = [NoteOp(_note(change, value))]
    if value == NULL:
        first.append(StatementOp(_to_null(change)))
    elif using and not in_place:
        first.append(StatementOp(_update(change, sa.literal_column(f"({using})"))))
    place = upgrade.ops.index(container)
    upgrade.ops[place:place] = first


def _note(change: _Change, value: Value) -> str:
    about, goal = change.about, change.words[1]
    match value[0]:
        case "null":
            return f"Values of {about} that do not fit {goal} are set to NULL."
        case "using":
            return f"{about} becomes {goal}, made by {' '.join(value[-1].split())}."
    if change.assumes_utc:
        return f"{about} becomes {goal}; its moments are taken for UTC."
    return f"{about} becomes {goal}, cast by the database."


def _to_null(change: _Change) -> str:
    losses = losses_of(change.operation.column_name, *change.types, change.live.dialect) or []
    homeless = [one for one in losses if not one.change] or losses
    return _update(change, sa.null(), sa.or_(*(one.condition for one in homeless)))


def _update(change: _Change, value: Any, *conditions: Any) -> str:
    name = change.operation.column_name
    table = sa.table(change.operation.table_name, sa.column(name), schema=change.operation.schema)
    return sql_of(sa.update(table).values({name: value}).where(*conditions), change.live.dialect)
