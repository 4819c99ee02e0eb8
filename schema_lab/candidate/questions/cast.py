"""Cast? A column changes its type: which values survive, and what should happen to the others.

PostgreSQL stops at the first value that it cannot cast. MariaDB stops too, but rounds silently.
SQLite stops at nothing: it turns text into 0 and dates into their year.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.candidate.questions.live_database import LiveDatabase, altered, live_name
from schema_lab.candidate.questions.question import Choice, Question, Value
from schema_lab.candidate.render.script import NoteOp, StatementOp
from schema_lab.candidate.rewrite.casts import CastColumnOp
from schema_lab.compare.operations import describe
from schema_lab.rows import Demand, LiveTables, demands_of_cast, family, plain_type, violations_of
from schema_lab.rows.families import MOMENTS, has_zone
from schema_lab.rows.violations import count, keys_of, short, some
from schema_lab.schema.sql_text import sql_of
from schema_lab.schema.words import full_name, type_text

KIND = "cast"
CAST: Value = ("cast",)
NULL: Value = ("null",)
USING: Value = ("using",)
_SHOWN, _LONGEST = 3, 40


@dataclass(frozen=True)
class _Change:
    """A change of a live column's type, under the name that the column has now."""

    operation: ops.AlterColumnOp
    column: str
    live: LiveDatabase

    @property
    def about(self) -> str:
        return f"{full_name(*self.table)}.{self.operation.column_name}"

    @property
    def table(self) -> tuple[str, str | None]:
        return self.operation.table_name, self.operation.schema

    @property
    def types(self) -> tuple[Any, Any]:
        return self.operation.existing_type, self.operation.modify_type

    @property
    def words(self) -> tuple[str, str]:
        before, after = (type_text(type_, self.live.dialect) for type_ in self.types)
        return before, after

    @cached_property
    def rows(self) -> LiveTables:
        renamed = {(self.table, self.operation.column_name): self.column}
        return LiveTables(self.live.connection, self.live.former, renamed)

    @cached_property
    def demands(self) -> tuple[Demand, ...]:
        return tuple(demand for _, demand in self.rows.demands_of(self.operation))

    @cached_property
    def violated(self) -> tuple[tuple[Demand, int], ...]:
        """The demands that rows violate, each with the number of values."""
        counted = ((demand, self._count(demand)) for demand in self.demands)
        return tuple((demand, number) for demand, number in counted if number)

    def _count(self, demand: Demand) -> int:
        return 0 if demand.violated is None else count(self.rows, self.table, demand)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What the database says where no condition tells which values survive."""
        tried = [demand for demand in self.demands if demand.violated is None]
        if tried and self.live.dialect.name != "postgresql":
            return ("The lab cannot tell which values can be cast.",)
        found = (violations_of(self.rows, self.table, demand) for demand in tried)
        return tuple(f"PostgreSQL cannot cast them: {said.reason}." for said in found if said)

    def shown(self, demand: Demand) -> str:
        """Spell some of the values, each with its key, such as "'abc' (id 3)"."""
        keys = keys_of(self.rows, self.table)
        names = [self.operation.column_name, *keys]
        found = some(self.rows, self.table, demand, names, _SHOWN + 1)
        parts = [_spelled(row[0], keys, row[1:]) for row in found[:_SHOWN]]
        return ", ".join([*parts, *(["…"] if len(found) > _SHOWN else [])])

    @property
    def assumes_utc(self) -> bool:
        moved = {has_zone(type_) for type_ in self.types if family(type_) == "datetime"}
        return self.live.dialect.name == "postgresql" and len(moved) > 1

    @property
    def gets_zone(self) -> bool:
        return has_zone(self.types[1])


def _spelled(value: Any, keys: list[str], key: Any) -> str:
    parts = zip(keys, key, strict=True)
    named = ", ".join(f"{name} {short(str(part), _LONGEST)}" for name, part in parts)
    text = str(value) if hasattr(value, "isoformat") else None
    spelled = short(text or (repr(value) if isinstance(value, str) else str(value)), _LONGEST)
    return f"{spelled} ({named})" if named else spelled


def ask(upgrade: ops.UpgradeOps, live: LiveDatabase) -> Iterator[Question]:
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
    if isinstance(before, sa.Enum):
        another = dialect.name == "postgresql" and before.name != after.name
        return not (another and after.native_enum)
    return dialect.name == "sqlite" or not after.native_enum


def _asked(change: _Change) -> Iterator[Question]:
    if not change.demands and not change.assumes_utc:
        return
    values = change.live.values(*change.table, change.column)
    if not values:
        return
    violated, unknown = change.violated, change.unknown
    certain = not violated and not unknown and not change.assumes_utc
    if certain and _needs_no_cast(change):
        return
    evidence = [_lost(change, demand, number, values) for demand, number in violated]
    yield Question(
        kind=KIND,
        about=change.about,
        sentence=_sentence(change),
        evidence=(*evidence, *unknown) or (_fine(change, values),),
        choices=tuple(_choices(change, bool(unknown))),
        change="; ".join(
            operation.sentence for operation in describe(change.operation, change.live.dialect)
        ),
        default=None if violated or unknown else CAST,
        must=bool(violated or unknown),
    )


def _needs_no_cast(change: _Change) -> bool:
    """Say whether a value that fits stays as it is; other casts are worth a question."""
    before, after = map(family, change.types)
    return after in (before, "text")


def _sentence(change: _Change) -> str:
    before, after = change.words
    fact = f"`{change.about}` changes from {before} to {after}."
    if not change.assumes_utc:
        return f"{fact} What should happen to its values?"
    if change.gets_zone:
        return f"{fact} Are its values in UTC?"
    return f"{fact} Should its values be written in UTC?"


def _fine(change: _Change, values: int) -> str:
    if change.assumes_utc:
        would = "be treated as UTC" if change.gets_zone else "be written in UTC"
        return f"{_values(values)} would {would}."
    return f"All {values} values can be cast." if values > 1 else "Its only value can be cast."


def _lost(change: _Change, demand: Demand, number: int, values: int) -> str:
    total = "Its only value" if values == 1 else f"{number} of {values} values"
    return f"{total} {demand.says(number)}: {change.shown(demand)}."


def _values(number: int) -> str:
    return "1 value" if number == 1 else f"{number} values"


def _choices(change: _Change, unknown: bool) -> Iterator[Choice]:
    about, dialect = change.about, change.live.dialect.name
    stops = unknown or any(demand.refused for demand, _ in change.violated)
    if not stops or dialect == "sqlite":
        yield Choice(_cast_label(change), f"candidate.cast({about!r})", CAST)
    for label, sql in _offers(change):
        yield Choice(label, f"candidate.cast({about!r}, using={sql!r})", (*USING, sql))
    if change.violated and change.operation.existing_nullable and _stays_nullable(change):
        call = f"candidate.cast({about!r}, null=True)"
        yield Choice("set values that do not fit to NULL", call, NULL)
    call = f'candidate.cast({about!r}, using="…")'
    yield Choice("compute the values with SQL", call, USING, "SQL")


def _offers(change: _Change) -> Iterator[tuple[str, str]]:
    before, after = map(family, change.types)
    if before == after == "text" and change.violated and _length(change):
        yield "truncate them", f"substr({_quoted(change)}, 1, {_length(change)})"
    plain = change.words[1].startswith("CHAR")
    if (before, after) == ("text", "uuid") and change.violated and plain:
        yield "write them without hyphens", f"lower(replace({_quoted(change)}, '-', ''))"


def _cast_label(change: _Change) -> str:
    if change.assumes_utc:
        return "treat them as UTC" if change.gets_zone else "write them in UTC"
    if not change.violated:
        return "let the database cast them"
    if not any(demand.refused for demand, _ in change.violated):
        return "accept the loss"
    families = {family(type_) for type_ in change.types}
    if families & {*MOMENTS, "uuid", "json"} or families == {"text"}:
        return "keep them unchanged (SQLite stores any text)"
    return "let SQLite cast them (text that is not a number becomes 0, fractions are truncated)"


def _length(change: _Change) -> int | None:
    length: int | None = getattr(plain_type(change.types[1]), "length", None)
    return length


def _stays_nullable(change: _Change) -> bool:
    return change.operation.modify_nullable is not False


def _quoted(change: _Change) -> str:
    return change.live.dialect.identifier_preparer.quote(change.operation.column_name)


def apply(upgrade: ops.UpgradeOps, question: Question, value: Value, live: LiveDatabase) -> None:
    """Put what computes the values before the change of the type, or into it."""
    container, change = next(
        (container, found)
        for container, operation in altered(upgrade)
        if (found := _Change(operation, live_name(upgrade, operation), live)).about
        == question.about
        and operation.modify_type is not None
    )
    operation = change.operation
    using = value[-1] if value[0] == "using" else ""
    in_place = using if live.dialect.name == "postgresql" else ""
    container.ops[container.ops.index(operation)] = CastColumnOp.of(
        operation, in_place, settled=True
    )
    first: list[ops.MigrateOperation] = [NoteOp(_note(change, value), _accepted(change, value))]
    if value == NULL:
        first.append(StatementOp(_to_null(change)))
    elif using and not in_place:
        first.append(StatementOp(_update(change, sa.literal_column(f"({using})"))))
    place = upgrade.ops.index(container)
    upgrade.ops[place:place] = first


def _accepted(change: _Change, value: Value) -> dict[str, int]:
    """Count the values that an answer does not keep; SQLite's cast keeps a text of any length."""
    kept = "length" if value == CAST and change.live.dialect.name == "sqlite" else None
    number = sum(number for demand, number in change.violated if demand.kind != kept)
    return {change.about: number} if number else {}


def _note(change: _Change, value: Value) -> str:
    about, goal = change.about, change.words[1]
    match value[0]:
        case "null":
            return f"Values of {about} that do not fit {goal} are set to NULL."
        case "using":
            return f"{about} becomes {goal}, computed by {' '.join(value[-1].split())}."
    if change.assumes_utc:
        return f"{about} becomes {goal}. Its values are treated as UTC."
    return f"{about} becomes {goal}, cast by the database."


def _to_null(change: _Change) -> str:
    """Set the values to NULL that violate a demand, under the name that the column has then."""
    name = change.operation.column_name
    every = demands_of_cast(name, *change.types, change.live.dialect)
    known = [demand for demand in every if demand.violated is not None]
    homeless = [demand for demand in known if demand.refused] or known
    conditions = (demand.violated for demand in homeless if demand.violated is not None)
    return _update(change, sa.null(), sa.or_(*conditions))


def _update(change: _Change, value: Any, *conditions: Any) -> str:
    name = change.operation.column_name
    table = sa.table(change.operation.table_name, sa.column(name), schema=change.operation.schema)
    return sql_of(sa.update(table).values({name: value}).where(*conditions), change.live.dialect)
