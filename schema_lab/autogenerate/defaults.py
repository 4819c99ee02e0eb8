"""Compare server defaults as text, so that nothing in the database is executed.

Alembic's own comparison on PostgreSQL runs both defaults as a SELECT: a sequence advances, and a
hostile default runs. Source: alembic/ddl/postgresql.py, `compare_server_default`.
"""

import re
from typing import Any

import sqlalchemy as sa

from schema_lab.autogenerate.sql_text import sql_of

_CAST = re.compile(r"::[\w\s\".]+(\(\d+(,\s*\d+)?\))?(\[\])?$")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_SAME = {"now": "now", "now()": "now", "current_timestamp()": "now", "current_timestamp": "now"}


def differs(
    context: Any,
    inspected_column: Any,
    metadata_column: Any,
    inspected_default: str | None,
    metadata_default: Any,
    rendered_metadata_default: str | None,
) -> bool:
    """Say whether a server default changed; expressions that cannot be read count as equal.

    Takes what Alembic gives to `compare_server_default`.
    """
    if getattr(metadata_column, "autoincrement", False) is True or _is_sequence(inspected_default):
        return False
    before = plain(inspected_default)
    after = plain(_as_sql(metadata_default, rendered_metadata_default))
    if before is None or after is None:
        return before is not after
    if before == after:
        return False
    return _is_literal(before) and _is_literal(after)


def _as_sql(default: Any, rendered: str | None) -> str | None:
    """Quote a plain string, which Alembic hands over without its quotes."""
    text = getattr(default, "arg", None)
    return "'" + text.replace("'", "''") + "'" if isinstance(text, str) else rendered


def _written(column: Any, dialect: Any) -> str | None:
    """Give the default of a model's column as SQL; a plain string is one for a text column only.

    In a column of another type the database may spell it anew: '2026-01-01' with a time, say.
    """
    default = getattr(column.server_default, "arg", None)
    if isinstance(default, str):
        is_text = isinstance(getattr(column.type, "impl", column.type), sa.String)
        return "'" + default.replace("'", "''") + "'" if is_text else default
    return None if default is None else sql_of(default, dialect)


def plain(default: str | None) -> str | None:
    """Take casts, outer brackets and differences of spelling from a default.

    Examples
    --------
    >>> plain("'new'::character varying"), plain("(0)"), plain("CURRENT_TIMESTAMP()")
    ("'new'", '0', 'now')
    """
    if default is None or default.strip().upper() == "NULL":
        return None
    text = without_casts(default)
    if _NUMBER.fullmatch(text.strip("'")):
        return text.strip("'")
    if text.lower() in ("true", "false"):
        return {"true": "1", "false": "0"}[text.lower()]
    return _SAME.get(text.lower(), text)


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
    return bool(_NUMBER.fullmatch(text)) or (len(text) > 1 and text[0] == text[-1] == "'")


def _is_sequence(default: str | None) -> bool:
    return default is not None and default.lower().startswith("nextval(")
