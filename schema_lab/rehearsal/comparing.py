"""Compare the rows of before and after by their key, inside the database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from schema_lab.rehearsal.kinds import Kind, as_characters, differ
from schema_lab.rehearsal.pairs import Pair


@dataclass(frozen=True)
class Difference:
    """What the join of a table's rows before and after found.

    `matched` counts rows that are in both, `nulled` and `changed` count values by the column's name
    of before, `kept_in` counts a dropped column's values that stand in a column of after. Without a
    common key `matched` is None, and the values were compared as bags.
    """

    pair: Pair
    matched: int | None
    nulled: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    kept_in: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Join:
    """The rows of one pair, those of before and after side by side."""

    dialect: str
    pair: Pair
    before: sa.TableClause
    after: sa.TableClause

    @classmethod
    def of(cls, connection: sa.Connection, pair: Pair, schema: str, name: str) -> "Join":
        """Join a table with its kept rows, which stand as `name` in `schema`."""
        assert pair.before is not None
        assert pair.after is not None
        before = sa.table(name, *map(sa.column, pair.before.columns), schema=schema)
        after_schema, after_name = pair.after.key
        after = sa.table(after_name, *map(sa.column, pair.after.columns), schema=after_schema)
        # Aliases of our own: both tables may bear one name.
        return cls(connection.dialect.name, pair, before.alias("b"), after.alias("a"))  # type: ignore[arg-type]

    def source(self, *, outer: bool = False) -> sa.FromClause:
        """Join by the key."""
        on = sa.and_(*(self._same(b, a) for b, a in self.pair.key))
        return self.before.join(self.after, on, isouter=outer)

    def _same(self, before: str, after: str) -> sa.ColumnElement[bool]:
        kinds = {self.kind(before, None), self.kind(None, after)}
        b, a = self.before.c[before], self.after.c[after]
        if len(kinds) == 1 or self.dialect == "sqlite":
            return b == a
        return as_characters(self.dialect, (b, self.kind(before, None))) == as_characters(
            self.dialect, (a, self.kind(None, after))
        )

    def kind(self, before: str | None, after: str | None) -> Kind:
        """Give the kind of a column of before, or of one of after."""
        assert self.pair.before is not None
        assert self.pair.after is not None
        if before is not None:
            return self.pair.before.columns[before].kind
        return self.pair.after.columns[after or ""].kind

    def nulled(self, before: str, after: str) -> sa.ColumnElement[bool]:
        """Say that a value became NULL."""
        return sa.and_(self.before.c[before].is_not(None), self.after.c[after].is_(None))

    def changed(self, before: str, after: str) -> sa.ColumnElement[bool]:
        """Say that a value became another."""
        b, a = self.before.c[before], self.after.c[after]
        sides = (b, self.kind(before, None)), (a, self.kind(None, after))
        return sa.and_(b.is_not(None), a.is_not(None), differ(self.dialect, *sides))

    def kept(self, before: str, after: str) -> sa.ColumnElement[bool]:
        """Say that the text of a value stands within another column's."""
        b, a = self.before.c[before], self.after.c[after]
        find = "strpos" if self.dialect == "postgresql" else "instr"
        whole = sa.cast(a, sa.Text) if self.dialect != "mysql" else sa.cast(a, sa.CHAR)
        part = sa.cast(b, sa.Text) if self.dialect != "mysql" else sa.cast(b, sa.CHAR)
        place: sa.ColumnElement[int] = getattr(sa.func, find)(whole, part)
        return sa.and_(b.is_not(None), place > 0)


def joined_difference(connection: sa.Connection, join: Join) -> Difference:
    """Compare the rows of a table with those that were kept, each with itself. Read-only."""
    questions = dict(_questions(join))
    counts = [sa.func.count(sa.case((says, sa.literal_column("1")))) for says in questions.values()]
    asked = sa.select(sa.func.count(), *counts).select_from(join.source())
    matched, *found = connection.execute(asked).one()
    answers = dict(zip(questions, found, strict=True))
    kept: dict[str, dict[str, int]] = {}
    for (what, before, after), number in answers.items():
        if what == "kept" and number:
            kept.setdefault(before, {})[after] = number
    return Difference(
        join.pair,
        matched,
        {b: number for (what, b, _), number in answers.items() if what == "nulled"},
        {b: number for (what, b, _), number in answers.items() if what == "changed"},
        kept,
    )


def _questions(join: Join) -> Iterator[tuple[tuple[str, str, str], sa.ColumnElement[bool]]]:
    for before, after in join.pair.columns:
        if (before, after) in join.pair.key:
            continue  # by these the rows were found
        if before is not None and after is not None:
            yield ("nulled", before, after), join.nulled(before, after)
            yield ("changed", before, after), join.changed(before, after)
        elif before is not None:
            for other in _could_hold(join.pair):
                yield ("kept", before, other), join.kept(before, other)


def _could_hold(pair: Pair) -> Sequence[str]:
    """Name the columns of text that are new: one of them may hold what a dropped one held."""
    assert pair.after is not None
    new = [after for before, after in pair.columns if before is None and after is not None]
    return [name for name in new if pair.after.columns[name].kind is Kind.TEXT]
