"""When is a type narrower than another, and which values do not fit it? Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.review.words import counted

_BITS = {"TINYINT": 8, "MEDIUMINT": 24}


@dataclass(frozen=True)
class Misfit:
    """Values that a narrower type cannot hold: what they are, and the condition that finds them.

    `refused` says that the database stops at them; otherwise it changes them silently.
    """

    words: str
    condition: sa.ColumnElement[bool]
    refused: bool = True


def plain(type_: Any) -> Any:
    """Give the type, also of a class, and under a decorator such as SQLModel's own string."""
    type_ = sa.types.to_instance(type_)
    return getattr(type_, "impl", type_) if isinstance(type_, sa.types.TypeDecorator) else type_


def misfits(before: Any, after: Any, column: str, dialect: str) -> Iterator[Misfit]:
    """Give what the narrower of two types of one family cannot hold; nothing for a wider one.

    Examples
    --------
    >>> [one.words for one in misfits(sa.BigInteger(), sa.SmallInteger(), "n", "postgresql")]
    ['out of the range -32 768 to 32 767']
    """
    old, new = plain(before), plain(after)
    named: Any = sa.column(column)
    if isinstance(old, sa.Enum) or isinstance(new, sa.Enum):
        return
    if isinstance(old, sa.String) and isinstance(new, sa.String):
        yield from _texts(old, new, named, dialect)
    elif dialect == "sqlite":  # it keeps a number as it is, whatever the type says
        return
    elif isinstance(old, sa.Integer) and isinstance(new, sa.Integer):
        yield from _integers(old, new, named)
    elif isinstance(old, sa.Numeric) and isinstance(new, sa.Numeric | sa.Integer):
        yield from _decimals(old, new, named)
    elif isinstance(old, sa.DateTime) and isinstance(new, sa.Date):
        day = sa.cast(named, sa.Date)
        words = "with a time of day, which is cut off"
        yield Misfit(words, sa.cast(day, sa.DateTime) != named, refused=False)


def _texts(old: Any, new: Any, named: Any, dialect: str) -> Iterator[Misfit]:
    if new.length is None or (old.length is not None and old.length <= new.length):
        return
    text = sa.cast(named, sa.Text) if dialect == "postgresql" else named
    size = sa.func.length(text) if dialect == "sqlite" else sa.func.char_length(text)
    yield Misfit(f"longer than {new.length} characters", size > new.length)


def _integers(old: Any, new: Any, named: Any) -> Iterator[Misfit]:
    low, high = _range(new)
    if _range(old)[0] >= low and _range(old)[1] <= high:
        return
    words = f"out of the range {low:,} to {high:,}".replace(",", " ")
    yield Misfit(words, sa.or_(named < low, named > high))


def _decimals(old: Any, new: Any, named: Any) -> Iterator[Misfit]:
    if isinstance(new, sa.Integer):
        scale: int | None = 0
    else:
        scale = new.scale if new.precision is not None else None
    if isinstance(new, sa.Float) or (scale is None and not isinstance(new, sa.Integer)):
        return
    places = 0 if scale is None else scale
    if old.scale is None or old.scale > places or isinstance(old, sa.Float):
        more = f"more than {counted(places, 'decimal place')}" if places else "a fraction"
        words = f"with {more}, which is rounded"
        exact = sa.cast(named, sa.Numeric(60, 20))
        yield Misfit(words, named != sa.func.round(exact, places), refused=False)
    yield from _too_large(old, new, named, places)


def _too_large(old: Any, new: Any, named: Any, scale: int) -> Iterator[Misfit]:
    if isinstance(new, sa.Integer):
        low, high = _range(new)
        words = f"out of the range {low:,} to {high:,}".replace(",", " ")
        yield Misfit(words, sa.or_(named < low, named > high))
        return
    digits = new.precision - scale
    if old.precision is None or old.scale is None or old.precision - old.scale > digits:
        words = f"with more than {counted(digits, 'digit')} before the point"
        yield Misfit(words, sa.func.abs(named) >= sa.literal_column(str(10**digits)))


def _range(type_: Any) -> tuple[int, int]:
    name = type(type_).__name__.upper()
    bits = _BITS.get(name)
    if bits is None:
        small, big = isinstance(type_, sa.SmallInteger), isinstance(type_, sa.BigInteger)
        bits = 16 if small else 64 if big else 32
    if getattr(type_, "unsigned", False):
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
