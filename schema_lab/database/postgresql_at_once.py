"""PostgreSQL's sequences at once: SQLAlchemy reads tables so, Alembic asks for each sequence."""

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

_OWNED = """
SELECT c.oid::regclass::text, a.attname
FROM pg_class c
LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S'
"""
_NEXT = re.compile(r"nextval\('(.+?)'::regclass\)")
_KEY = ("schema_lab", "sequences")


@dataclass(frozen=True)
class NextOf:
    """A default that takes the next number of a sequence; and the column that owns that."""

    owner: str | None


def read_postgresql(inspector: sa.Inspector, tables: frozenset[str]) -> None:
    """Read which column owns each sequence, whatever the tables; see `read_at_once`."""
    bind: Any = inspector.bind
    found = [(name, owner) for name, owner in bind.exec_driver_sql(_OWNED)]
    inspector.info_cache[_KEY] = {name: NextOf(owner) for name, owner in found}


def next_of(inspector: sa.Inspector, default: Any) -> NextOf | None:
    """Give the sequence of a default, if all sequences were read; None if it is not known.

    A sequence is spelled here as in the default: by the same server, for the same search path.
    """
    known = inspector.info_cache.get(_KEY)
    match = _NEXT.match(default) if known and isinstance(default, str) else None
    return known.get(match.group(1)) if known and match else None
