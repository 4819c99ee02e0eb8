"""SQLite's schema as its own words: the text of sqlite_master, whole and by table.

`PRAGMA schema_version` would be shorter, but it comes back with another schema when a file is put
into the place of another, as a snapshot is: https://www.sqlite.org/pragma.html#pragma_schema_version

A connection that is kept for the next look knows whether another has written since it looked, and
it is kept only while the file is the same: then its text is too.
https://www.sqlite.org/pragma.html#pragma_data_version
"""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from schema_lab.database.kept_connection import schema_at_the_beginning

Place = tuple[str | None, str]

_WHOLE = (
    "SELECT group_concat(type || char(31) || name || char(31) || tbl_name || char(31)"
    " || coalesce(sql, ''), char(30)) FROM sqlite_master WHERE type IN ('table', 'index')"
)
_ROWS = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE type IN ('table', 'index')"
_ELSEWHERE = "SELECT name FROM pragma_database_list WHERE name NOT IN ('main')"
_VERSIONS = ("PRAGMA data_version", "PRAGMA schema_version")
"""The first tells of what others have written; the second, of what this connection has."""

_KNOWN = "schema_lab.text"
"""Where a connection keeps the text that it has read before it changed anything itself."""

_TEMPORARY = "SELECT 1 FROM sqlite_temp_master WHERE type IN ('table', 'index') LIMIT 1"


def sqlite_whole(connection: sa.Connection, former: Any) -> Any:
    """Give the text of the schema; None where a temporary table may hide one of it."""
    attached = {row[0] for row in connection.exec_driver_sql(_ELSEWHERE)}
    if attached - {"temp"}:
        return None
    if attached and connection.exec_driver_sql(_TEMPORARY).first():
        return None
    versions = tuple(connection.exec_driver_sql(one).scalar() for one in _VERSIONS)
    known = connection.info.get(_KNOWN)
    if known is not None and known[0] == versions:
        return known[1]
    text = connection.exec_driver_sql(_WHOLE).scalar() or ""
    if versions[1] == schema_at_the_beginning(connection):
        connection.info[_KNOWN] = versions, text
    return text


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
