"""Rows of one table: their parents are chosen, their values generated, their keys kept distinct.

`Keys` knows which keys are used, and finds the next free combination of values.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, product
from typing import Any

from faker import Faker

from schema_lab.errors import DatabaseError
from schema_lab.seed.plan import Link, Names, Plan
from schema_lab.seed.sources import Asked, ValueSource, source_of

Row = dict[str, Any]

_MOST_COMBINATIONS = 200_000


class NoMore(Exception):  # noqa: N818 - the end of the supply, not an error
    """There are no more rows: all distinct values are used."""


class Keys:
    """The keys of a table, with their values.

    Parameters
    ----------
    primary
        The primary key, in which NULL counts as a value.
    used
        The values that each key has already, in the form of `spelled`.
    combinations
        Gives all values that a key can have, one after another.
    """

    def __init__(
        self,
        primary: Names,
        used: Mapping[Names, set[Any]],
        combinations: Callable[[Names], Iterator[Row]],
    ) -> None:
        self._primary, self._combinations = primary, combinations
        self._used = {key: set(values) for key, values in used.items()}
        self._walks: dict[Names, Iterator[Row]] = {}

    def __len__(self) -> int:
        return len(self._used)

    def highest(self, key: Names) -> int:
        """Give the highest number in a key of one whole number; 0 where there is none."""
        return max((values[0] for values in self._used.get(key, ())), default=0)

    def taken(self, row: Row) -> Names | None:
        """Give a key that another row has; with a NULL, only the primary key counts."""
        for key, known in self._used.items():
            if any(row.get(name) is None for name in key) and key != self._primary:
                continue
            if _spelled(row, key) in known:
                return key
        return None

    def take(self, row: Row) -> None:
        """Mark the keys of a row as used."""
        for key, known in self._used.items():
            known.add(_spelled(row, key))

    def release(self, row: Row) -> None:
        """Free the keys of a row that the database refused."""
        for key, known in self._used.items():
            known.discard(_spelled(row, key))
        self._walks.clear()  # combinations that they have passed may be free again

    def move_on(self, row: Row, key: Names) -> None:
        """Give a row the next combination of values that no row has in this key.

        Raises
        ------
        NoMore
            When there is none.
        """
        walk = self._walks.get(key)
        if walk is None:
            walk = self._walks[key] = islice(self._combinations(key), _MOST_COMBINATIONS)
        for values in walk:
            agreed = {**row, **values}
            if _spelled(agreed, key) not in self._used[key]:
                row.update(values)
                return
        raise NoMore(f"distinct {', '.join(key)}")


def _spelled(row: Row, key: Names) -> tuple[Any, ...]:
    return spelled(tuple(row.get(name) for name in key))


def spelled(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Give a key in a form in which values are equal if some database takes them as equal.

    Examples
    --------
    >>> spelled(("Ann ", 1)) == spelled(("ann", 1))
    True
    """
    return tuple(map(_plainly, values))


def _plainly(value: Any) -> Any:
    if isinstance(value, str):
        return value.casefold().rstrip()
    return repr(value) if isinstance(value, dict | list | set) else value


Parents = Mapping[Link, list[tuple[Any, ...]]]

NULLS = 0.15
"""The share of NULL in a nullable column."""

_TRIES = 6


class Rows:
    """Generates rows of a table.

    Parameters
    ----------
    plan
        The table.
    fake
        The source of all randomness.
    parents
        The rows that each foreign key may refer to.
    used
        The values that each key has already.
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
        """Generate a row whose keys are free.

        Parameters
        ----------
        wild
            Also use NULL often, and the literals in CHECKs.

        Raises
        ------
        NoMore
            When a key has no more values.
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
        """Choose a parent that agrees with the columns that already have values."""
        free, null = set(link.columns) - row.keys(), self._nothing(link, row)
        if null and self.fake.random.random() < NULLS:
            return null
        fixed = [(at, row[name]) for at, name in enumerate(link.columns) if name in row]
        parents = self.parents[link]
        if fixed:
            parents = [
                parent for parent in parents if all(parent[at] == value for at, value in fixed)
            ]
        if not parents:
            if null:
                return null
            raise NoMore(f"rows of {link.parent} to refer to")
        chosen = self.fake.random.choice(parents)
        return {name: part for name, part in zip(link.columns, chosen, strict=True) if name in free}

    def _nothing(self, link: Link, row: Row) -> Row:
        """Give NULL for the columns of a foreign key that allow it."""
        columns = self.plan.table.c
        return {name: None for name in link.columns if columns[name].nullable and name not in row}

    def _value(self, name: str, source: ValueSource, wild: bool) -> Any:
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
        """Exchange two values where a CHECK requires the opposite order."""
        for _ in self.plan.wishes.pairs:
            for less, more in self.plan.wishes.pairs:
                first, second = row.get(less), row.get(more)
                if less in self._sources and more in self._sources and _after(first, second):
                    row[less], row[more] = second, first

    def _combinations(self, key: Names) -> Iterator[Row]:
        """Give the values that a key can have; the column with most values changes first."""
        links = [link for link in self._links if set(link.columns) & set(key)]
        linked = {name for link in links for name in link.columns}
        endless = [name for name in key if name in self._sources and name not in linked]
        finite: list[list[Row]] = [
            [dict(zip(link.columns, parent, strict=True)) for parent in self._shuffled(link)]
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
        """Say whether a column gets generated values, not only values of a parent."""
        if column.name in self.plan.left:
            return False
        links = [link for link in self.plan.links if column.name in link.columns]
        return not links or (not column.nullable and all(link.nullable for link in links))

    def _source(self, column: Any) -> ValueSource | None:
        plan = self.plan
        asked = Asked(column.name, plan.table.name, plan.wishes.of(column.name), self.fake)
        if asked.wish.pattern and asked.wish.values is None:
            if column.nullable:
                return None
            raise DatabaseError(
                f"No value can be generated for {plan.name}.{column.name}: its model asks for the "
                f"pattern {asked.wish.pattern!r}.",
                "Insert its rows by hand, or leave the table out: lab.seed(tables=[…]).",
            )
        source = source_of(column.type, asked)
        if source is None and not column.nullable:
            raise DatabaseError(
                f"No value can be generated for {plan.name}.{column.name}: its type is unknown.",
                "Give the column a default, or leave the table out: lab.seed(tables=[…]).",
            )
        return source

    def _first_numbers(self) -> dict[str, int]:
        """Give the highest number of a primary key that is a whole number."""
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


def _after(first: Any, second: Any) -> bool:
    try:
        return first is not None and second is not None and bool(first > second)
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
