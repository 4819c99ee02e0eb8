"""Compare server defaults as text, so that nothing in the database is executed.

Alembic's own comparison on PostgreSQL runs both defaults as a SELECT: a sequence advances, and a
hostile default runs. Source: alembic/ddl/postgresql.py, `compare_server_default`.
"""

import json
import re
import uuid
from typing import Any

import sqlalchemy as sa

from schema_lab.database import is_mysql
from schema_lab.schema.sql_text import sql_of

_CAST = re.compile(r"::[\w\s\".]+(\(\d+(,\s*\d+)?\))?(\[\])?$")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_STRING = re.compile(r"'([^']|'')*'|'([^'\\]|''|\\.)*'", re.DOTALL)
"""A whole string literal, on MariaDB and MySQL with escapes; not two with something between."""
_ESCAPE = re.compile(r"\\(.)|'(?=')", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a", None: ""}
_TRUTH = {"1": True, "true": True, "t": True, "0": False, "false": False, "f": False}
_SAME = {"now": "now", "now()": "now", "current_timestamp()": "now", "current_timestamp": "now"}


def differs(implementation: Any, live_column: Any, column: Any, default: Any) -> bool:
    """Say whether a server default changed; expressions that cannot be read count as equal.

    Parameters
    ----------
    implementation
        Alembic's of the dialect, with the connection.
    live_column
        The column as the database has it.
    column
        The model's column.
    default
        The model's default.
    """
    dialect = implementation.dialect
    there = _live(live_column, dialect)
    if getattr(column, "autoincrement", False) is True or _is_sequence(there):
        return False
    after = _plain_on(dialect, _as_sql(default, column.type, dialect))
    before = _plain_on(dialect, there)
    if before is None and after is not None and is_mysql(dialect.name):
        before = _plain_on(dialect, _expression_default(implementation.connection, live_column))
    if before is None or after is None:
        return before is not after
    if before == after:
        return False
    meant = _meant(before, column.type), _meant(after, column.type)
    if None not in meant:
        return bool(meant[0] != meant[1])
    return _is_literal(before) and _is_literal(after)


def _meant(default: str, type_: Any) -> Any:
    """Read a UUID, JSON or truth value, which a database spells anew; None for all else."""
    text = default[1:-1].replace("''", "'") if default[0] == default[-1] == "'" else default
    plain_type = getattr(type_, "impl", type_)
    try:
        if isinstance(plain_type, sa.Uuid):
            return uuid.UUID(text)
        if isinstance(plain_type, sa.Boolean):
            return _TRUTH.get(text.lower())
        return (json.loads(text),) if isinstance(plain_type, sa.JSON) else None
    except ValueError:
        return None


def _as_sql(default: Any, type_: Any, dialect: Any) -> str | None:
    """Say a model's default as SQL.

    A plain string is quoted for a text column only: in another, the database may spell it anew,
    such as '2026-01-01' with a time.
    """
    value = getattr(default, "arg", None)
    if isinstance(value, str):
        is_text = isinstance(getattr(type_, "impl", type_), sa.String)
        return sql_of(sa.literal(value, sa.String()), dialect) if is_text else value
    return None if value is None else sql_of(value, dialect)


def _live(column: Any, dialect: Any) -> str | None:
    text = getattr(column.server_default, "arg", None)
    return None if text is None else sql_of(text, dialect)


def _plain_on(dialect: Any, default: str | None) -> str | None:
    """Spell a default plainly; MariaDB and MySQL write the same text with or without escapes."""
    text = plain(default)
    if text is None or not is_mysql(dialect.name) or not _is_literal(text):
        return text
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), text)


def _expression_default(connection: Any, column: Any) -> str | None:
    """Read a default that SQLAlchemy does not reflect on MariaDB and MySQL: an expression."""
    table = column.table
    schema = sa.func.database() if table.schema is None else table.schema
    columns = sa.table(
        "columns",
        *map(sa.column, ("table_schema", "table_name", "column_name", "column_default")),
        schema="information_schema",
    ).c
    asked = sa.select(columns.column_default).where(
        columns.table_schema == schema,
        columns.table_name == table.name,
        columns.column_name == column.name,
    )
    found = connection.scalar(asked)
    return None if found is None else str(found)


def plain(default: str | None) -> str | None:
    """Take casts, outer brackets and differences of spelling from a default.

    Examples
    --------
    >>> plain("'new'::character varying"), plain("(0)"), plain("CURRENT_TIMESTAMP()")
    ("'new'", '0', 'now')
    """
    text = "NULL" if default is None else without_casts(default)
    if text.upper() == "NULL":
        return None
    if _NUMBER.fullmatch(text.strip("'")):
        return _shortest(text.strip("'"))
    if text.lower() in ("true", "false"):
        return {"true": "1", "false": "0"}[text.lower()]
    return _SAME.get(text.lower(), text)


def _shortest(number: str) -> str:
    """Spell a number as short as it can be: a DECIMAL's default comes back with all its zeros."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def without_casts(default: str) -> str:
    """Take PostgreSQL's casts and outer brackets from a default.

    Examples
    --------
    >>> without_casts("('free'::character varying)")
    "'free'"
    """
    text = default.strip()
    while True:
        shorter = _CAST.sub("", text).strip()
        if shorter.startswith("(") and shorter.endswith(")") and _closes_at_end(shorter):
            shorter = shorter[1:-1].strip()
        if shorter == text:
            return text
        text = shorter


def _closes_at_end(text: str) -> bool:
    depth = 0
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return position == len(text) - 1
    return False


def _is_literal(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or _STRING.fullmatch(text))


def _is_sequence(default: str | None) -> bool:
    return default is not None and default.lower().startswith("nextval(")
