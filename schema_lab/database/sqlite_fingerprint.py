"""SQLite's schema as its own words: the text of sqlite_master, whole and by table.

`PRAGMA schema_version` would be shorter, but it comes back with another schema when a file is put
into the place of another, as a snapshot is: https://www.sqlite.org/pragma.html#pragma_schema_version
"""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

Place = tuple[str | None, str]

_WHOLE = (
    "SELECT group_concat(type || char(31) || name || char(31) || tbl_name || char(31)"
    " || coalesce(sql, ''), char(30)) FROM sqlite_master WHERE type IN ('table', 'index')"
)
_ROWS = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('table', 'index')"
_ELSEWHERE = "SELECT name FROM pragma_database_list WHERE name NOT IN ('main')"
_TEMPORARY = "SELECT 1 FROM sqlite_temp_master WHERE type IN ('table', 'index') LIMIT 1"


def sqlite_whole(connection: sa.Connection) -> Any:
    """Give the text of the schema; None where a temporary table may hide one of it."""
    attached = {row[0] for row in connection.exec_driver_sql(_ELSEWHERE)}
    if attached - {"temp"}:
        return None
    if attached and connection.exec_driver_sql(_TEMPORARY).first():
        return None
    return connection.exec_driver_sql(_WHOLE).scalar() or ""


def sqlite_tables(connection: sa.Connection) -> tuple[Any, dict[Place, Any]]:
    """Give each table's text and that of its indexes.

    A virtual table has the columns that its module gives it, and no text that says so.
    """
    names: dict[str, str] = {}
    said: dict[str, list[Any]] = defaultdict(list)
    virtual = set()
    for kind, name, table, sql in connection.exec_driver_sql(_ROWS):
        owner = table.lower()
        said[owner].append((kind, name, sql))
        if kind == "table":
            names[owner] = name
            if sql is None or sql[:14].upper() == "CREATE VIRTUAL":
                virtual.add(owner)
    found: dict[Place, Any] = {
        (None, name): None if owner in virtual else tuple(said[owner])
        for owner, name in names.items()
        if not owner.startswith("sqlite_")
    }
    return None, found
