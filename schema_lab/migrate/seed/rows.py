"""Rows of one table: parents chosen, values made, keys distinct."""

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Any

from faker import Faker

from schema_lab.errors import DatabaseError
from schema_lab.migrate.seed.keys import Keys, NoMore, Row
from schema_lab.migrate.seed.plan import Link, Names, Plan
from schema_lab.migrate.seed.sources import source_of
from schema_lab.migrate.seed.supply import Asked, Source

Parents = Mapping[Link, list[tuple[Any, ...]]]

NULLS = 0.15
"""The share of NULL in a column that may be NULL."""

_TRIES = 6


class Rows:
    """Makes rows of a table, one after the other.

    Parameters
    ----------
    plan
        The table.
    fake
        The source of all randomness.
    parents
        The rows that each foreign key may point to.
    used
        What each key already holds.
    later
        Foreign keys that stay NULL for now.
    """

    def __init__(
        self,
        plan: Plan,
        fake: Faker,
        parents: Parents,
        used: Mapping[Names, set[Any]],
        later: frozenset[Link] = frozenset(),
    ) -> None:
        self.plan, self.fake, self.parents, self.later = plan, fake, parents, later
        self.keys = Keys(plan.primary, used, self._combinations)
        self._links = [link for link in plan.links if link not in later]
        self._sources = {
            column.name: source
            for column in plan.table.columns
            if self._is_ours(column) and (source := self._source(column)) is not None
        }
        self._counters = self._first_numbers()

    def make(self, wild: bool = False) -> Row:
        """Make a row whose keys are free.

        Parameters
        ----------
        wild
            Also try NULL often, and the literals that CHECKs name.

        Raises
        ------
        NoMore
            When a key has no further value.
        """
        row: Row = {}
        for _ in range(_TRIES):
            row = self._made(wild)
            if self.keys.taken(row) is None:
                break
        tries = 0
        while (taken := self.keys.taken(row)) is not None:
            tries += 1
            if tries > _TRIES * len(self.keys):
                raise NoMore(f"distinct {', '.join(taken)}")
            self.keys.move_on(row, taken)
        self.keys.take(row)
        return row

    # one row -----------------------------------------------------------------------------------

    def _made(self, wild: bool) -> Row:
        row: Row = {}
        for link in self._links:
            row.update(self._linked(link, row))
        for link in self.later:
            row = self._nothing(link, row) | row
        for name, source in self._sources.items():
            if name not in row:
                row[name] = self._value(name, source, wild)
        self._put_in_order(row)
        return row

    def _linked(self, link: Link, row: Row) -> Row:
        """Choose a parent that agrees with the columns that are chosen already."""
        free, null = set(link.columns) - row.keys(), self._nothing(link, row)
        if null and self.fake.random.random() < NULLS:
            return null
        fixed = [(at, row[name]) for at, name in enumerate(link.columns) if name in row]
        parents = self.parents[link]
        if fixed:
            parents = [one for one in parents if all(one[at] == value for at, value in fixed)]
        if not parents:
            if null:
                return null
            raise NoMore(f"row of {link.parent} to point to")
        chosen = self.fake.random.choice(parents)
        return {name: one for name, one in zip(link.columns, chosen, strict=True) if name in free}

    def _nothing(self, link: Link, row: Row) -> Row:
        """Point to nobody, by NULL in the columns that allow it."""
        columns = self.plan.table.c
        return {name: None for name in link.columns if columns[name].nullable and name not in row}

    def _value(self, name: str, source: Source, wild: bool) -> Any:
        if name in self._counters:
            self._counters[name] += 1
            return self._counters[name]
        column, wish = self.plan.table.c[name], self.plan.wishes.of(name)
        nulls = 0.5 if wild and wish.literals else NULLS
        if column.nullable and not wish.required and self.fake.random.random() < nulls:
            return None
        if wild and wish.literals and self.fake.random.random() < 0.5:  # noqa: PLR2004 - as often
            return _near(self.fake.random.choice(wish.literals), source.random(), self.fake)
        return source.random()

    def _put_in_order(self, row: Row) -> None:
        """Exchange two values that a CHECK wants the other way round."""
        for _ in self.plan.wishes.pairs:
            for less, more in self.plan.wishes.pairs:
                one, other = row.get(less), row.get(more)
                if less in self._sources and more in self._sources and _after(one, other):
                    row[less], row[more] = other, one

    def _combinations(self, key: Names) -> Iterator[Row]:
        """Walk through what a key can hold; the longest supply turns fastest."""
        links = [one for one in self._links if set(one.columns) & set(key)]
        linked = {name for link in links for name in link.columns}
        endless = [name for name in key if name in self._sources and name not in linked]
        finite: list[list[Row]] = [
            [dict(zip(link.columns, one, strict=True)) for one in self._shuffled(link)]
            for link in links
        ]
        if not endless:
            for parts in product(*finite):
                yield _merged(parts)
            return
        first, *rest = endless
        finite += [
            [{name: value} for value in islice(self._sources[name].walk(), 50)] for name in rest
        ]
        for value in self._sources[first].walk():
            for parts in product(*finite):
                yield _merged(({first: value}, *parts))

    def _shuffled(self, link: Link) -> list[tuple[Any, ...]]:
        parents = list(self.parents[link])
        self.fake.random.shuffle(parents)
        return parents

    # columns -----------------------------------------------------------------------------------

    def _is_ours(self, column: Any) -> bool:
        """Say whether we make a column's values; not those that come from a parent alone."""
        if column.name in self.plan.left:
            return False
        links = [link for link in self.plan.links if column.name in link.columns]
        return not links or (not column.nullable and all(link.nullable for link in links))

    def _source(self, column: Any) -> Source | None:
        plan = self.plan
        asked = Asked(column.name, plan.table.name, plan.wishes.of(column.name), self.fake)
        source = source_of(column.type, asked)
        if source is None and not column.nullable:
            raise DatabaseError(
                f"No value can be made for {plan.name}.{column.name}: its type is not known.",
                "Give the column a default, or leave the table out: lab.seed(tables=[…]).",
            )
        return source

    def _first_numbers(self) -> dict[str, int]:
        """Count on from the highest, in a primary key of one whole number."""
        primary = self.plan.primary
        if len(primary) != 1 or primary[0] not in self._sources:
            return {}
        wish = self.plan.wishes.of(primary[0])
        sample = self._sources[primary[0]].random()
        if type(sample) is not int or wish.low or wish.high or wish.values:
            return {}
        return {primary[0]: self.keys.highest(primary)}


def _merged(parts: Any) -> Row:
    merged: Row = {}
    for part in parts:
        merged.update(part)
    return merged


def _after(one: Any, other: Any) -> bool:
    try:
        return one is not None and other is not None and bool(one > other)
    except TypeError:
        return False


def _near(literal: str, like: Any, fake: Faker) -> Any:
    """Give a literal, or a number next to it, in the type of another value."""
    if isinstance(like, str):
        return literal
    try:
        number = int(float(literal)) + fake.random.choice((-1, 0, 1))
        return type(like)(number)
    except (TypeError, ValueError):
        return like
