"""The Python default of a model's column, as a script can give it to rows that are there."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from schema_lab.autogenerate.operations import full_name
from schema_lab.autogenerate.questions.constants import fitting, read, spelled
from schema_lab.autogenerate.questions.filling import Filling, constant_filling
from schema_lab.autogenerate.questions.live import Live
from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.errors import InputError

UUIDS = {
    ("postgresql", True): "gen_random_uuid()",
    ("postgresql", False): "replace(gen_random_uuid()::text, '-', '')",
    ("mariadb", True): "uuid()",
    ("mariadb", False): "lower(sys_guid())",
    ("sqlite", False): "lower(hex(randomblob(16)))",
}
"""What gives each row a UUID of its own, by dialect and whether the dialect has such a type."""


@dataclass(frozen=True)
class ModelDefault:
    """What the default is, or the problem why a script cannot have it."""

    filling: Filling = field(default_factory=Filling)
    problem: str = ""


def model_default(column: sa.Column[Any], live: Live) -> ModelDefault | None:
    """Give the default of a model's column; None when it has none.

    A scalar is a constant. A callable is called: the moment that it names becomes a constant, a
    UUID the database's own function, so that each row gets its own.
    """
    default: Any = column.default
    if default is None:
        return None
    where = full_name(getattr(column.table, "name", ""), None) + f".{column.name}"
    try:
        return ModelDefault(_filling(default, column, where, live))
    except InputError as error:
        return ModelDefault(problem=f"The model's default of {where} is of no use: {error.fact}")


def _filling(default: Any, column: sa.Column[Any], where: str, live: Live) -> Filling:
    if default.is_clause_element:
        return Filling(sql=sql_of(default.arg, live.dialect))
    if not default.is_scalar and not default.is_callable:
        raise InputError("it is a sequence.", 'Say sql="…".')
    value = _called(default.arg) if default.is_callable else default.arg
    if isinstance(value, UUID) and default.is_callable:
        return _uuids(column, live)
    constant = value.name if isinstance(value, Enum) else read(spelled(value))
    fits = fitting(constant, column.type, where, live.dialect)
    return constant_filling(fits, column.type, live.dialect)


def _called(factory: Any) -> Any:
    """Call a default twice: what differs by row, and is no moment, is nothing that is constant."""
    try:
        first, second = factory(None), factory(None)
    except Exception as error:  # noqa: BLE001 - it is the user's own code
        raise InputError(f"it fails with {type(error).__name__}.", 'Say sql="…".') from None
    if isinstance(first, datetime):
        return first.replace(microsecond=0)
    if isinstance(first, date | time | UUID) or first == second:
        return first
    raise InputError("it gives each row another value.", 'Say sql="…".')


def _uuids(column: sa.Column[Any], live: Live) -> Filling:
    dialect = live.dialect
    plain: Any = getattr(column.type, "impl", column.type)
    native = isinstance(plain, sa.Uuid) and plain.native_uuid and dialect.supports_native_uuid
    name = "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name
    known = UUIDS.get((name, bool(native)))
    if known is None:
        raise InputError(f"{name} has no UUID for each row.", 'Say sql="…".')
    return Filling(sql=known)
