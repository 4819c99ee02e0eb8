"""Sources of values for a column, by its type: at random, or one distinct value after another."""

import datetime as dt
import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import count, islice
from typing import Any

import sqlalchemy as sa
from faker import Faker
from sqlalchemy.dialects import mysql, postgresql

from schema_lab.seed.texts import number_hint, texts
from schema_lab.seed.wishes import Bound, Wish

BEGIN, END = dt.datetime(2020, 1, 1), dt.datetime(2024, 12, 31)  # noqa: DTZ001 - as columns keep it
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class ValueSource:
    """Generates values: `random` gives any, `walk` a new iterator over distinct values."""

    random: Callable[[], Any]
    walk: Callable[[], Iterator[Any]]


@dataclass(frozen=True)
class Asked:
    """The column that a source is for: its name and table, and what its CHECKs ask."""

    column: str
    table: str
    wish: Wish
    fake: Faker


def choice(values: Sequence[Any], fake: Faker) -> ValueSource:
    """Take one of these values, or NULL if there are none."""
    if not values:
        return ValueSource(lambda: None, lambda: iter(()))
    return ValueSource(lambda: fake.random.choice(values), lambda: iter(values))


def whole(asked: Asked, usual: tuple[int, int], unit: int) -> tuple[int, int]:
    """Give the range of values, in units; a CHECK counts more than the column's name."""
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


def steps(low: int, high: int, fake: Faker, to: Callable[[int], Any], most: int) -> ValueSource:
    """Take a whole number of a range, turned into a value; the walk may go on up to `most`."""
    high = max(low, high)
    beyond = most if low >= 0 and most > high else high

    def walk() -> Iterator[Any]:
        yield from map(to, range(low, beyond + 1))

    return ValueSource(lambda: to(fake.random.randint(low, high)), walk)


def moments(asked: Asked) -> ValueSource:
    """Take a second of the years 2020 to 2024, or of the range that a CHECK asks for."""
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

    return ValueSource(
        lambda: at(asked.fake.random.randint(0, seconds)), lambda: map(at, range(seconds + 1))
    )


def _moment_of(literal: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(literal).replace(tzinfo=None)
    except ValueError:
        return BEGIN


def numbers(asked: Asked, most: int = 100_000) -> ValueSource:
    """Take a whole number from 1 on."""
    return steps(1, most - 1, asked.fake, lambda n: n, most - 1)


def mapped(source: ValueSource, to: Callable[[Any], Any]) -> ValueSource:
    """Turn each value of a source into another."""
    return ValueSource(lambda: to(source.random()), lambda: map(to, source.walk()))


BITS = {"TINYINT": 8, "SMALLINT": 16, "SMALLSERIAL": 16, "MEDIUMINT": 24, "INTEGER": 32, "INT": 32}


def source_of(type_: Any, asked: Asked) -> ValueSource | None:
    """Give the source for a live column's type; None for an unknown type."""
    if asked.wish.values is not None:
        return choice([_cast(type_, value) for value in asked.wish.values], asked.fake)
    for kinds, make in _MAKERS:
        if isinstance(type_, kinds):
            return make(type_, asked)
    return None


def _cast(type_: Any, literal: str) -> Any:
    """Turn a literal of SQL into the value that the driver takes for this type."""
    if isinstance(type_, sa.Boolean):
        return literal.lower() in ("1", "true", "t")
    if isinstance(type_, sa.Integer):
        return int(Decimal(literal))
    if isinstance(type_, sa.Numeric):
        return Decimal(literal) if type_.asdecimal else float(literal)
    if isinstance(type_, sa.DateTime):
        return dt.datetime.fromisoformat(literal)
    return dt.date.fromisoformat(literal) if isinstance(type_, sa.Date) else literal


def _enum(type_: Any, asked: Asked) -> ValueSource:
    return choice(type_.enums, asked.fake)


def _set(type_: Any, asked: Asked) -> ValueSource:
    return choice([{member} for member in type_.values], asked.fake)


def _boolean(type_: Any, asked: Asked) -> ValueSource:
    return choice([False, True], asked.fake)


def _integer(type_: Any, asked: Asked) -> ValueSource:
    if getattr(type_, "display_width", None) == 1 and not (asked.wish.low or asked.wish.high):
        return choice([0, 1], asked.fake)  # MariaDB's and MySQL's boolean
    bits, unsigned = BITS.get(type(type_).__name__, 64), getattr(type_, "unsigned", False)
    least, most = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    low, high = whole(asked, (1, 1000), 1)
    low, high = max(low, least), min(high, most)
    return steps(low, high, asked.fake, lambda n: n, most)


def _numeric(type_: Any, asked: Asked) -> ValueSource:
    scale = 2 if type_.scale is None else type_.scale
    step = Decimal(1).scaleb(-scale)
    most = 10 ** (type_.precision or 15) - 1
    low, high = whole(asked, (0, 1000), 10**scale)
    low, high = max(low, -most), min(high, most)
    to = (lambda n: n * step) if type_.asdecimal else (lambda n: float(n * step))
    return steps(low, high, asked.fake, to, most)


def _float(type_: Any, asked: Asked) -> ValueSource:
    low, high = whole(asked, (0, 1000), 100)
    return steps(low, high, asked.fake, lambda n: n / 100, high * 1000)


def _datetime(type_: Any, asked: Asked) -> ValueSource:
    zone = dt.UTC if type_.timezone else None
    return mapped(moments(asked), lambda moment: moment.replace(tzinfo=zone))


def _date(type_: Any, asked: Asked) -> ValueSource:
    source = moments(asked)
    days = mapped(source, lambda moment: moment.date())
    return ValueSource(days.random, lambda: islice(days.walk(), 0, None, DAY))


def _time(type_: Any, asked: Asked) -> ValueSource:
    return mapped(moments(asked), lambda moment: moment.time())


def _interval(type_: Any, asked: Asked) -> ValueSource:
    return mapped(numbers(asked), lambda n: dt.timedelta(minutes=n))


def _uuid(type_: Any, asked: Asked) -> ValueSource:
    def random() -> Any:
        made = uuid.UUID(int=asked.fake.random.getrandbits(128), version=4)
        return made if getattr(type_, "as_uuid", True) else str(made)

    return ValueSource(random, lambda: (random() for _ in count()))


def _binary(type_: Any, asked: Asked) -> ValueSource:
    length = min(type_.length or 16, 16)
    return mapped(
        numbers(asked, 256 ** min(length, 6)), lambda n: (n % 256**length).to_bytes(length, "big")
    )


def _json(type_: Any, asked: Asked) -> ValueSource:
    return mapped(numbers(asked), lambda n: {"number": n})


def _text(type_: Any, asked: Asked) -> ValueSource:
    if asked.wish.json:
        return mapped(numbers(asked), lambda n: json.dumps({"number": n}))
    longest = getattr(type_, "length", None)
    random, walk = texts(asked.column, asked.table, asked.wish, longest, asked.fake)
    return ValueSource(random, walk)


def _array(type_: Any, asked: Asked) -> ValueSource | None:
    item = source_of(type_.item_type, asked)
    if item is None:
        return None
    made = mapped(item, lambda value: [value])
    depth = (type_.dimensions or 1) - 1
    for _ in range(depth):
        made = mapped(made, lambda value: [value])
    return made


def _range(type_: Any, asked: Asked) -> ValueSource:
    name = type(type_).__name__
    if name.startswith(("INT", "NUM")):
        return mapped(numbers(asked), lambda n: postgresql.Range(n, n + 10))
    days = mapped(numbers(asked), lambda n: BEGIN + dt.timedelta(days=n))
    if name.startswith("DATE"):
        days = mapped(days, lambda moment: moment.date())
    elif name.startswith("TSTZ"):
        days = mapped(days, lambda moment: moment.replace(tzinfo=dt.UTC))
    return mapped(days, lambda day: postgresql.Range(day, day + dt.timedelta(days=3)))


def _of(make: Callable[[int], Any], most: int = 100_000) -> Callable[[Any, Asked], ValueSource]:
    return lambda type_, asked: mapped(numbers(asked, most), make)


def _bits(type_: Any, asked: Asked) -> ValueSource:
    length = type_.length or 1
    if isinstance(type_, mysql.BIT):
        return steps(0, 2**length - 1, asked.fake, lambda n: n, 2**length - 1)
    return mapped(numbers(asked), lambda n: format(n % 2**length, f"0{length}b"))


_MAKERS: tuple[tuple[Any, Callable[[Any, Asked], ValueSource | None]], ...] = (
    (sa.Enum, _enum),
    (mysql.SET, _set),
    (postgresql.DOMAIN, lambda type_, asked: source_of(type_.data_type, asked)),
    (sa.Boolean, _boolean),
    (mysql.YEAR, _of(lambda n: 1970 + n, 130)),
    ((mysql.BIT, postgresql.BIT), _bits),
    (sa.Integer, _integer),
    (sa.Float, _float),
    (sa.Numeric, _numeric),
    (sa.DateTime, _datetime),
    (sa.Date, _date),
    (sa.Time, _time),
    ((sa.Interval, postgresql.INTERVAL), _interval),
    (sa.Uuid, _uuid),
    (sa.JSON, _json),
    (sa.LargeBinary, _binary),
    ((sa.BINARY, sa.VARBINARY), _binary),
    ((mysql.TINYBLOB, mysql.MEDIUMBLOB, mysql.LONGBLOB), _binary),
    (sa.ARRAY, _array),
    (postgresql.HSTORE, _of(lambda n: {"number": str(n)})),
    (postgresql.INET, _of(lambda n: f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}")),
    (postgresql.CIDR, _of(lambda n: f"10.{n >> 8 & 255}.{n & 255}.0/24", 65_536)),
    (postgresql.MACADDR, _of(lambda n: f"08:00:2b:{n >> 16:02x}:{n >> 8 & 255:02x}:{n & 255:02x}")),
    (postgresql.MONEY, _of(lambda n: f"{n / 100:.2f}")),
    (postgresql.TSVECTOR, _of(lambda n: f"word{n}")),
    (postgresql.ranges.AbstractRange, _range),
    (postgresql.OID, _of(lambda n: n)),
    (sa.String, _text),
)
"""From types to their sources; the first that matches counts."""
