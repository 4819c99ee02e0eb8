r"""MariaDB's columns as they are: comments, defaults, JSON.

SQLAlchemy parses SHOW CREATE TABLE. A quote that stands there as `\'` hides what follows it, an
expression as default is not read at all, and JSON looks like LONGTEXT, so that changing anything
else about the column would lose its CHECK: https://mariadb.com/kb/en/json-data-type/
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.mysql.reflection import MySQLTableDefinitionParser

_COLUMNS = (
    "SELECT table_name, column_name, column_default, column_comment"
    " FROM information_schema.columns WHERE table_schema = coalesce(:schema, DATABASE())"
)
_CHECKS = (
    "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints"
    " WHERE constraint_schema = coalesce(:schema, DATABASE())"
)
_OF_ONE = " AND table_name = :table"

Read = tuple[dict[str, tuple[Any, Any]], set[str]]
"""Default and comment of each column, and which columns hold JSON."""


def complete(inspector: sa.Inspector, table: sa.Table, column: Any) -> None:
    """Complete what was reflected of a column (a listener of `column_reflect`)."""
    if not getattr(inspector.dialect, "is_mariadb", False):
        return
    key = _key(table.schema, table.name)
    if key not in inspector.info_cache:
        inspector.info_cache[key] = _read(inspector.bind, table)
    columns, valid = inspector.info_cache[key]
    if column["name"] not in columns:
        return
    default, comment = columns[column["name"]]
    column["comment"] = comment or None
    if " ON UPDATE " not in str(column.get("default") or "") and "computed" not in column:
        column["default"] = None if default in (None, "NULL") else default
    if column["name"] in valid and isinstance(column["type"], mysql.LONGTEXT):
        column["type"] = mysql.JSON()


def columns_at_once(inspector: sa.Inspector, tables: Collection[str]) -> None:
    """Read what completes the columns of tables of the default schema; `complete` finds it."""
    if not getattr(inspector.dialect, "is_mariadb", False):
        return
    bind: Any = inspector.bind
    columns = _by_table(bind.execute(sa.text(_COLUMNS), {"schema": None}))
    checks = _by_table(bind.execute(sa.text(_CHECKS), {"schema": None}))
    for name in tables:
        inspector.info_cache[_key(None, name)] = _as_read(columns[name], checks[name])


def _key(schema: str | None, table: str) -> tuple[str, str | None, str]:
    return ("schema_lab", schema, table)


def _read(bind: Any, table: sa.Table) -> Read:
    place = {"schema": table.schema, "table": table.name}
    columns = [one[1:] for one in bind.execute(sa.text(_COLUMNS + _OF_ONE), place)]
    checks = [one[1:] for one in bind.execute(sa.text(_CHECKS + _OF_ONE), place)]
    return _as_read(columns, checks)


def _as_read(columns: Iterable[Any], checks: Iterable[Any]) -> Read:
    said = {name: (default, comment) for name, default, comment in columns}
    clauses = dict(checks)
    valid = {name for name in said if name in clauses and clauses[name] == _validating(name)}
    return said, valid


def _validating(name: str) -> str:
    return f"json_valid(`{name.replace('`', '``')}`)"


def _by_table(rows: Iterable[Any]) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row[1:])
    return found


_NAME = "`(?:``|[^`])+`"
_NAMES = f"{_NAME}(?:, *{_NAME})*"
_ACTION = "RESTRICT|CASCADE|SET NULL|NO ACTION|SET DEFAULT"
_FOREIGN_KEY = re.compile(
    rf"  CONSTRAINT +`(?P<name>(?:``|[^`])+)` +FOREIGN KEY +\((?P<local>{_NAMES})\)"
    rf" REFERENCES +(?P<table>{_NAME}(?:\.{_NAME})?) +\((?P<foreign>{_NAMES})\)"
    rf"(?: +(?P<match>MATCH \w+))?(?: +ON DELETE (?P<ondelete>{_ACTION}))?"
    rf"(?: +ON UPDATE (?P<onupdate>{_ACTION}))?",
    re.IGNORECASE,
)


@contextmanager
def mariadb_keys_as_they_are() -> Iterator[None]:
    """Let SQLAlchemy read a foreign key whose columns or table hold a bracket or a backtick.

    One within another changes nothing.
    """
    parser: Any = MySQLTableDefinitionParser
    plain = parser._parse_constraints

    def parse(self: Any, line: str) -> Any:
        self._re_fk_constraint = _FOREIGN_KEY
        return plain(self, line)

    parser._parse_constraints = parse
    try:
        yield
    finally:
        parser._parse_constraints = plain
