"""All of SQLite's tables at once: its PRAGMAs, joined with the list of its tables."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from schema_lab.schema.reflection.known import (
    CachedReply,
    Rows,
    Statement,
    reflect_known,
    replies_to,
)
from schema_lab.schema.reflection.sqlite import FOREIGN_KEYS, KEYS, LISTED, TABLE_SQL, statement

# ruff: noqa: S608 - no part of these queries comes from outside

_ELSEWHERE = "SELECT 1 FROM sqlite_temp_master LIMIT 1"
_SQL = (
    "SELECT sql FROM  (SELECT * FROM sqlite_master UNION ALL   SELECT * FROM sqlite_temp_master)"
    " WHERE name = ? AND type in ('table', 'view')"
)
_MASTER = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'view')"
_OF_TABLES = "sqlite_master AS owner JOIN pragma_{}(owner.name, 'main') AS part"
_PRAGMAS = {
    "table_xinfo": ("cid", "name", "type", "notnull", "dflt_value", "pk", "hidden"),
    "foreign_key_list": (
        *("id", "seq", "table", "from", "to"),
        *("on_update", "on_delete", "match"),
    ),
}
_INDEXES = (
    'SELECT owner.name, part.name, part."unique", part.origin, master.sql'
    f" FROM {_OF_TABLES.format('index_list')}"
    " LEFT JOIN sqlite_master AS master ON master.name = part.name AND master.type = 'index'"
    " WHERE owner.type = 'table' ORDER BY part.name"
)
_COLUMNS = (
    'SELECT owner.name, list.name, part.cid, part.name, part."desc"'
    f" FROM {_OF_TABLES.format('index_list').replace('part', 'list')}"
    " JOIN pragma_index_xinfo(list.name, 'main') AS part"
    " WHERE owner.type = 'table' AND part.key"
    " ORDER BY list.name, part.seqno"
)


def read_sqlite(inspector: sa.Inspector, tables: frozenset[str]) -> None:
    """Read what SQLAlchemy and the lab ask of tables, and reflect them; see `read_at_once`.

    Nothing is read where temporary tables may hide those of the file, or where a table is virtual
    and its module is missing: the Inspector then reads the tables that it is asked for.
    """
    connection: Any = inspector.bind
    with suppress(sa.exc.DBAPIError):
        if connection.exec_driver_sql(_ELSEWHERE).first() is None:
            reflect_known(inspector, tables, _replies(connection, tables))


def _replies(connection: sa.Connection, tables: frozenset[str]) -> dict[Statement, CachedReply]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    found: dict[Statement, CachedReply] = {}
    grouped: dict[str, defaultdict[str, list[tuple[Any, ...]]]] = {}
    for pragma, columns in _PRAGMAS.items():
        rows = grouped[pragma] = _grouped(connection.exec_driver_sql(_joined(pragma, columns)))
        said: dict[Statement, Rows] = {}
        for table in tables:
            said[f"PRAGMA main.{pragma}({quote(table)})", ()] = rows[table]
            said[f"PRAGMA temp.{pragma}({quote(table)})", ()] = ()
        found |= replies_to(said, columns)
    listed = _grouped(connection.exec_driver_sql(_INDEXES))
    indexes = {(statement(LISTED), (table,)): listed[table] for table in tables}
    keys = _grouped(row[1:] for row in connection.exec_driver_sql(_COLUMNS))
    named = {(statement(KEYS), (row[0],)): keys[row[0]] for rows in listed.values() for row in rows}
    pointing = grouped["foreign_key_list"]
    written = connection.exec_driver_sql(_MASTER).all()
    texts = {(_SQL, (name,)): [(sql,)] for _, name, sql in written}
    own = [(name, sql) for kind, name, sql in written if kind == "table"]
    texts |= {(statement(TABLE_SQL), (name,)): [(sql,)] for name, sql in own}
    return (
        found
        | replies_to(indexes, ("name", "unique", "origin", "sql"))
        | replies_to(named, ("cid", "name", "desc"))
        | replies_to(
            {(statement(FOREIGN_KEYS), (table,)): _last_first(pointing[table]) for table in tables},
            ("id", "table", "from", "to", "on_update", "on_delete"),
        )
        | replies_to(texts, ("sql",))
    )


def _last_first(keys: Iterable[tuple[Any, ...]]) -> Rows:
    """Put what foreign_key_list gives into the order and the columns of FOREIGN_KEYS."""
    ordered = sorted(keys, key=lambda row: (-row[0], row[1]))
    return [(number, *rest) for number, _, *rest, _ in ordered]


def _joined(pragma: str, columns: Iterable[str]) -> str:
    wanted = ", ".join(f'part."{column}"' for column in columns)
    order = "part.cid" if pragma == "table_xinfo" else "part.id, part.seq"
    return (
        f"SELECT owner.name, {wanted} FROM {_OF_TABLES.format(pragma)} WHERE owner.type = 'table'"
        f" ORDER BY {order}"
    )


def _grouped(rows: Iterable[Any]) -> defaultdict[str, list[tuple[Any, ...]]]:
    found: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found
