"""The supply of values: at random, or one distinct value after the other."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from faker import Faker

from schema_lab.migrate.seed.hints import number_hint
from schema_lab.migrate.seed.wishes import Bound, Wish

BEGIN, END = dt.datetime(2020, 1, 1), dt.datetime(2024, 12, 31)  # noqa: DTZ001 - as columns keep it
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Source:
    """Makes values: `random` gives any, `walk` a new iterator over distinct ones."""

    random: Callable[[], Any]
    walk: Callable[[], Iterator[Any]]


@dataclass(frozen=True)
class Asked:
    """What a source is for: a column's name and table, and what is asked of its values."""

    column: str
    table: str
    wish: Wish
    fake: Faker


def choice(values: Sequence[Any], fake: Faker) -> Source:
    """Take one of these values; of none, NULL."""
    if not values:
        return Source(lambda: None, lambda: iter(()))
    return Source(lambda: fake.random.choice(values), lambda: iter(values))


def whole(asked: Asked, usual: tuple[int, int], unit: int) -> tuple[int, int]:
    """Give the range to take from, in units; a wish counts more than what a name suggests."""
    wish, (low, high) = asked.wish, number_hint(asked.column) or usual
    low, high = low * unit, high * unit
    if wish.low is not None:
        low = _edge(wish.low, unit, ROUND_CEILING)
        high = max(high, low + 1000 * unit) if wish.high is None else high
    if wish.high is not None:
        high = _edge(wish.high, unit, ROUND_FLOOR)
        low = min(low, high) if wish.low is None else low
    return low, high


def _edge(bound: Bound, unit: int, rounding: str) -> int:
    literal, equal = bound
    try:
        exact = Decimal(literal) * unit
    except ArithmeticError:
        return 0
    edge = int(exact.to_integral_value(rounding))
    inward = 1 if rounding == ROUND_CEILING else -1
    return edge + inward if not equal and edge == exact else edge


def steps(low: int, high: int, fake: Faker, to: Callable[[int], Any], most: int) -> Source:
    """Take a whole number of a range, turned into a value; the walk may go on up to `most`."""
    high = max(low, high)
    beyond = most if low >= 0 and most > high else high

    def walk() -> Iterator[Any]:
        yield from map(to, range(low, beyond + 1))

    return Source(lambda: to(fake.random.randint(low, high)), walk)


def moments(asked: Asked) -> Source:
    """Take a second of the years 2020 to 2024, or of what is asked for."""
    begin, end = BEGIN, END
    if asked.wish.low:
        begin = _moment_of(asked.wish.low[0]) + dt.timedelta(days=not asked.wish.low[1])
        end = max(end, begin + dt.timedelta(days=365))
    if asked.wish.high:
        end = _moment_of(asked.wish.high[0]) - dt.timedelta(days=not asked.wish.high[1])
        begin = min(begin, end - dt.timedelta(days=365)) if not asked.wish.low else begin
    seconds = max(0, int((end - begin).total_seconds()))

    def at(second: int) -> dt.datetime:
        return begin + dt.timedelta(seconds=second)

    return Source(
        lambda: at(asked.fake.random.randint(0, seconds)), lambda: map(at, range(seconds + 1))
    )


def _moment_of(literal: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(literal).replace(tzinfo=None)
    except ValueError:
        return BEGIN


def numbers(asked: Asked, most: int = 100_000) -> Source:
    """Take a whole number from 1 on."""
    return steps(1, most - 1, asked.fake, lambda n: n, most - 1)


def mapped(source: Source, to: Callable[[Any], Any]) -> Source:
    """Turn each value of a source into another."""
    return Source(lambda: to(source.random()), lambda: map(to, source.walk()))
