"""What kind of statement a piece of SQL is, and how it is recognised again."""

import hashlib
import re
from enum import Enum
from typing import Any

_COMMENT = re.compile(r"\s*(/\*(?!!).*?\*/|--[^\n]*\n|#[^\n]*\n)", re.DOTALL)
_WORD = re.compile(r"\s*\(*\s*([A-Za-z]+)")
_READS = frozenset({"SELECT", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "WITH", "VALUES", "TABLE"})
_CHANGES_ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "CALL"})
_SESSION = frozenset(
    {"SET", "USE", "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "DO"}
)


class Kind(Enum):
    """What a statement does to a database that commits at each DDL statement."""

    READ = "reads"
    ROWS = "changes rows"
    SCHEMA = "changes the schema"
    SESSION = "changes the session"


def kind_of(sql: str) -> Kind:
    r"""Say what kind of statement this is; what is not known counts as a change of the schema.

    Examples
    --------
    >>> kind_of("-- fill\nUPDATE users SET plan = 'free'").value
    'changes rows'
    >>> kind_of("ALTER TABLE users ADD COLUMN plan INT").value
    'changes the schema'
    >>> kind_of("RELEASE SAVEPOINT a").value
    'changes the session'
    """
    text = sql
    while found := _COMMENT.match(text):
        text = text[found.end() :]
    word = _WORD.match(text)
    first = word.group(1).upper() if word else ""
    if first in _READS:
        return Kind.READ
    if first in _CHANGES_ROWS:
        return Kind.ROWS
    return Kind.SESSION if first in _SESSION else Kind.SCHEMA


def checksum(sql: str, parameters: Any) -> str:
    """Give the SHA-256 by which a statement with its parameters is recognised again."""
    text = " ".join(sql.split()) + "\0" + repr(parameters or ())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def in_short(sql: str, length: int = 120) -> str:
    """Give a statement on one line, cut to a length."""
    text = " ".join(sql.split())
    return text if len(text) <= length else text[: length - 1] + "…"
