"""Compare server defaults as text, so that nothing in the database is executed.

Alembic's own comparison on PostgreSQL runs both defaults as a SELECT: a sequence advances, and a
hostile default runs. Source: alembic/ddl/postgresql.py, `compare_server_default`.
"""

import re
from typing import Any

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
    before, after = plain(inspected_default), plain(rendered_metadata_default)
    if before is None or after is None:
        return before is not after
    if before == after:
        return False
    return _is_literal(before) and _is_literal(after)


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
