"""The kinds of columns in random schemas: their types, defaults and what they may become."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Default = str | tuple[str]
"""A plain string, quoted by SQLAlchemy; or, in a tuple, SQL."""

TEXTS: tuple[Default, ...] = (
    *("new", "", "100%", "%s", "%(a)s", "see :name", "a::b", "it's", '"q"', "ünï ☃", "(x)"),
    ("'100%'",),
    ("'it''s :so'",),
    ("('a' || 'b')",),
    ("lower('ABC%')",),
)
MARIADB_TEXTS: tuple[Default, ...] = (*TEXTS[:-2], ("(concat('a', '%'))",), ("lower('ABC')",))
NUMBERS: tuple[Default, ...] = ("0", "7", "-1", ("5",), ("(1 + 1)",), ("(7 % 4)",))


@dataclass(frozen=True)
class Kind:
    """A type, the defaults that it takes, what it may become on every dialect by itself."""

    make: Callable[[], Any]
    defaults: tuple[Default, ...] = ()
    becomes: tuple[str, ...] = ()
    keyed: bool = True
    """Whether it may stand in a key, an index or a unique constraint."""


def _enum(name: str, *members: str, **options: Any) -> Callable[[], Any]:
    return lambda: sa.Enum(*members, name=name, **options)


KINDS = {
    "integer": Kind(sa.Integer, NUMBERS, ("bigint", "numeric")),
    "smallint": Kind(sa.SmallInteger, ("0", "12"), ("integer", "bigint")),
    "bigint": Kind(sa.BigInteger, NUMBERS, ("integer",)),
    "short": Kind(lambda: sa.String(20), TEXTS, ("long", "text")),
    "long": Kind(lambda: sa.String(200), TEXTS, ("short", "text")),
    "text": Kind(sa.Text, TEXTS, ("long",), keyed=False),
    "numeric": Kind(lambda: sa.Numeric(10, 2), ("0.50", "1", ("2.5",)), ("precise", "integer")),
    "precise": Kind(lambda: sa.Numeric(18, 6), ("0.5",), ("numeric",)),
    "double": Kind(sa.Double, ("0.5",), ("numeric",), keyed=False),
    "boolean": Kind(sa.Boolean, (("true",), ("false",)), keyed=False),
    "date": Kind(sa.Date, ("2026-01-01", ("CURRENT_DATE",)), ("moment",)),
    "time": Kind(sa.Time, ("12:30:00",), keyed=False),
    "moment": Kind(sa.DateTime, ("2026-01-01 12:00:00", ("CURRENT_TIMESTAMP",)), ("instant",)),
    "instant": Kind(lambda: sa.DateTime(timezone=True), (("CURRENT_TIMESTAMP",),), ("moment",)),
    "json": Kind(sa.JSON, ("{}", '{"a": "100%"}', '["it\'s :x"]'), keyed=False),
    "uuid": Kind(sa.Uuid, ("00000000000000000000000000000001",)),
    "binary": Kind(sa.LargeBinary, (), keyed=False),
    "interval": Kind(sa.Interval, (), keyed=False),
    "colour": Kind(_enum("colour", "red", "green"), ("red",), keyed=False),
    "size": Kind(_enum("size of it", "s", "it's", "100%"), ("s", "it's", "100%"), keyed=False),
    "word": Kind(_enum("word", "a", "b", native_enum=False), ("a",), keyed=False),
    "checked": Kind(
        _enum("checked", "a", "it's", "%", native_enum=False, create_constraint=True),
        ("a", "it's"),
        keyed=False,
    ),
}
KEY_KINDS = ("integer", "bigint", "short", "uuid", "moment")


def defaults_of(kind: str, dialect: str) -> tuple[Default, ...]:
    """Give the defaults that a kind takes on a dialect."""
    if dialect != "mariadb":
        return KINDS[kind].defaults
    if kind in ("short", "long", "text"):
        return MARIADB_TEXTS
    return tuple(one for one in KINDS[kind].defaults if one != ("CURRENT_DATE",))
