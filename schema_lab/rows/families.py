"""What a type's values are: their family, and the range, length and digits that the type holds.

A family is one word for the values of related types, such as "integer" or "text"; a change within
a family needs no cast.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from schema_lab.database import is_mysql

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

_BITS = {"TINYINT": 8, "MEDIUMINT": 24}
_BYTES = {"TINYTEXT": 2**8 - 1, "TEXT": 2**16 - 1, "MEDIUMTEXT": 2**24 - 1}
_SINGLE_DIGITS = 24
"""Binary digits up to which FLOAT(p) takes four bytes."""

Range = tuple[Decimal, Decimal]


def plain_type(type_: Any) -> Any:
    """Give an instance of the type; a decorated type, such as SQLModel's string, is what it wraps.

    Examples
    --------
    >>> plain_type(sa.Integer)
    Integer()
    """
    found = sa.types.to_instance(type_)
    while isinstance(found, sa.types.TypeDecorator):
        found = sa.types.to_instance(found.impl)
    return found


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


def stored_family(type_: Any) -> str:
    """Say what a type's values are stored as: truth as a number, the members of an enum as text.

    Columns of one stored family may be the same column under another name.

    Examples
    --------
    >>> stored_family(sa.Boolean()), stored_family(sa.Enum("free", "pro"))
    ('integer', 'text')
    """
    found = family(type_)
    return {"boolean": "integer", "enum": "text"}.get(found, found)


def has_zone(type_: Any) -> bool:
    """Say whether a type's values are moments with a time zone."""
    return family(type_) == "datetime" and bool(plain_type(type_).timezone)


def text_length(type_: Any) -> int | None:
    """Give the most characters that a text type holds; None where it has no limit."""
    return plain_type(type_).length if family(type_) == "text" else None


def text_bytes(type_: Any, dialect: sa.Dialect) -> int | None:
    """Give the most bytes that a text type of MariaDB or MySQL without a length holds."""
    if not is_mysql(dialect.name) or family(type_) != "text" or text_length(type_) is not None:
        return None
    try:
        written = plain_type(type_).compile(dialect=dialect)
    except sa.exc.CompileError:  # VARCHAR without a length
        return None
    return _BYTES.get(written.upper().partition(" ")[0])


def integer_range(type_: Any) -> Range:
    """Give the least and the greatest number that an integer type holds.

    Examples
    --------
    >>> [str(limit) for limit in integer_range(sa.SmallInteger())]
    ['-32768', '32767']
    """
    plain = plain_type(type_)
    small, big = isinstance(plain, sa.SmallInteger), isinstance(plain, sa.BigInteger)
    bits = _BITS.get(type(plain).__name__, 16 if small else 64 if big else 32)
    if getattr(plain, "unsigned", False):
        return Decimal(0), Decimal(2**bits - 1)
    return Decimal(-(2 ** (bits - 1))), Decimal(2 ** (bits - 1) - 1)


@dataclass(frozen=True)
class DecimalShape:
    """The digits of a decimal type: all of them, and those after the point."""

    precision: int
    scale: int
    unsigned: bool = False

    @property
    def range(self) -> Range:
        """The least and the greatest number with these digits."""
        greatest = Decimal(10**self.precision - 1).scaleb(-self.scale)
        return Decimal(0) if self.unsigned else -greatest, greatest


def decimal_shape(type_: Any, dialect: sa.Dialect) -> DecimalShape | None:
    """Give the digits of a decimal type; None where it holds any number of them.

    NUMERIC without digits is NUMERIC(10, 0) on MariaDB and MySQL, and has no limit on PostgreSQL.
    """
    plain = plain_type(type_)
    precision = plain.precision
    if precision is None and is_mysql(dialect.name):
        precision = 10
    if precision is None:
        return None
    return DecimalShape(precision, plain.scale or 0, bool(getattr(plain, "unsigned", False)))


def is_single(type_: Any, dialect: sa.Dialect) -> bool:
    """Say whether a float type takes four bytes: about 7 digits, up to 3.4e38."""
    if dialect.name == "sqlite":
        return False
    written = plain_type(type_).compile(dialect=dialect).upper()
    if not written.startswith(("FLOAT", "REAL")):
        return False
    if written.startswith("REAL"):
        return dialect.name == "postgresql"
    digits = plain_type(type_).precision
    return is_mysql(dialect.name) if digits is None else digits <= _SINGLE_DIGITS


def fraction_digits(type_: Any, dialect: sa.Dialect) -> int:
    """Give the digits that a type keeps of a second's fraction; MariaDB's DATETIME keeps none."""
    plain = plain_type(type_)
    if is_mysql(dialect.name):
        return getattr(plain, "fsp", None) or 0
    precision = getattr(plain, "precision", None)
    return 6 if precision is None else int(precision)
