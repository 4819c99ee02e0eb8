"""Constants as words: a value as Python spells it, and whether it fits a column."""

import ast
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from schema_lab.autogenerate.operations import type_text
from schema_lab.errors import InputError

_CALLS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "Decimal": Decimal,
        "UUID": UUID,
        "datetime.date": date.fromisoformat,
        "datetime.datetime": datetime.fromisoformat,
        "datetime.time": time.fromisoformat,
        "datetime.timedelta": lambda seconds: timedelta(seconds=seconds),
    }
)
_PLAIN = (str, bool, int, float, dict, list)


def spelled(value: Any) -> str:
    """Spell a value so that `read` gives it back.

    Raises
    ------
    InputError
        For a value that no script can spell.

    Examples
    --------
    >>> spelled("free"), spelled(Decimal("1.50"))
    ("'free'", "Decimal('1.50')")
    """
    match value:
        case Enum():
            return repr(value.name)
        case Decimal() | UUID():
            return f"{type(value).__name__}({str(value)!r})"
        case date() | time():
            return f"datetime.{type(value).__name__}({value.isoformat()!r})"
        case timedelta():
            return f"datetime.timedelta({value.total_seconds()!r})"
    if isinstance(value, _PLAIN):
        return repr(value)
    raise InputError(
        f"{value!r} ({type(value).__name__}) cannot be written into a script.",
        'Give text, a number, a date or an enum member; or an expression: sql="…".',
    )


def read(text: str) -> Any:
    """Give the value that `spelled` spelled; anything else is text.

    Examples
    --------
    >>> read("18"), read("datetime.date('2026-05-17')"), read("free")
    (18, datetime.date(2026, 5, 17), 'free')
    """
    try:
        body = ast.parse(text, mode="eval").body
        if isinstance(body, ast.Call) and ast.unparse(body.func) in _CALLS:
            return _CALLS[ast.unparse(body.func)](*map(ast.literal_eval, body.args))
        return ast.literal_eval(body)
    except (ValueError, SyntaxError, TypeError, ArithmeticError, RecursionError):
        return text


def way_of_filling(
    column: str, value: Any, sql: str | None, copy: str | None, default: bool, server_default: Any
) -> tuple[str, ...]:
    """Give the one way that was said, as an answer's words.

    Raises
    ------
    InputError
        When none was said, or more than one, or a value cannot be spelled.
    """
    ways = {"sql": sql, "copy": copy, "default": default or None}
    given = [(how, str(one)) for how, one in ways.items() if one is not None]
    for how, one in (("constant", value), ("server_default", server_default)):
        if one is not None:
            given.append((how, spelled(one)))
    if len(given) != 1:
        raise InputError(
            f"A filling of {column} is one value, sql, copy, default or server_default; "
            f"these are {len(given)}.",
            f'Say one, such as candidate.fill({column!r}, copy="name").',
        )
    return ("default",) if default else given[0]


def fitting(value: Any, type_: Any, where: str, dialect: sa.Dialect) -> Any:
    """Give a value as a column of that type holds it.

    Parameters
    ----------
    value
        What a person gave.
    type_
        The column's type.
    where
        The column's name with its table, for the error.
    dialect
        The live database's dialect.

    Raises
    ------
    InputError
        When it does not fit, with what would.
    """
    plain = getattr(type_, "impl", type_)
    if isinstance(plain, sa.Enum):
        return _member(value, plain, where)
    for of, wanted, words in _WANTED:
        if isinstance(plain, of):
            if not _is_one_of(value, wanted):
                column = f"{where} is {type_text(type_, dialect)}"
                raise InputError(f"{value!r} does not fit: {column}.", f"Give {words}.")
            break
    _refuse_too_much(value, plain, where)
    return value


def _is_one_of(value: Any, wanted: tuple[type, ...]) -> bool:
    """Say whether a value is of a type; a bool is no number here, a datetime no date."""
    exact = next((one for one in (bool, datetime) if isinstance(value, one)), None)
    return exact in wanted if exact else isinstance(value, wanted)


def _member(value: Any, type_: sa.Enum, where: str) -> str:
    """Give the database's own spelling of a member."""
    if value in type_.enums:
        return str(value)
    known: Any = type_
    members: Mapping[str, Any] = getattr(type_.enum_class, "__members__", {})
    if value in members:
        return str(known._db_value_for_elem(members[value]))
    raise InputError(
        f"{value!r} is no member of the enum of {where}.", f"Give one of: {', '.join(type_.enums)}."
    )


_WANTED: tuple[tuple[Any, tuple[type, ...], str], ...] = (
    (sa.String, (str,), 'text, such as "18"'),
    (sa.Boolean, (bool,), "True or False"),
    (sa.Integer, (int,), "a whole number"),
    (sa.Float, (int, float, Decimal), "a number"),
    (sa.Numeric, (int, float, Decimal), 'a number, such as Decimal("1.50")'),
    (sa.DateTime, (datetime,), "a datetime"),
    (sa.Date, (date,), "a date"),
    (sa.Time, (time,), "a time"),
    (sa.Interval, (timedelta,), "a timedelta"),
    (sa.Uuid, (UUID,), "a UUID"),
    (sa.LargeBinary, (), 'an expression of SQL: sql="…"'),
)
_BITS = ((sa.SmallInteger, 15), (sa.BigInteger, 63), (sa.Integer, 31))


def _refuse_too_much(value: Any, type_: Any, where: str) -> None:
    for found in filter(None, (rule(value, type_) for rule in (_long, _large, _digits, _zone))):
        raise InputError(f"{value!r} does not fit {where}: {found[0]}.", found[1])


def _long(value: Any, type_: Any) -> tuple[str, str] | None:
    if not isinstance(type_, sa.String) or type_.length is None or len(value) <= type_.length:
        return None
    found = f"it has {len(value)} characters, the column takes {type_.length}"
    return found, "Give a shorter text, or the model a longer column."


def _large(value: Any, type_: Any) -> tuple[str, str] | None:
    bits = next((bits for of, bits in _BITS if isinstance(type_, of)), None)
    if bits is None or -(2**bits) <= value < 2**bits:
        return None
    return f"the column takes {-(2**bits)} to {2**bits - 1}", "Give a number that it takes."


def _digits(value: Any, type_: Any) -> tuple[str, str] | None:
    if not isinstance(type_, sa.Numeric) or isinstance(type_, sa.Float) or type_.precision is None:
        return None
    number, scale = Decimal(str(value)), type_.scale or 0
    whole = type_.precision - scale
    if abs(number) < 10**whole and number == round(number, scale):
        return None
    found = f"the column takes {whole} digits before and {scale} after the point"
    return found, "Give a number that it takes."


def _zone(value: Any, type_: Any) -> tuple[str, str] | None:
    if not isinstance(type_, sa.DateTime) or bool(value.tzinfo) == type_.timezone:
        return None
    if type_.timezone:
        return "it says no time zone", "Give it one: datetime(…, tzinfo=UTC)."
    return "it has a time zone, the column has none", "Give a datetime without tzinfo."
