"""One reader of live tables for each dialect, which listings, diagrams and comparison share.

SQLAlchemy's Inspector stays the place to ask. `reflected_word_for_word` exchanges what its dialects
misread, for as long as the lab looks; seen with SQLAlchemy 2.1.9. `read_at_once` fills an Inspector
for many tables with a query for each kind of answer, instead of a dozen for each table.

Defaults and checks are word for word: SQLAlchemy hands what it reflects to `sa.text`, which takes
`:name` for a parameter that nobody fills. A table that is copied, as batch mode does on SQLite,
would have NULL in that place.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.mysql.reflection import MySQLTableDefinitionParser
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

from schema_lab.compat.sqlalchemy_private import KEY_TERMS, parsed_table, read_foreign_keys_by
from schema_lab.database.dialects import shared
from schema_lab.schema.reflection import mariadb, postgresql, sqlite
from schema_lab.schema.reflection.sqlite_at_once import read_sqlite
from schema_lab.schema.sql_text import as_text, without_parameters


@contextmanager
def reflected_word_for_word() -> Iterator[None]:
    """Let tables be reflected with their own words, names, indexes and keys, while it lasts.

    Several at once, in one thread or in more, are as one: the last to end restores SQLAlchemy's.
    """
    _HELD.enter()
    try:
        yield
    finally:
        _HELD.leave()


class _Held:
    """Counts who looks at tables, so that the readers are exchanged once and restored once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._count = 0
        self._plain: list[tuple[type, str, Any]] = []

    def enter(self) -> None:
        """Exchange the readers, unless they are."""
        with self._lock:
            self._count += 1
            if self._count > 1:
                return
            for owner, name, instead in _READERS:
                plain = getattr(owner, name)
                self._plain.append((owner, name, plain))
                setattr(owner, name, instead(plain))
            for hook in _HOOKS:
                sa.event.listen(*hook)

    def leave(self) -> None:
        """Restore SQLAlchemy's own, unless somebody else still looks."""
        with self._lock:
            self._count -= 1
            if self._count:
                return
            while self._plain:
                setattr(*self._plain.pop())
            for hook in _HOOKS:
                sa.event.remove(*hook)


_HELD = _Held()


# SQLite ------------------------------------------------------------------------------------------


def _on_sqlite(read: Callable[..., Any]) -> Callable[[Any], Any]:
    """Read by the lab's own reader instead, once for each Inspector, as SQLAlchemy does."""

    def exchanged(plain: Any) -> Any:
        def reflect(
            self: Any, connection: Any, table_name: str, schema: str | None = None, **rest: Any
        ) -> Any:
            if "include_auto_indexes" in rest:  # SQLAlchemy asks itself
                return plain(self, connection, table_name, schema=schema, **rest)
            return _once(rest.get("info_cache"), read, connection, table_name, schema)

        return reflect

    return exchanged


def _once(cache: Any, read: Any, connection: Any, table: str, schema: str | None) -> Any:
    key = ("schema_lab", read.__name__, str(table), schema)
    if cache is None:
        return read(connection, table, schema)
    if key not in cache:
        cache[key] = read(connection, table, schema)
    return cache[key]


def _sqlite_primary_key(plain: Any) -> Any:
    def reflect(
        self: Any, connection: Any, table_name: str, schema: str | None = None, **rest: Any
    ) -> Any:
        found = plain(self, connection, table_name, schema=schema, **rest)
        if not found["constrained_columns"]:
            return found
        cache = rest.get("info_cache")
        name = _once(cache, sqlite.primary_key_name, connection, table_name, schema)
        return {**found, "name": name}

    return reflect


def _sqlite_columns(plain: Any) -> Any:
    def reflect(
        self: Any, connection: Any, table_name: str, schema: str | None = None, **rest: Any
    ) -> Any:
        found = plain(self, connection, table_name, schema=schema, **rest)
        if not any("computed" in column for column in found):
            return found
        cache = rest.get("info_cache")
        made = _once(cache, sqlite.generated_columns, connection, table_name, schema)
        return [
            {**column, "computed": {**column["computed"], "sqltext": made[column["name"]]}}
            if "computed" in column and column["name"] in made
            else column
            for column in found
        ]

    return reflect


# MariaDB and MySQL -------------------------------------------------------------------------------


def _mysql_table(plain: Any) -> Any:
    def parse(self: Any, *show_create: Any) -> Any:
        if self.preparer.final_quote == "`":
            read_foreign_keys_by(self, mariadb.FOREIGN_KEY)
        return mariadb.plainly_named(plain(self, *show_create), self.preparer)

    return parse


def _mysql_terms(plain: Any) -> Any:
    """Keep an index on an expression, which MySQL has: SQLAlchemy finds no column in it."""

    def parse(self: Any, identifiers: str) -> Any:
        return plain(self, identifiers) or [(identifiers, None, "")]

    return parse


def _mysql_indexes(plain: Any) -> Any:
    def reflect(self: Any, connection: Any, table: str, schema: Any = None, **rest: Any) -> Any:
        found = plain(self, connection, table, schema, **rest)
        state = parsed_table(self, connection, table, schema, **rest)
        return mariadb.ordered(found, state)

    return reflect


def _mysql_columns(plain: Any) -> Any:
    def reflect(self: Any, connection: Any, table: str, schema: Any = None, **rest: Any) -> Any:
        found = plain(self, connection, table, schema, **rest)
        known = mariadb.details(connection, table, schema, rest.get("info_cache"))
        return mariadb.completed(found, known)

    return reflect


def _mysql_checks(plain: Any) -> Any:
    def reflect(self: Any, connection: Any, table: str, schema: Any = None, **rest: Any) -> Any:
        found = plain(self, connection, table, schema, **rest)
        known = mariadb.details(connection, table, schema, rest.get("info_cache"))
        behind = known.checks.items() if known else ()
        return [*found, *({"name": name, "sqltext": clause} for name, clause in behind)]

    return reflect


# PostgreSQL --------------------------------------------------------------------------------------


def _postgresql_foreign_keys(plain: Any) -> Any:
    def reflect(
        self: Any,
        connection: Any,
        schema: str | None,
        filter_names: Any,
        scope: Any,
        kind: Any,
        postgresql_ignore_search_path: bool = False,
        **rest: Any,
    ) -> Any:
        return postgresql.foreign_keys(
            connection,
            schema,
            filter_names,
            scope,
            kind,
            ignore_search_path=postgresql_ignore_search_path,
        ).items()

    return reflect


_READERS: tuple[tuple[type, str, Callable[[Any], Any]], ...] = (
    (SQLiteDialect, "get_indexes", _on_sqlite(sqlite.indexes)),
    (SQLiteDialect, "get_unique_constraints", _on_sqlite(sqlite.unique_constraints)),
    (SQLiteDialect, "get_foreign_keys", _on_sqlite(sqlite.foreign_keys)),
    (SQLiteDialect, "get_check_constraints", _on_sqlite(sqlite.check_constraints)),
    (SQLiteDialect, "get_pk_constraint", _sqlite_primary_key),
    (SQLiteDialect, "get_columns", _sqlite_columns),
    (MySQLTableDefinitionParser, "parse", _mysql_table),
    (MySQLTableDefinitionParser, KEY_TERMS, _mysql_terms),
    (MySQLDialect, "get_indexes", _mysql_indexes),
    (MySQLDialect, "get_columns", _mysql_columns),
    (MySQLDialect, "get_check_constraints", _mysql_checks),
    (PGDialect, "get_multi_foreign_keys", _postgresql_foreign_keys),
)
"""Whose method is exchanged, its name, and what makes ours of SQLAlchemy's."""


# word for word -----------------------------------------------------------------------------------


def _keep_default(inspector: Any, table: sa.Table, column: Any) -> None:
    """Escape a default; a sequence's name stays, for Alembic looks it up."""
    default = column.get("default")
    if isinstance(default, str) and not default.startswith("nextval("):
        column["default"] = as_text(default)


def _keep_check(constraint: sa.CheckConstraint, parent: Any) -> None:
    constraint.sqltext = without_parameters(constraint.sqltext)


def _keep_condition(index: sa.Index, parent: Any) -> None:
    """Escape the condition of a partial index that is given as plain SQL, as reflection does."""
    for name, value in index.dialect_kwargs.items():
        if name.endswith("_where") and isinstance(value, str) and as_text(value) != value:
            index.dialect_kwargs[name] = sa.text(as_text(value))


_HOOKS: list[tuple[Any, str, Any]] = [
    (sa.Table, "column_reflect", _keep_default),
    (sa.CheckConstraint, "before_parent_attach", _keep_check),
    (sa.Index, "before_parent_attach", _keep_condition),
]


# all tables at once ------------------------------------------------------------------------------


def read_at_once(inspector: sa.Inspector, tables: Collection[str]) -> None:
    """Fill an Inspector with what it will be asked of tables of the default schema. Read-only.

    What is read lies where the Inspector keeps what it has reflected before. What was not read, it
    asks the database.

    Parameters
    ----------
    inspector
        Bound to a connection; of another dialect than those known here, it is left as it is.
    tables
        Their names, as the Inspector lists them.

    Examples
    --------
    >>> with sa.create_engine("sqlite://").connect() as connection:
    ...     _ = connection.exec_driver_sql("CREATE TABLE teams (id INTEGER)")
    ...     inspector = sa.inspect(connection)
    ...     read_at_once(inspector, ["teams"])
    ...     [column["name"] for column in inspector.get_columns("teams")]
    ['id']
    """
    read = _AT_ONCE.get(inspector.dialect.name)
    if read is not None and tables:
        read(inspector, frozenset(tables))


_AT_ONCE: dict[str, Callable[[sa.Inspector, frozenset[str]], None]] = shared(
    {
        "sqlite": read_sqlite,
        "postgresql": postgresql.read_postgresql,
        "mysql": mariadb.read_mariadb,
    }
)
