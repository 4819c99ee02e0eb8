"""How PostgreSQL computes the values of the new type: the text after USING.

Without it PostgreSQL takes only the casts of an assignment:
https://www.postgresql.org/docs/current/sql-altertable.html
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from schema_lab.rows.families import MOMENTS, NUMBERS, family, has_zone
from schema_lab.schema.words import type_text

POSTGRESQL: sa.Dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # as it is
"""The dialect in which an expression is written, without a connection."""


def using_of(column: str, before: Any, after: Any) -> str | None:
    """Write the expression that makes the new value; None where PostgreSQL needs none.

    A moment without a time zone is taken for UTC, and so is one that loses its zone.

    Examples
    --------
    >>> using_of("plan", sa.String(50), sa.Integer())
    'plan::INTEGER'
    >>> using_of("seen", sa.DateTime(), sa.DateTime(timezone=True))
    "seen AT TIME ZONE 'UTC'"
    """
    name = POSTGRESQL.identifier_preparer.quote(column)
    before, after = sa.types.to_instance(before), sa.types.to_instance(after)
    pair = (family(before), family(after))
    if set(pair) <= MOMENTS:
        return _moment(name, before, after)
    if pair[0] == pair[1] and pair[0] not in ("enum", "array"):
        return None
    if set(pair) <= NUMBERS or pair == ("enum", "text"):
        return None
    if pair == ("enum", "enum") and not (before.name and after.name):
        return None  # MariaDB's enum has no name, and so no type on PostgreSQL
    return _made(name, pair, type_text(after, POSTGRESQL))


def _made(name: str, pair: tuple[str, str], wanted: str) -> str | None:
    made: str | None = f"{name}::TEXT::{wanted}"
    match pair:
        case ("bytes", "text"):
            made = f"convert_from({name}, 'UTF8')"
        case (_, "text"):
            made = None  # every type becomes text on assignment
        case ("text", "bytes"):
            made = f"convert_to({name}, 'UTF8')"
        case (number, "boolean") if number in NUMBERS:
            made = f"{name} <> 0"
        case ("boolean", "integer"):
            made = f"{name}::INTEGER"
        case ("boolean", number) if number in NUMBERS:
            made = f"{name}::INTEGER::{wanted}"
        case ("text", _):
            made = f"{name}::{wanted}"
    return made


def _moment(name: str, before: Any, after: Any) -> str | None:
    pair = (family(before), family(after))
    match pair:
        case ("datetime", "datetime") if has_zone(before) != has_zone(after):
            return f"{name} AT TIME ZONE 'UTC'"
        case ("date", "datetime") if has_zone(after):
            return f"{name}::TIMESTAMP AT TIME ZONE 'UTC'"
        case ("datetime", ("date" | "time") as part) if has_zone(before):
            return f"({name} AT TIME ZONE 'UTC')::{part.upper()}"
        case ("date", "time") | ("time", "date" | "datetime"):
            return f"{name}::TEXT::{type_text(after, POSTGRESQL)}"
        case _:
            return None
