r"""MariaDB's columns as they are: comments, defaults, JSON.

SQLAlchemy parses SHOW CREATE TABLE. A quote that stands there as `\'` hides what follows it, an
expression as default is not read at all, and JSON looks like LONGTEXT, so that changing anything
else about the column would lose its CHECK: https://mariadb.com/kb/en/json-data-type/
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects.mysql.reflection import MySQLTableDefinitionParser

_COLUMNS = sa.text(
    "SELECT column_name, column_default, column_comment FROM information_schema.columns"
    " WHERE table_schema = coalesce(:schema, DATABASE()) AND table_name = :table"
)
_CHECKS = sa.text(
    "SELECT constraint_name, check_clause FROM information_schema.check_constraints"
    " WHERE constraint_schema = coalesce(:schema, DATABASE()) AND table_name = :table"
)


def complete(inspector: sa.Inspector, table: sa.Table, column: Any) -> None:
    """Complete what was reflected of a column (a listener of `column_reflect`)."""
    if not getattr(inspector.dialect, "is_mariadb", False):
        return
    key = ("schema_lab", table.schema, table.name)
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


def _read(bind: Any, table: sa.Table) -> tuple[dict[str, tuple[Any, Any]], set[str]]:
    """Give default and comment of each column, and which columns hold JSON."""
    place = {"schema": table.schema, "table": table.name}
    columns = {one[0]: (one[1], one[2]) for one in bind.execute(_COLUMNS, place)}
    quoted = {name: f"json_valid(`{name.replace('`', '``')}`)" for name in columns}
    checks = {one[0]: one[1] for one in bind.execute(_CHECKS, place)}
    return columns, {name for name, check in quoted.items() if checks.get(name) == check}


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
