"""SQLite's foreign keys as they are: from a PRAGMA, with the names that only the SQL keeps.

SQLAlchemy reads the names by a pattern that a quote in a name defeats; a table that is copied
would lose them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from schema_lab.database.sqlite_schema import Token, parts_of

FOREIGN_KEYS = (
    'SELECT id, "table", "from", "to", on_update, on_delete'
    " FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq"
)
_PRIMARY = "SELECT name FROM pragma_table_info(?) WHERE pk ORDER BY pk"
TABLE_SQL = "SELECT sql FROM sqlite_master WHERE type = 'table' AND lower(name) = lower(?)"


@dataclass(frozen=True)
class _Said:
    """What only the SQL says of a foreign key."""

    name: str | None = None
    options: dict[str, Any] = field(default_factory=dict)


def foreign_keys(connection: sa.Connection, table: str) -> list[dict[str, Any]]:
    """List the foreign keys of a table in the form of `Inspector.get_foreign_keys`. Read-only."""
    sql = str(connection.exec_driver_sql(TABLE_SQL, (table,)).scalar() or "")
    rows = connection.exec_driver_sql(FOREIGN_KEYS, (table,)).all()
    keys = [list(parts) for _, parts in groupby(rows, key=lambda row: row.id)]
    said = _said(sql) if keys else []
    if len(said) != len(keys):  # SQL that cannot be read: no name is better than a wrong one
        said = [_Said() for _ in keys]
    return [_key(connection, parts, one) for parts, one in zip(keys, said, strict=True)]


def _key(connection: sa.Connection, parts: Sequence[Any], said: _Said) -> dict[str, Any]:
    first = parts[0]
    goals = [row[3] for row in parts]
    if goals[0] is None:
        goals = list(connection.exec_driver_sql(_PRIMARY, (first[1],)).scalars())
    actions = {"onupdate": first.on_update, "ondelete": first.on_delete}
    return {
        "name": said.name,
        "constrained_columns": [row[2] for row in parts],
        "referred_schema": None,
        "referred_table": first[1],
        "referred_columns": goals,
        "options": {
            **{name: one for name, one in actions.items() if one and one != "NO ACTION"},
            **said.options,
        },
    }


def _said(sql: str) -> list[_Said]:
    """Read each foreign key of a CREATE TABLE, in the order of the text."""
    return [
        _one(sql, definition, place)
        for definition in parts_of(sql)[0]
        for place, token in enumerate(definition)
        if token.says("references")
    ]


def _one(sql: str, definition: Sequence[Token], place: int) -> _Said:
    of_table = [at for at in range(place) if definition[at].says("foreign")]
    start = of_table[-1] if of_table else place
    named = start > 1 and definition[start - 2].says("constraint")
    name = definition[start - 1].text_in(sql) if named else None
    return _Said(name, _timing([one.key for one in definition[place + 1 :] if one.kind == "word"]))


def _timing(words: Sequence[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if "deferrable" in words:
        at = words.index("deferrable")
        options["deferrable"] = words[at - 1 : at] != ["not"]
    if "initially" in words:
        options["initially"] = words[words.index("initially") + 1].upper()
    return options
