"""Which values would not survive a change of type: conditions for the database to count.

The conditions are stricter than the database where it takes many spellings, such as PostgreSQL's
dates: what they leave out is asked about, and a person may still let the database cast it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from schema_lab.autogenerate.conversions.families import NUMBERS, family, has_zone, plain_type
from schema_lab.autogenerate.operations import type_text

_INTEGER = "^ *[+-]?[0-9]+ *$"
_NUMBER = "^ *[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)? *$"
_LEAP = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DATE = (
    "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?"
_ZONE = "(Z|[+-][0-9]{2}(:?[0-9]{2})?)?"
_HEX = "[0-9a-fA-F]"
_PLAIN_UUID = "^[0-9a-f]{32}$"
_UUID = f"^{_HEX}{{8}}-?({_HEX}{{4}}-?){{3}}{_HEX}{{12}}$"
_TRUTHS = ("t", "true", "f", "false", "y", "yes", "n", "no", "on", "off", "1", "0")
_BITS = {"SmallInteger": 16, "SMALLINT": 16, "BigInteger": 64, "BIGINT": 64}

_CANNOT = ("cannot become", "cannot become")
_LONGER = ("is longer than", "are longer than")
_OUTSIDE = ("has no place in", "have no place in")
_ROUNDED = ("loses digits after the point in", "lose digits after the point in")
_TIMED = ("has a time of day, which is lost in", "have a time of day, which is lost in")
_TRUE = (
    "is neither 0 nor 1, and counts as true in",
    "are neither 0 nor 1, and count as true in",
)

Condition = sa.ColumnElement[bool]
Range = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Loss:
    """Values that have no place in the new type, or with `change` lose a part of themselves there.

    `one` and `many` say it of one value and of more, up to the name of the new type.
    """

    condition: Condition
    one: str
    many: str
    change: bool = False


def losses_of(column: str, before: Any, after: Any, dialect: sa.Dialect) -> list[Loss] | None:
    """Give the conditions; None where only the database can say.

    Parameters
    ----------
    column
        The live column.
    before, after
        Its types.
    dialect
        The live database's.
    """
    name: Any = sa.column(column)
    found = _losses(name, before, after, dialect)
    if found is None:
        return None
    return [replace(one, condition=sa.and_(name.is_not(None), one.condition)) for one in found]


def _losses(name: Any, before: Any, after: Any, dialect: sa.Dialect) -> list[Loss] | None:
    found: list[Loss] | None = []
    match (family(before), family(after)):
        case ("text", "text"):
            found = list(_longer(name, before, after, dialect))
        case ("text", wanted):
            fits = _spelling(name, wanted, after, dialect)
            found = None if fits is None else [Loss(sa.not_(fits), *_CANNOT)]
        case (_, "text"):
            pass  # its length is counted with the rows in the way
        case (one, other) if {one, other} <= NUMBERS:
            found = list(_numbers(name, before, after, dialect))
        case (number, "boolean") if number in NUMBERS:
            found = [Loss(name.not_in((0, 1)), *_TRUE, change=True)]
        case ("boolean", number) if number in NUMBERS:
            pass
        case ("datetime", "date"):
            found = [Loss(_has_time(name, before, dialect), *_TIMED, change=True)]
        case ("datetime", "datetime") | ("date", "datetime"):
            pass
        case (one, other) if one != other or one in ("enum", "array"):
            found = None
    return found


def _longer(name: Any, before: Any, after: Any, dialect: sa.Dialect) -> Iterator[Loss]:
    was, will = (getattr(plain_type(one), "length", None) for one in (before, after))
    if will is not None and (was is None or will < was):
        length = sa.func.length if dialect.name == "sqlite" else sa.func.char_length
        yield Loss(length(name) > will, *_LONGER)


def _spelling(name: Any, kind: str, after: Any, dialect: sa.Dialect) -> Condition | None:
    """Say how text must be spelled to become another kind of value."""
    found: Condition | None = None
    match kind:
        case "integer":
            found = _in_range(name, _INTEGER, _whole(after), dialect)
        case "decimal" | "float":
            found = _in_range(name, _NUMBER, _decimal(after), dialect)
        case "boolean":
            words = _TRUTHS if dialect.name == "postgresql" else ("0", "1")
            found = sa.func.lower(sa.func.trim(name)).in_(words)
        case "date":
            found = name.regexp_match(f"^{_DATE}$")
        case "datetime":
            zone = _ZONE if dialect.name == "postgresql" or has_zone(after) else ""
            found = name.regexp_match(f"^{_DATE}([ T]{_TIME}{zone})?$")
        case "time":
            found = name.regexp_match(f"^{_TIME}$")
        case "uuid":
            text = type_text(after, dialect).startswith("CHAR")
            found = name.regexp_match(_PLAIN_UUID if text else _UUID)
        case "enum":
            found = name.in_(plain_type(after).enums)
        case "json" if dialect.name != "postgresql":
            found = sa.func.json_valid(name) == 1
    return found


def _in_range(name: Any, pattern: str, limit: Range | None, dialect: sa.Dialect) -> Condition:
    """Match, and only then compare as a number; SQLite keeps numbers of every size."""
    spelled: Condition = name.regexp_match(pattern)
    if limit is None or dialect.name == "sqlite":
        return spelled
    inside = _between(sa.cast(name, sa.Numeric(65, 20)), limit)
    return sa.case((spelled, sa.case((inside, 1), else_=0)), else_=0) == 1


def _between(number: Any, limits: Range) -> Condition:
    low, high = (sa.literal_column(f"{one:f}", sa.Numeric()) for one in limits)
    return sa.between(number, low, high)


def _whole(type_: Any) -> Range:
    bits = _BITS.get(type(plain_type(type_)).__name__, 32)
    return Decimal(-(2 ** (bits - 1))), Decimal(2 ** (bits - 1) - 1)


def _decimal(type_: Any) -> Range | None:
    """Give the least and the greatest NUMERIC(p, s); None where it has no bounds."""
    plain = plain_type(type_)
    if family(plain) != "decimal" or plain.precision is None:
        return None
    widest = Decimal(10**plain.precision - 1).scaleb(-(plain.scale or 0))
    return -widest, widest


def _numbers(name: Any, before: Any, after: Any, dialect: sa.Dialect) -> Iterator[Loss]:
    kinds = (family(before), family(after))
    if kinds[1] == "float":
        return
    places = 0 if kinds[1] == "integer" else plain_type(after).scale
    exact = kinds[0] == "integer"
    keeps_all = dialect.name == "sqlite" and kinds[1] == "decimal"
    number = sa.cast(name, sa.Numeric) if dialect.name == "postgresql" else name
    rounded = sa.func.round(number, places) if places is not None else number
    limits = _whole(after) if kinds[1] == "integer" else _decimal(after)
    if limits is not None and dialect.name != "sqlite" and _narrower(before, limits):
        yield Loss(sa.not_(_between(rounded, limits)), *_OUTSIDE)
    if not exact and not keeps_all and places is not None:
        yield Loss(number != rounded, *_ROUNDED, change=True)


def _narrower(before: Any, limits: Range) -> bool:
    was = _whole(before) if family(before) == "integer" else _decimal(before)
    return was is None or was[0] < limits[0] or was[1] > limits[1]


def _has_time(name: Any, before: Any, dialect: sa.Dialect) -> Condition:
    if dialect.name == "sqlite":
        midnight = ("", "00:00:00", "00:00:00.000000")
        found: Condition = sa.func.substr(name, 12).not_in(midnight)
        return found
    if has_zone(before):
        name = name.op("AT TIME ZONE")(sa.literal_column("'UTC'"))
    timed: Condition = sa.cast(name, sa.Date) != name
    return timed
