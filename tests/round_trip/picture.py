"""The whole schema of a database as a value, for comparing two ways that lead there."""

import re
import warnings
from typing import Any

import sqlalchemy as sa

from tests.support.catalog import sqlite_indexes

_KEY = re.compile(r"FOREIGN KEY \((.*?)\) REFERENCES")
_INDEX = re.compile(r"KEY `.*?` \((.*)\)")
_CAST = re.compile(r"::(character varying|text)(\[\])?")
"""PostgreSQL spells the casts of a CHECK in one of two ways, of its own spelling in the other; and
a default keeps the cast of the type that its column had in between.
"""
_GIVEN = re.compile(r"^(CONSTRAINT|UNIQUE KEY) `(?!uq |fk |ck).*?` (?=FOREIGN KEY|\()")


def picture(connection: sa.Connection) -> dict[str, Any]:
    """Read every table: columns, keys, constraints, indexes and comments. Order does not count."""
    if connection.dialect.name in {"mariadb", "mysql"}:
        return _spelled(connection)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Skipped unsupported reflection", sa.exc.SAWarning)
        warnings.filterwarnings("ignore", ".*SQL-parsed foreign key", sa.exc.SAWarning)
        return _reflected(connection)


def _reflected(connection: sa.Connection) -> dict[str, Any]:
    inspector = sa.inspect(connection)
    names = [one for one in inspector.get_table_names() if one != "alembic_version"]
    read: dict[str, Any] = {
        "columns": inspector.get_multi_columns(),
        "key": inspector.get_multi_pk_constraint(),
        "uniques": inspector.get_multi_unique_constraints(),
        "checks": inspector.get_multi_check_constraints(),
        "foreign keys": inspector.get_multi_foreign_keys(),
        "indexes": _indexes(inspector, connection, names),
    }
    if connection.dialect.supports_comments:
        read["comment"] = inspector.get_multi_table_comment()
    found = {
        name: {aspect: _plain(all_[None, name]) for aspect, all_ in read.items()} for name in names
    }
    for table in found.values():  # what has no name may have been given one
        for aspect in ("uniques", "foreign keys"):
            table[aspect] = sorted((_without_given_name(one) for one in table[aspect]), key=repr)
        table["indexes"] = [one for one in table["indexes"] if not _of_constraint(one)]
    if connection.dialect.name == "postgresql":
        for one in (check for name in names for check in found[name]["checks"]):
            one["sqltext"] = _CAST.sub("", one["sqltext"])
        for one in (column for name in names for column in found[name]["columns"]):
            one["default"] = one["default"] and _CAST.sub("", one["default"])
        found["(types)"] = _plain(inspector.get_enums())  # type: ignore[attr-defined]
    return found


def _without_given_name(constraint: dict[str, Any]) -> dict[str, Any]:
    """Keep a name that a random schema says; those all hold a space."""
    name = constraint["name"]
    return constraint if name and name.startswith(("uq ", "fk ")) else {**constraint, "name": None}


def _of_constraint(index: Any) -> bool:
    """Say whether an index is PostgreSQL's own under a unique constraint."""
    return isinstance(index, dict) and bool(index.get("duplicates_constraint"))


def _indexes(inspector: sa.Inspector, connection: sa.Connection, names: list[str]) -> Any:
    if connection.dialect.name == "sqlite":
        return {(None, name): sqlite_indexes(connection, name) for name in names}
    return inspector.get_multi_indexes()


def _spelled(connection: sa.Connection) -> dict[str, Any]:
    """MariaDB says all of a table at once."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    found = {}
    for name in sa.inspect(connection).get_table_names():
        sql = connection.exec_driver_sql(f"SHOW CREATE TABLE {quote(name)}").all()[0][1]
        lines = (line.strip().rstrip(",") for line in sql.split("\n"))
        keys = {_KEY.search(line)[1] for line in sql.split("\n") if "FOREIGN KEY" in line}  # type: ignore[index]
        found[name] = sorted(_mariadb_line(line, keys) for line in lines)
    return found


def _mariadb_line(line: str, keys: set[str]) -> str:
    """Leave out the name of InnoDB's own index under a foreign key, and names it gave itself."""
    line = _GIVEN.sub(r"\1 ", line)
    found = _INDEX.fullmatch(line)
    return f"KEY {found[1]}" if found and found[1].replace(",", ", ") in keys else line


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        parts = [_plain(one) for one in value]
        named = parts and all(isinstance(one, dict) and "name" in one for one in parts)
        return sorted(parts, key=repr) if named else parts
    if isinstance(value, sa.types.TypeEngine):
        return repr(value)
    return value if isinstance(value, bool | int | type(None)) else str(value)
