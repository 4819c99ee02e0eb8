"""Values that fill a column: constants as text in an answer, and the Python default of a model.

A constant is written as Python spells it, and must fit the column. A model's default becomes a
constant, an SQL expression, or the database's own function for a UUID in every row.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultDialect

from schema_lab.candidate.questions.fill_operation import Filling, constant_filling
from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.database.dialects import family
from schema_lab.errors import InputError
from schema_lab.schema.sql_text import sql_of
from schema_lab.schema.words import full_name, type_text

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
    """Spell a value so that `read` returns it.

    Raises
    ------
    InputError
        When a script cannot contain the value.

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
        'Use text, a number, a date or an enum member, or an SQL expression: `sql="…"`.',
    )


def read(text: str) -> Any:
    """Give the value that `spelled` spelled. Anything else is text.

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


def runs(value: Any) -> bool:
    """Tell whether the value's `repr` is code that gives it, without an import.

    Examples
    --------
    >>> runs("free"), runs(1.5), runs(Decimal("1.50")), runs(float("inf")), runs(None)
    (True, True, False, False, False)
    """
    return isinstance(value, _PLAIN) and bool(read(repr(value)) == value)


def fill_source(
    column: str, value: Any, sql: str | None, copy: str | None, default: bool, server_default: Any
) -> tuple[str, ...]:
    """Give the only source of values that was given, as the words of an answer.

    Raises
    ------
    InputError
        When none or several were given, or a script cannot contain the value.
    """
    sources = {"sql": sql, "copy": copy, "default": default or None}
    given = [(how, str(source)) for how, source in sources.items() if source is not None]
    for how, constant in (("constant", value), ("server_default", server_default)):
        if constant is not None:
            given.append((how, spelled(constant)))
    if len(given) != 1:
        raise InputError(
            f"`{column}` needs exactly one of value, sql, copy, default and server_default, "
            f"but {len(given)} were given.",
            f'Give one, such as `candidate.fill({column!r}, copy="name")`.',
        )
    return ("default",) if default else given[0]


def fitting(value: Any, type_: Any, where: str, dialect: sa.Dialect) -> Any:
    """Give a value as a column of this type stores it.

    Parameters
    ----------
    value
        The value from the answer.
    type_
        The type of the column.
    where
        The column with its table, for the error.
    dialect
        The dialect of the live database.

    Raises
    ------
    InputError
        When the value does not fit. The error says what would fit.
    """
    plain = getattr(type_, "impl", type_)
    if isinstance(plain, sa.Enum):
        return _member(value, plain, where)
    for of, wanted, words in _WANTED:
        if isinstance(plain, of):
            if not _is_one_of(value, wanted):
                column = f"`{where}` is {type_text(type_, dialect)}"
                raise InputError(f"{value!r} does not fit: {column}.", f"Use {words}.")
            break
    _refuse_too_much(value, plain, where)
    return value


def _is_one_of(value: Any, wanted: tuple[type, ...]) -> bool:
    """Say whether a value has a type. A bool is not a number here, nor a datetime a date."""
    exact = next((kind for kind in (bool, datetime) if isinstance(value, kind)), None)
    return exact in wanted if exact else isinstance(value, wanted)


def _member(value: Any, type_: sa.Enum, where: str) -> str:
    """Give a member as the database stores it."""
    if value in type_.enums:
        return str(value)
    members: Mapping[str, Any] = getattr(type_.enum_class, "__members__", {})
    if value in members:
        return _stored(type_, members[value])
    raise InputError(
        f"{value!r} is not a member of the enum of `{where}`.",
        f"Use one of: {', '.join(type_.enums)}.",
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
    (sa.LargeBinary, (), 'an SQL expression: `sql="…"`'),
)
_BITS = ((sa.SmallInteger, 15), (sa.BigInteger, 63), (sa.Integer, 31))


def _refuse_too_much(value: Any, type_: Any, where: str) -> None:
    for found in filter(None, (rule(value, type_) for rule in (_long, _large, _digits, _zone))):
        raise InputError(f"{value!r} does not fit `{where}`: {found[0]}.", found[1])


def _long(value: Any, type_: Any) -> tuple[str, str] | None:
    if not isinstance(type_, sa.String) or type_.length is None or len(value) <= type_.length:
        return None
    found = f"the text has {len(value)} characters, but the column allows {type_.length}"
    return found, "Use a shorter text, or make the column longer in the model."


def _large(value: Any, type_: Any) -> tuple[str, str] | None:
    bits = next((bits for of, bits in _BITS if isinstance(type_, of)), None)
    if bits is None or -(2**bits) <= value < 2**bits:
        return None
    return f"the column allows {-(2**bits)} to {2**bits - 1}", "Use a number in this range."


def _digits(value: Any, type_: Any) -> tuple[str, str] | None:
    if not isinstance(type_, sa.Numeric) or isinstance(type_, sa.Float) or type_.precision is None:
        return None
    number, scale = Decimal(str(value)), type_.scale or 0
    whole = type_.precision - scale
    if abs(number) < 10**whole and number == round(number, scale):
        return None
    found = f"the column allows {whole} digits before and {scale} after the decimal point"
    return found, "Use a number with fewer digits."


def _zone(value: Any, type_: Any) -> tuple[str, str] | None:
    if not isinstance(type_, sa.DateTime) or bool(value.tzinfo) == type_.timezone:
        return None
    if type_.timezone:
        return "the value has no time zone", "Add a time zone: `datetime(…, tzinfo=UTC)`."
    return "the value has a time zone, but the column does not", "Use a datetime without `tzinfo`."


UUIDS = {
    ("postgresql", True): "gen_random_uuid()",
    ("postgresql", False): "replace(gen_random_uuid()::text, '-', '')",
    ("mariadb", True): "uuid()",
    ("mariadb", False): "lower(sys_guid())",
    ("sqlite", False): "lower(hex(randomblob(16)))",
}
"""SQL that gives every row its own UUID, by dialect and whether the type is native."""


@dataclass(frozen=True)
class ModelDefault:
    """The default of a model, or the problem why a script cannot use it."""

    filling: Filling = field(default_factory=Filling)
    problem: str = ""


def model_default(column: sa.Column[Any], live: LiveDatabase) -> ModelDefault | None:
    """Give the default of a model's column; None when the column has none.

    A scalar is a constant. A callable is called: a date or time becomes a constant; a UUID becomes
    the database's own function, so that every row gets its own UUID.
    """
    default: Any = column.default
    if default is None:
        return None
    where = full_name(getattr(column.table, "name", ""), None) + f".{column.name}"
    try:
        return ModelDefault(_default_filling(default, column, where, live))
    except InputError as error:
        return ModelDefault(
            problem=f"The model's default of `{where}` cannot be used: {error.fact}"
        )


def _default_filling(
    default: Any, column: sa.Column[Any], where: str, live: LiveDatabase
) -> Filling:
    if default.is_clause_element:
        return Filling(sql=sql_of(default.arg, live.dialect))
    if not default.is_scalar and not default.is_callable:
        raise InputError("the default is a sequence.", 'Use `sql="…"`.')
    value = _called(default.arg) if default.is_callable else default.arg
    if isinstance(value, UUID) and default.is_callable:
        return _uuids(column, live)
    constant = value.name if isinstance(value, Enum) else read(spelled(value))
    fits = fitting(constant, column.type, where, live.dialect)
    return constant_filling(fits, column.type, live.dialect)


def _called(factory: Any) -> Any:
    """Call a default twice. A value that differs, and is not a date or time, is not constant."""
    try:
        first, second = factory(None), factory(None)
    except Exception as error:  # noqa: BLE001 - it is the user's own code
        raise InputError(
            f"the default fails with {type(error).__name__}.", 'Use `sql="…"`.'
        ) from None
    if isinstance(first, datetime):
        return first.replace(microsecond=0)
    if isinstance(first, date | time | UUID) or first == second:
        return first
    raise InputError("the default gives every row a different value.", 'Use `sql="…"`.')


def _stored(type_: sa.Enum, member: Any) -> str:
    """Give what the database has for a member of a Python enum."""
    store = type_.bind_processor(DefaultDialect())  # type: ignore[no-untyped-call]
    assert store is not None
    return str(store(member))


def _uuids(column: sa.Column[Any], live: LiveDatabase) -> Filling:
    dialect = live.dialect
    plain: Any = getattr(column.type, "impl", column.type)
    native = isinstance(plain, sa.Uuid) and plain.native_uuid and dialect.supports_native_uuid
    name = family(dialect)
    known = UUIDS.get((name, bool(native)))
    if known is None:
        raise InputError(f"{name} has no function that gives every row a UUID.", 'Use `sql="…"`.')
    return Filling(sql=known)
