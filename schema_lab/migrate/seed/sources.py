"""Where the values of a column come from, by its type."""

import datetime as dt
import json
import uuid
from collections.abc import Callable
from decimal import Decimal
from itertools import count, islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql

from schema_lab.migrate.seed.supply import (
    BEGIN,
    DAY,
    Asked,
    Source,
    choice,
    mapped,
    moments,
    numbers,
    steps,
    whole,
)
from schema_lab.migrate.seed.texts import texts

BITS = {"TINYINT": 8, "SMALLINT": 16, "SMALLSERIAL": 16, "MEDIUMINT": 24, "INTEGER": 32, "INT": 32}


def source_of(type_: Any, asked: Asked) -> Source | None:
    """Give what makes values of a live column's type; None for a type that is not known here."""
    if asked.wish.values is not None:
        return choice([_cast(type_, one) for one in asked.wish.values], asked.fake)
    for kinds, make in _MAKERS:
        if isinstance(type_, kinds):
            return make(type_, asked)
    return None


def _cast(type_: Any, literal: str) -> Any:
    """Turn a literal of SQL into what the driver takes for this type."""
    if isinstance(type_, sa.Boolean):
        return literal.lower() in ("1", "true", "t")
    if isinstance(type_, sa.Integer):
        return int(Decimal(literal))
    if isinstance(type_, sa.Numeric):
        return Decimal(literal) if type_.asdecimal else float(literal)
    if isinstance(type_, sa.DateTime):
        return dt.datetime.fromisoformat(literal)
    return dt.date.fromisoformat(literal) if isinstance(type_, sa.Date) else literal


def _enum(type_: Any, asked: Asked) -> Source:
    return choice(type_.enums, asked.fake)


def _set(type_: Any, asked: Asked) -> Source:
    return choice([{one} for one in type_.values], asked.fake)


def _boolean(type_: Any, asked: Asked) -> Source:
    return choice([False, True], asked.fake)


def _integer(type_: Any, asked: Asked) -> Source:
    if getattr(type_, "display_width", None) == 1 and not (asked.wish.low or asked.wish.high):
        return choice([0, 1], asked.fake)  # MariaDB's and MySQL's boolean
    bits, unsigned = BITS.get(type(type_).__name__, 64), getattr(type_, "unsigned", False)
    least, most = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    low, high = whole(asked, (1, 1000), 1)
    low, high = max(low, least), min(high, most)
    return steps(low, high, asked.fake, lambda n: n, most)


def _numeric(type_: Any, asked: Asked) -> Source:
    scale = 2 if type_.scale is None else type_.scale
    step = Decimal(1).scaleb(-scale)
    most = 10 ** (type_.precision or 15) - 1
    low, high = whole(asked, (0, 1000), 10**scale)
    low, high = max(low, -most), min(high, most)
    to = (lambda n: n * step) if type_.asdecimal else (lambda n: float(n * step))
    return steps(low, high, asked.fake, to, most)


def _float(type_: Any, asked: Asked) -> Source:
    low, high = whole(asked, (0, 1000), 100)
    return steps(low, high, asked.fake, lambda n: n / 100, high * 1000)


def _datetime(type_: Any, asked: Asked) -> Source:
    zone = dt.UTC if type_.timezone else None
    return mapped(moments(asked), lambda moment: moment.replace(tzinfo=zone))


def _date(type_: Any, asked: Asked) -> Source:
    source = moments(asked)
    days = mapped(source, lambda moment: moment.date())
    return Source(days.random, lambda: islice(days.walk(), 0, None, DAY))


def _time(type_: Any, asked: Asked) -> Source:
    return mapped(moments(asked), lambda moment: moment.time())


def _interval(type_: Any, asked: Asked) -> Source:
    return mapped(numbers(asked), lambda n: dt.timedelta(minutes=n))


def _uuid(type_: Any, asked: Asked) -> Source:
    def random() -> Any:
        made = uuid.UUID(int=asked.fake.random.getrandbits(128), version=4)
        return made if getattr(type_, "as_uuid", True) else str(made)

    return Source(random, lambda: (random() for _ in count()))


def _binary(type_: Any, asked: Asked) -> Source:
    length = min(type_.length or 16, 16)
    return mapped(
        numbers(asked, 256 ** min(length, 6)), lambda n: (n % 256**length).to_bytes(length, "big")
    )


def _json(type_: Any, asked: Asked) -> Source:
    return mapped(numbers(asked), lambda n: {"number": n})


def _text(type_: Any, asked: Asked) -> Source:
    if asked.wish.json:
        return mapped(numbers(asked), lambda n: json.dumps({"number": n}))
    longest = getattr(type_, "length", None)
    random, walk = texts(asked.column, asked.table, asked.wish, longest, asked.fake)
    return Source(random, walk)


def _array(type_: Any, asked: Asked) -> Source | None:
    item = source_of(type_.item_type, asked)
    if item is None:
        return None
    made = mapped(item, lambda value: [value])
    depth = (type_.dimensions or 1) - 1
    for _ in range(depth):
        made = mapped(made, lambda value: [value])
    return made


def _range(type_: Any, asked: Asked) -> Source:
    name = type(type_).__name__
    if name.startswith(("INT", "NUM")):
        return mapped(numbers(asked), lambda n: postgresql.Range(n, n + 10))
    days = mapped(numbers(asked), lambda n: BEGIN + dt.timedelta(days=n))
    if name.startswith("DATE"):
        days = mapped(days, lambda moment: moment.date())
    elif name.startswith("TSTZ"):
        days = mapped(days, lambda moment: moment.replace(tzinfo=dt.UTC))
    return mapped(days, lambda one: postgresql.Range(one, one + dt.timedelta(days=3)))


def _of(make: Callable[[int], Any], most: int = 100_000) -> Callable[[Any, Asked], Source]:
    return lambda type_, asked: mapped(numbers(asked, most), make)


def _bits(type_: Any, asked: Asked) -> Source:
    length = type_.length or 1
    if isinstance(type_, mysql.BIT):
        return steps(0, 2**length - 1, asked.fake, lambda n: n, 2**length - 1)
    return mapped(numbers(asked), lambda n: format(n % 2**length, f"0{length}b"))


_MAKERS: tuple[tuple[Any, Callable[[Any, Asked], Source | None]], ...] = (
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
    (sa.types._Binary, _binary),
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
"""From kinds of types to what makes their values; the first that fits."""
