"""What MariaDB and MySQL say of indexes and keys where SQLAlchemy's reflection misreads it.

It parses SHOW CREATE TABLE: a backtick in a name stays escaped, a foreign key to a table with
such a name is left out, and so is DESC in an index.
"""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from schema_lab.database.dialects import is_mysql

Place = tuple[str | None, str]
_FOREIGN_KEYS = sa.text(
    "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema,"
    " k.referenced_table_name, k.referenced_column_name, r.update_rule, r.delete_rule,"
    " k.referenced_table_schema = DATABASE()"
    " FROM information_schema.key_column_usage AS k"
    " JOIN information_schema.referential_constraints AS r"
    " USING (constraint_schema, constraint_name, table_name)"
    " WHERE k.table_schema = DATABASE()"
    " ORDER BY k.table_name, k.constraint_name, k.ordinal_position"
)
_INDEXES = sa.text(
    "SELECT table_name, index_name, column_name, non_unique, collation, sub_part"
    " FROM information_schema.statistics"
    " WHERE table_schema = DATABASE() AND index_name <> 'PRIMARY'"
    " ORDER BY table_name, index_name, seq_in_index"
)
# What InnoDB does without being told: https://mariadb.com/kb/en/foreign-keys/
_NO_ACTION = {"RESTRICT", "NO ACTION"}


def plain(dialect: sa.Dialect, name: str) -> str:
    """Give a reflected name as it is. Read-only.

    Examples
    --------
    >>> from sqlalchemy.dialects import mysql, sqlite
    >>> plain(mysql.dialect(), "a``b"), plain(sqlite.dialect(), "a``b")
    ('a`b', 'a``b')
    """
    return name.replace("``", "`") if is_mysql(dialect.name) else name


def foreign_key_details(
    connection: sa.Connection, names: list[str]
) -> dict[Place, list[dict[str, Any]]]:
    """List the foreign keys of each table, in SQLAlchemy's form. Read-only."""
    return _grouped(connection.execute(_FOREIGN_KEYS), names, _foreign_key)


def index_details(connection: sa.Connection, names: list[str]) -> dict[Place, list[dict[str, Any]]]:
    """List the indexes of each table, in SQLAlchemy's form. Read-only."""
    return _grouped(connection.execute(_INDEXES), names, _index)


def _grouped(
    rows: Iterable[sa.Row[*tuple[Any, ...]]],
    names: list[str],
    build: Callable[[str, list[Any]], dict[str, Any]],
) -> dict[Place, list[dict[str, Any]]]:
    """Group rows by table and by index or key, which stand in their first two columns."""
    found: dict[Place, list[dict[str, Any]]] = {(None, name): [] for name in names}
    for (table, name), group in groupby(rows, key=lambda row: (row[0], row[1])):
        if (None, table) in found:
            found[None, table].append(build(name, list(group)))
    return found


def _index(name: str, rows: list[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "unique": not rows[0][3],
        "column_names": [_key(*row[2:]) for row in rows],
    }


def _key(column: str | None, _: int, collation: str | None, prefix: int | None) -> str:
    length = f"({prefix})" if prefix else ""
    return f"{column or '(expression)'}{length}{' DESC' if collation == 'D' else ''}"


def _foreign_key(name: str, rows: list[Any]) -> dict[str, Any]:
    _, _, _, schema, referred, _, on_update, on_delete, here = rows[0]
    rules = {"onupdate": on_update, "ondelete": on_delete}
    return {
        "name": name,
        "constrained_columns": [row[2] for row in rows],
        "referred_schema": None if here else schema,
        "referred_table": referred,
        "referred_columns": [row[5] for row in rows],
        "options": {key: rule for key, rule in rules.items() if rule not in _NO_ACTION},
    }
