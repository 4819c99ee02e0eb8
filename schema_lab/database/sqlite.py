"""What SQLite says of indexes and keys where SQLAlchemy's reflection leaves it out.

Source: https://www.sqlite.org/pragma.html
"""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

_INDEXES = sa.text(
    'SELECT list.name, list."unique", master.sql'
    " FROM pragma_index_list(:table) AS list JOIN sqlite_master AS master USING (name)"
    " WHERE list.origin = :origin ORDER BY list.name"
)
_KEYS = sa.text('SELECT name, "desc" FROM pragma_index_xinfo(:index) WHERE key ORDER BY seqno')
_ACTIONS = sa.text(
    'SELECT id, "table", "from", on_update, on_delete FROM pragma_foreign_key_list(:table)'
    " ORDER BY id, seq"
)
_CONDITION = re.compile(r"\)\s*WHERE\s+(.+)$", re.IGNORECASE | re.DOTALL)
KeyPlace = tuple[str, tuple[str, ...]]


def index_details(connection: sa.Connection, table: str) -> list[dict[str, Any]]:
    """List the indexes of a table, those on expressions too, as SQLAlchemy would. Read-only."""
    return [
        {
            "name": index.name,
            "unique": bool(index.unique),
            "column_names": _keys(connection, index.name),
            "dialect_options": {"sqlite_where": _condition(index.sql)},
        }
        for index in connection.execute(_INDEXES, {"table": table, "origin": "c"})
    ]


def _keys(connection: sa.Connection, index: str) -> list[str]:
    found = connection.execute(_KEYS, {"index": index})
    return [f"{name or '(expression)'}{' DESC' if desc else ''}" for name, desc in found]


def _condition(sql: str) -> str | None:
    found = _CONDITION.search(sql)
    return found[1] if found else None


def unique_details(
    connection: sa.Connection, table: str, reflected: Sequence[Any]
) -> list[dict[str, Any]]:
    """List the unique constraints of a table; those that SQLAlchemy finds lend a name. Read-only.

    SQLite keeps the names only in the text of CREATE TABLE, which SQLAlchemy parses in part.
    """
    names = {tuple(constraint["column_names"]): constraint["name"] for constraint in reflected}
    found = connection.execute(_INDEXES, {"table": table, "origin": "u"})
    columns = [_keys(connection, index.name) for index in found]
    return [{"name": names.get(tuple(each)), "column_names": each} for each in columns]


def foreign_key_actions(connection: sa.Connection, table: str) -> dict[KeyPlace, dict[str, str]]:
    """Give the actions of each foreign key by (referred table, columns). Read-only."""
    rows = connection.execute(_ACTIONS, {"table": table}).all()
    keys = [list(group) for _, group in groupby(rows, key=lambda row: row.id)]
    return {(key[0].table, tuple(row[2] for row in key)): _actions(key[0]) for key in keys}


def _actions(key: Sequence[Any]) -> dict[str, str]:
    named = {"onupdate": key[3], "ondelete": key[4]}
    return {name: action for name, action in named.items() if action != "NO ACTION"}
