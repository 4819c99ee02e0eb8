r"""MariaDB's and MySQL's tables as they are: names, keys, comments, defaults, JSON, CHECKs.

SQLAlchemy parses SHOW CREATE TABLE. A backtick in a name stays doubled there, and a foreign key
with such a name is left out. DESC in an index is dropped, a quote that stands there as `\'` hides
what follows, an expression as default is not read at all, a CHECK behind a column is skipped, and
JSON looks like LONGTEXT: https://mariadb.com/kb/en/json-data-type/

All tables at once: SHOW CREATE TABLE by the driver, and one query for columns. SHOW CREATE TABLE
takes one table, and several statements in one packet need a flag of the connection that makes
injections easy. So each statement is sent alone, without what SQLAlchemy adds to it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import closing, suppress
from functools import partial
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import mysql

from schema_lab.compat.sqlalchemy_private import unquoted
from schema_lab.schema.reflection.known import CachedReply, Statement, reflect_known, replies_to

_COLUMNS = (
    "SELECT table_name, column_name, column_default, column_comment"
    " FROM information_schema.columns WHERE table_schema = coalesce(:schema, DATABASE())"
)
_CHECKS = (
    "SELECT table_name, constraint_name, check_clause, level = 'Column'"
    " FROM information_schema.check_constraints"
    " WHERE constraint_schema = coalesce(:schema, DATABASE())"
)
_OF_TABLE = " AND table_name = :table"


class Details(NamedTuple):
    """What SHOW CREATE TABLE hides of a table: defaults and comments, columns of JSON, CHECKs."""

    columns: dict[str, tuple[Any, Any]]
    json: set[str]
    checks: dict[str, str]


def details(connection: Any, table: str, schema: str | None, cache: Any) -> Details | None:
    """Read the details of a table once for each Inspector; MySQL has none. Read-only."""
    if not getattr(connection.dialect, "is_mariadb", False):
        return None
    key = _key(schema, table)
    if cache is None or key not in cache:
        place = {"schema": schema, "table": table}
        columns = [row[1:] for row in connection.execute(sa.text(_COLUMNS + _OF_TABLE), place)]
        checks = [row[1:] for row in connection.execute(sa.text(_CHECKS + _OF_TABLE), place)]
        found = _details(columns, checks)
        if cache is None:
            return found
        cache[key] = found
    known: Details = cache[key]
    return known


def completed(columns: Iterable[Any], known: Details | None) -> list[dict[str, Any]]:
    """Give reflected columns with the defaults, comments and types that the database keeps."""
    return [_completed(dict(column), known) for column in columns]


def _completed(column: dict[str, Any], known: Details | None) -> dict[str, Any]:
    if known is None or column["name"] not in known.columns:
        return column
    default, comment = known.columns[column["name"]]
    column["comment"] = comment or None
    if " ON UPDATE " not in str(column.get("default") or "") and "computed" not in column:
        column["default"] = None if default in (None, "NULL") else default
    if column["name"] in known.json and isinstance(column["type"], mysql.LONGTEXT):
        column["type"] = mysql.JSON()
    return column


def _details_at_once(inspector: sa.Inspector, tables: Collection[str]) -> None:
    """Read the details of tables of the default schema; `details` finds them."""
    if not getattr(inspector.dialect, "is_mariadb", False):
        return
    bind: Any = inspector.bind
    columns = _by_table(bind.execute(sa.text(_COLUMNS), {"schema": None}))
    checks = _by_table(bind.execute(sa.text(_CHECKS), {"schema": None}))
    for name in tables:
        inspector.info_cache[_key(None, name)] = _details(columns[name], checks[name])


def _key(schema: str | None, table: str) -> tuple[str, str | None, str]:
    return ("schema_lab", schema, table)


def _details(columns: Iterable[Any], checks: Iterable[Any]) -> Details:
    said = {name: (default, comment) for name, default, comment in columns}
    of_columns = {name: clause for name, clause, behind_column in checks if behind_column}
    json = {name for name, clause in of_columns.items() if clause == _validating(name)}
    own = {name: clause for name, clause in of_columns.items() if name not in json}
    return Details(said, json & set(said), own)


def _validating(name: str) -> str:
    return f"json_valid(`{name.replace('`', '``')}`)"


def _by_table(rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row[1:])
    return found


# SHOW CREATE TABLE -------------------------------------------------------------------------------

_NAME = "`(?:``|[^`])+`"
_NAMES = f"{_NAME}(?:, *{_NAME})*"
_ACTION = "RESTRICT|CASCADE|SET NULL|NO ACTION|SET DEFAULT"
FOREIGN_KEY = re.compile(
    rf"  CONSTRAINT +`(?P<name>(?:``|[^`])+)` +FOREIGN KEY +\((?P<local>{_NAMES})\)"
    rf" REFERENCES +(?P<table>{_NAME}(?:\.{_NAME})?) +\((?P<foreign>{_NAMES})\)"
    rf"(?: +(?P<match>MATCH \w+))?(?: +ON DELETE (?P<ondelete>{_ACTION}))?"
    rf"(?: +ON UPDATE (?P<onupdate>{_ACTION}))?",
    re.IGNORECASE,
)


def plainly_named(state: Any, preparer: Any) -> Any:
    """Give what SQLAlchemy parsed of a table with each name as it is, not as SQL spells it."""
    plain = partial(unquoted, preparer)
    for column in state.columns:
        column["name"] = plain(column["name"])
    for key in state.keys:
        key["name"] = key["name"] and plain(key["name"])
        key["columns"] = [(plain(name), *rest) for name, *rest in key["columns"]]
    for key in state.fk_constraints:
        key["name"] = plain(key["name"])
        key["local"], key["foreign"] = (list(map(plain, key[end])) for end in ("local", "foreign"))
    for check in state.ck_constraints:
        check["name"] = plain(check["name"])
    return state


def ordered(indexes: Iterable[Any], state: Any) -> list[dict[str, Any]]:
    """Give reflected indexes with the columns that are in descending order."""
    descending = {
        key["name"]: {
            name: ("desc",) for name, _, order in key["columns"] if order.upper() == "DESC"
        }
        for key in state.keys
    }
    return [
        {**index, "column_sorting": sorting}
        if (sorting := descending.get(index["name"]))
        else dict(index)
        for index in indexes
    ]


_ROW = ("Table", "Create Table")


def read_mariadb(inspector: sa.Inspector, tables: frozenset[str]) -> None:
    """Read what SQLAlchemy and the lab ask of tables, and reflect them; see `read_at_once`."""
    replies = _replies(inspector, tables)
    reflect_known(inspector, tables, replies, ["get_multi_table_options"])
    _details_at_once(inspector, tables)


def _replies(inspector: sa.Inspector, tables: frozenset[str]) -> dict[Statement, CachedReply]:
    """Ask the driver for each table; what the server refuses is left out."""
    connection: Any = inspector.bind
    dialect = connection.dialect
    said: dict[Statement, Any] = {}
    with closing(connection.connection.cursor()) as cursor:
        for table in tables:
            statement = f"SHOW CREATE TABLE {dialect.identifier_preparer.quote_identifier(table)}"
            with suppress(dialect.loaded_dbapi.Error):
                dialect.do_execute(cursor, statement, ())
                said[statement, ()] = list(cursor.fetchall())
    return replies_to(said, _ROW)
