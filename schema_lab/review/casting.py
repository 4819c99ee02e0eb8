"""Which values a cast between families of types would refuse or change. Pure."""

from typing import Any

import sqlalchemy as sa

from schema_lab.database import is_mysql
from schema_lab.review.narrowing import plain

_WHOLE = r"^\s*[+-]?[0-9]+\s*$"
_NUMBER = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"
_UUID = r"^\s*\{?[0-9a-fA-F]{4}(-?[0-9a-fA-F]{4}){7}\}?\s*$"
_DATE = r"^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_BOOL = r"^\s*(t|f|true|false|y|n|yes|no|on|off|0|1)\s*$"


def lossy(
    before: Any, after: Any, column: str, connection: sa.Connection
) -> sa.ColumnElement[bool] | None:
    """Give the condition that finds the values; None where the types are of one family.

    On SQLite the condition is exact: a value that differs from its own cast. On servers it is
    asked of text only, by the form of what the type takes.
    """
    old, new = plain(before), plain(after)
    if old._type_affinity is new._type_affinity or isinstance(new, sa.JSON):
        return None
    named: Any = sa.column(column, sa.types.NullType())
    if connection.dialect.name == "sqlite":
        differs: sa.ColumnElement[bool] = named != sa.cast(named, new)
        return differs
    pattern = _pattern(new)
    if not isinstance(old, sa.String) or isinstance(old, sa.Enum) or pattern is None:
        return None
    text: Any = sa.cast(named, sa.Text) if not is_mysql(connection.dialect.name) else named
    odd: sa.ColumnElement[bool] = sa.not_(text.regexp_match(pattern))
    return odd


def _pattern(type_: Any) -> str | None:
    for family, pattern in (
        (sa.Boolean, _BOOL),
        (sa.Integer, _WHOLE),
        (sa.Numeric, _NUMBER),
        (sa.DateTime, _DATE),
        (sa.Date, _DATE),
        (sa.Uuid, _UUID),
    ):
        if isinstance(type_, family):
            return pattern
    return None
