"""Kinds of types, and how two values of a column are told apart: before and after."""

from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op


class Kind(Enum):
    """What a column holds, as far as comparing goes."""

    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"
    TIME = "time"
    OTHER = "other"


def kind_of_type(given: sa.types.TypeEngine[Any]) -> Kind:
    """Give the kind of a reflected type.

    Examples
    --------
    >>> kind_of_type(sa.Numeric(10, 2)).value, kind_of_type(sa.String(5)).value
    ('number', 'text')
    """
    if isinstance(given, sa.Boolean):
        return Kind.TRUTH
    if isinstance(given, sa.Integer | sa.Numeric | sa.Float):
        return Kind.NUMBER
    if isinstance(given, sa.String | sa.Enum):
        return Kind.TEXT
    if isinstance(given, sa.DateTime | sa.Date):
        return Kind.TIME
    return Kind.OTHER


Value = sa.ColumnElement[Any]
Side = tuple[Value, Kind]
"""A column of one side (before or after), and its kind."""


def differ(dialect: str, before: Side, after: Side) -> sa.ColumnElement[bool]:
    """Say that two values that are not NULL differ.

    Numbers are compared as numbers and times as times, whatever their types; text and all else by
    its characters, so that a collation hides nothing.
    """
    if dialect == "sqlite":
        return _differ_on_sqlite(before[0], after[0])
    one, other = as_number(dialect, before), as_number(dialect, after)
    if one[1] == other[1] and one[1] in (Kind.NUMBER, Kind.TIME):
        return one[0] != other[0]
    return as_characters(dialect, before) != as_characters(dialect, after)


def as_number(dialect: str, side: Side) -> Side:
    """Take true and false as 1 and 0."""
    value, kind = side
    if kind is not Kind.TRUTH:
        return side
    return sa.cast(value, sa.Integer) if dialect == "postgresql" else value, Kind.NUMBER


def _differ_on_sqlite(before: Value, after: Value) -> sa.ColumnElement[bool]:
    """SQLite keeps a type with each value, not with the column."""
    numbers = ("integer", "real")
    both = sa.and_(sa.func.typeof(before).in_(numbers), sa.func.typeof(after).in_(numbers))
    same_type = sa.func.typeof(before) == sa.func.typeof(after)
    as_they_are = bare(before).collate("BINARY") != bare(after)
    as_text = as_characters("sqlite", (before, Kind.OTHER)) != sa.cast(after, sa.Text)
    closely = sa.case((sa.or_(both, same_type), sa.true()), else_=as_text)
    return sa.and_(as_they_are, closely)  # most values are the same, and this sees it at once


def bare(value: Value) -> Value:
    """Take a value without its column's affinity, by which '007' would equal 7.

    Source: https://www.sqlite.org/datatype3.html#type_conversions_prior_to_comparison
    """
    return UnaryExpression(value, operator=custom_op("+"))


def as_characters(dialect: str, side: Side) -> Value:
    """Spell a value in characters that are compared one by one."""
    value, kind = side
    if dialect == "postgresql":
        return sa.cast(value, sa.Text).collate("C")
    if dialect == "sqlite":
        return sa.cast(value, sa.Text).collate("BINARY")
    if kind is Kind.TEXT:
        value = sa.func.convert(value.op("USING")(sa.literal_column("utf8mb4")))
    return sa.cast(value, sa.LargeBinary)
