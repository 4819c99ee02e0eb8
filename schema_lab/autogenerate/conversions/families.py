"""Types by what their values are: a change within a family needs no cast."""

from typing import Any

import sqlalchemy as sa

_FAMILIES: tuple[tuple[type[Any], str], ...] = (
    (sa.Enum, "enum"),
    (sa.String, "text"),
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Float, "float"),
    (sa.Numeric, "decimal"),
    (sa.DateTime, "datetime"),
    (sa.Date, "date"),
    (sa.Time, "time"),
    (sa.Uuid, "uuid"),
    (sa.JSON, "json"),
    (sa.LargeBinary, "bytes"),
    (sa.ARRAY, "array"),
)
NUMBERS = frozenset({"integer", "float", "decimal"})
MOMENTS = frozenset({"datetime", "date", "time"})


def plain_type(type_: Any) -> Any:
    """Give what a decorated type wraps, such as SQLModel's AutoString."""
    return type_.impl if isinstance(type_, sa.types.TypeDecorator) else type_


def family(type_: Any) -> str:
    """Say what a type's values are, in one word.

    Examples
    --------
    >>> family(sa.SmallInteger()), family(sa.Text()), family(sa.DECIMAL(10, 2))
    ('integer', 'text', 'decimal')
    """
    plain = plain_type(type_)
    if isinstance(plain, sa.Enum) and not plain.native_enum:
        return "text"
    named = (word for kind, word in _FAMILIES if isinstance(plain, kind))
    return next(named, type(plain).__name__.lower())


def has_zone(type_: Any) -> bool:
    """Say whether a type's values are moments with a time zone."""
    return family(type_) == "datetime" and bool(plain_type(type_).timezone)
