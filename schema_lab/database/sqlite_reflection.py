"""SQLite's indexes and unique constraints as they are, for as long as Alembic looks.

SQLAlchemy leaves out the indexes on expressions and what is DESC, and reads names by patterns
that a bracket in a name defeats. A table that batch mode copies would lose all of it.
https://github.com/sqlalchemy/sqlalchemy/issues/8804
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from schema_lab.database.sqlite_keys import TABLE_SQL, foreign_keys
from schema_lab.database.sqlite_schema import Token, parts_of
from schema_lab.database.word_for_word import as_text

LISTED = (
    'SELECT list.name, list."unique", list.origin, master.sql'
    " FROM pragma_index_list(?) AS list LEFT JOIN sqlite_master AS master"
    " ON master.name = list.name AND master.type = 'index'"
    " WHERE list.origin <> 'pk' ORDER BY list.name"
)
KEYS = 'SELECT cid, name, "desc" FROM pragma_index_xinfo(?) WHERE key ORDER BY seqno'
_CLAUSES = frozenset({"constraint", "unique", "primary", "check", "foreign"})


@contextmanager
def sqlite_as_it_is() -> Iterator[None]:
    """Let SQLAlchemy reflect all of SQLite's indexes, and every unique constraint's name.

    One within another changes nothing. Schemas of attached files are left to SQLAlchemy.
    """
    plain = {name: getattr(SQLiteDialect, name) for name in (*_READERS, *_NAMED)}
    for name, read in _READERS.items():
        setattr(SQLiteDialect, name, _instead(plain[name], read))
    for name in _NAMED:
        setattr(SQLiteDialect, name, _unquoted(plain[name]))
    try:
        yield
    finally:
        for name, before in plain.items():
            setattr(SQLiteDialect, name, before)


def _instead(plain: Any, read: Any) -> Any:
    def reflect(
        self: Any, connection: Any, table_name: str, schema: str | None = None, **rest: Any
    ) -> Any:
        if schema is None and "include_auto_indexes" not in rest:
            return _cached(rest.get("info_cache"), read, connection, table_name)
        return plain(self, connection, table_name, schema=schema, **rest)

    return reflect


def _cached(cache: Any, read: Any, connection: Any, table: str) -> Any:
    """Read once for each Inspector, as SQLAlchemy does."""
    if cache is None:
        return read(connection, table)
    key = ("schema_lab", read.__name__, str(table))
    if key not in cache:
        cache[key] = read(connection, table)
    return cache[key]


def _unquoted(plain: Any) -> Any:
    """Take a doubled quote in a constraint's name for the one that it stands for."""

    def reflect(self: Any, connection: Any, table_name: str, *rest: Any, **options: Any) -> Any:
        found = plain(self, connection, table_name, *rest, **options)
        return _renamed(found) if isinstance(found, dict) else [_renamed(one) for one in found]

    return reflect


def _renamed(constraint: dict[str, Any]) -> dict[str, Any]:
    name = constraint.get("name")
    return {**constraint, "name": name.replace('""', '"')} if isinstance(name, str) else constraint


def _indexes(connection: sa.Connection, table: str) -> list[dict[str, Any]]:
    listed = connection.exec_driver_sql(LISTED, (table,)).all()
    return [
        _index(connection, one.name, bool(one.unique), one.sql)
        for one in listed
        if one.origin == "c"
    ]


def _index(connection: sa.Connection, name: str, unique: bool, sql: str) -> dict[str, Any]:
    keys = connection.exec_driver_sql(KEYS, (name,)).all()
    if _is_plain(sql, keys):
        return _plain_index(name, unique, keys)
    terms, rest = parts_of(sql)
    columns: list[str | None] = []
    expressions: list[str] = []
    sorting: dict[str, tuple[str, ...]] = {}
    for term, (number, column, descending) in zip(terms, keys, strict=True):
        is_plain = number >= 0 and not any(token.says("collate") for token in term[1:])
        spelled = column if is_plain else as_text(sql[term[0].start : term[-1].end])
        columns.append(column if is_plain else None)
        expressions.append(spelled)
        if is_plain and descending:
            sorting[spelled] = ("desc",)
    found: dict[str, Any] = {"name": name, "unique": unique, "column_names": columns}
    if None in columns:
        found["expressions"] = expressions
    if sorting:
        found["column_sorting"] = sorting
    where = next((token for token in rest if token.says("where")), None)
    condition = sa.text(as_text(sql[where.end :].strip())) if where else None
    found["dialect_options"] = {} if condition is None else {"sqlite_where": condition}
    return found


def _is_plain(sql: str, keys: Sequence[Any]) -> bool:
    """Say whether an index has columns alone, without a word on how they compare or on rows."""
    said = sql.lower()
    return "collate" not in said and "where" not in said and all(one.cid >= 0 for one in keys)


def _plain_index(name: str, unique: bool, keys: Sequence[Any]) -> dict[str, Any]:
    columns = [one.name for one in keys]
    found = {"name": name, "unique": unique, "column_names": columns, "dialect_options": {}}
    sorting = {one.name: ("desc",) for one in keys if one.desc}
    return {**found, "column_sorting": sorting} if sorting else found


def _uniques(connection: sa.Connection, table: str) -> list[dict[str, Any]]:
    listed = connection.exec_driver_sql(LISTED, (table,)).all()
    uniques = [one.name for one in listed if one.origin == "u"]
    if not uniques:
        return []
    names = dict(_named(str(connection.exec_driver_sql(TABLE_SQL, (table,)).scalar() or "")))
    found = []
    for one in uniques:
        columns = [key.name for key in connection.exec_driver_sql(KEYS, (one,))]
        name = names.get(tuple(str(column).lower() for column in columns))
        found.append({"name": name, "column_names": columns})
    return found


def _named(sql: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """List the names that a CREATE TABLE gives to unique constraints, by their columns."""
    for definition in parts_of(sql)[0]:
        of_table = definition[0].kind == "word" and definition[0].key in _CLAUSES
        for place, token in enumerate(definition):
            if token.says("unique") and place > 1 and definition[place - 2].says("constraint"):
                rest = definition[place + 1 :] if of_table else definition[:1]
                yield _columns(rest), definition[place - 1].text_in(sql)


def _columns(rest: Sequence[Token]) -> tuple[str, ...]:
    found = []
    for token in rest:
        if token.says(")"):
            break
        if token.kind in ("name", "word"):
            found.append(token.key)
    return tuple(found)


_NAMED = ("get_pk_constraint",)
_READERS = {
    "get_indexes": _indexes,
    "get_unique_constraints": _uniques,
    "get_foreign_keys": foreign_keys,
}
