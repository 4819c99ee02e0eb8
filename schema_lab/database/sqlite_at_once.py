"""All of SQLite's tables at once: its pragmas, joined with the list of its tables."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from schema_lab.database.known_answers import Answer, Rows, Statement, answers_to
from schema_lab.database.reflecting_known import reflect_known
from schema_lab.database.sqlite_keys import FOREIGN_KEYS, TABLE_SQL
from schema_lab.database.sqlite_reflection import KEYS, LISTED

# ruff: noqa: S608 - no part of these queries comes from outside

_ELSEWHERE = "SELECT 1 FROM sqlite_temp_master LIMIT 1"
_SQL = (
    "SELECT sql FROM  (SELECT * FROM sqlite_master UNION ALL   SELECT * FROM sqlite_temp_master)"
    " WHERE name = ? AND type in ('table', 'view')"
)
_MASTER = "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'view')"
_OF_TABLES = "sqlite_master AS one JOIN pragma_{}(one.name, 'main') AS two"
_PRAGMAS = {
    "table_xinfo": ("cid", "name", "type", "notnull", "dflt_value", "pk", "hidden"),
    "foreign_key_list": (
        *("id", "seq", "table", "from", "to"),
        *("on_update", "on_delete", "match"),
    ),
}
_INDEXES = (
    'SELECT one.name, two.name, two."unique", two.origin, master.sql'
    f" FROM {_OF_TABLES.format('index_list')}"
    " LEFT JOIN sqlite_master AS master ON master.name = two.name AND master.type = 'index'"
    " WHERE one.type = 'table' AND two.origin <> 'pk' ORDER BY two.name"
)
_COLUMNS = (
    'SELECT one.name, list.name, two.cid, two.name, two."desc"'
    f" FROM {_OF_TABLES.format('index_list').replace('two', 'list')}"
    " JOIN pragma_index_xinfo(list.name, 'main') AS two"
    " WHERE one.type = 'table' AND list.origin <> 'pk' AND two.key"
    " ORDER BY list.name, two.seqno"
)


def read_sqlite(inspector: sa.Inspector, tables: frozenset[str]) -> None:
    """Read what SQLAlchemy and the lab ask of tables, and reflect them; see `read_at_once`.

    Nothing is read where temporary tables may stand before those of the file, or where one is
    virtual and its module is not there: the Inspector then reads the tables that it is asked for.
    """
    connection: Any = inspector.bind
    with suppress(sa.exc.DBAPIError):
        if connection.exec_driver_sql(_ELSEWHERE).first() is None:
            reflect_known(inspector, tables, _answers(connection, tables))


def _answers(connection: sa.Connection, tables: frozenset[str]) -> dict[Statement, Answer]:
    quote = connection.dialect.identifier_preparer.quote_identifier
    found: dict[Statement, Answer] = {}
    grouped: dict[str, defaultdict[str, list[tuple[Any, ...]]]] = {}
    for pragma, columns in _PRAGMAS.items():
        rows = grouped[pragma] = _grouped(connection.exec_driver_sql(_joined(pragma, columns)))
        said: dict[Statement, Rows] = {}
        for table in tables:
            said[f"PRAGMA main.{pragma}({quote(table)})", ()] = rows[table]
            said[f"PRAGMA temp.{pragma}({quote(table)})", ()] = ()
        found |= answers_to(said, columns)
    listed = _grouped(connection.exec_driver_sql(_INDEXES))
    indexes = {(LISTED, (one,)): listed[one] for one in tables}
    keys = _grouped(row[1:] for row in connection.exec_driver_sql(_COLUMNS))
    named = {(KEYS, (row[0],)): keys[row[0]] for rows in listed.values() for row in rows}
    pointing = grouped["foreign_key_list"]
    written = connection.exec_driver_sql(_MASTER).all()
    texts = {(_SQL, (name,)): [(sql,)] for _, name, sql in written}
    texts |= {(TABLE_SQL, (name,)): [(sql,)] for kind, name, sql in written if kind == "table"}
    return (
        found
        | answers_to(indexes, ("name", "unique", "origin", "sql"))
        | answers_to(named, ("cid", "name", "desc"))
        | answers_to(
            {(FOREIGN_KEYS, (one,)): _last_first(pointing[one]) for one in tables},
            ("id", "table", "from", "to", "on_update", "on_delete"),
        )
        | answers_to(texts, ("sql",))
    )


def _last_first(keys: Iterable[tuple[Any, ...]]) -> Rows:
    """Put what foreign_key_list gives into the order and the columns of FOREIGN_KEYS."""
    ordered = sorted(keys, key=lambda row: (-row[0], row[1]))
    return [(number, *rest) for number, _, *rest, _ in ordered]


def _joined(pragma: str, columns: Iterable[str]) -> str:
    wanted = ", ".join(f'two."{one}"' for one in columns)
    order = "two.cid" if pragma == "table_xinfo" else "two.id, two.seq"
    return (
        f"SELECT one.name, {wanted} FROM {_OF_TABLES.format(pragma)} WHERE one.type = 'table'"
        f" ORDER BY {order}"
    )


def _grouped(rows: Iterable[Any]) -> defaultdict[str, list[tuple[Any, ...]]]:
    found: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for first, *rest in rows:
        found[first].append(tuple(rest))
    return found
