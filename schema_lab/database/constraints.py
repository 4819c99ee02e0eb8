"""What is: the indexes, foreign keys and constraints of live tables, as DataFrames.

Of tables only, no views; on PostgreSQL of the default schema, others as ``schema.table``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine.interfaces import (
    ReflectedCheckConstraint,
    ReflectedPrimaryKeyConstraint,
    ReflectedUniqueConstraint,
)

from schema_lab.database.frames import stated_frame
from schema_lab.database.reading import explained, locate, reading
from schema_lab.database.sqlite import foreign_key_actions, index_details

INDEXES = {
    "table": "string",
    "index": "string",
    "columns": "string",
    "unique": "bool",
    "where": "string",
}
FOREIGN_KEYS = {
    "table": "string",
    "name": "string",
    "columns": "string",
    "referred_table": "string",
    "referred_columns": "string",
    "on_update": "string",
    "on_delete": "string",
}
CONSTRAINTS = {
    "table": "string",
    "name": "string",
    "kind": "string",
    "columns": "string",
    "condition": "string",
}
Reflected = Mapping[tuple[str | None, str], Sequence[Any]]


@explained
def indexes(
    engine: sa.Engine, table: str | None = None, hidden: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """List the indexes of a table, or of all. Read-only.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    table : str, optional
        A name, or ``schema.name`` on PostgreSQL.
    hidden : frozenset of str
        Names of tables not to list among all.

    Returns
    -------
    pandas.DataFrame
        table, index, columns (strings; columns and expressions with a comma between them),
        unique (bool), where (string, the condition of a partial index).

    Raises
    ------
    InputError
        There is no such table.
    DatabaseError
        The database does not answer.

    Examples
    --------
    >>> engine = sa.create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     _ = connection.execute(sa.text("CREATE TABLE users (id INTEGER, name TEXT)"))
    ...     _ = connection.execute(sa.text("CREATE UNIQUE INDEX by_name ON users (name DESC)"))
    >>> indexes(engine)
       table    index    columns  unique where
    0  users  by_name  name DESC    True  <NA>
    """
    with reading(engine) as connection:
        schema, names = _selected(connection, table, hidden)
        reflected = _indexes(connection, schema, names)
    found = [
        (_spelled(schema, name), index["name"], _keys(index), index["unique"], _where(index))
        for name in names
        for index in reflected[schema, name]
    ]
    return stated_frame(INDEXES, found)


@explained
def foreign_keys(
    engine: sa.Engine, table: str | None = None, hidden: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """List the foreign keys of a table, or of all. Read-only.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    table : str, optional
        The table that refers: a name, or ``schema.name`` on PostgreSQL.
    hidden : frozenset of str
        Names of tables not to list among all.

    Returns
    -------
    pandas.DataFrame
        table, name, columns, referred_table, referred_columns, on_update, on_delete (strings;
        NA where a key has no name, or takes no action).

    Raises
    ------
    InputError
        There is no such table.
    DatabaseError
        The database does not answer.

    Examples
    --------
    >>> engine = sa.create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     _ = connection.execute(sa.text("CREATE TABLE a (id INTEGER PRIMARY KEY)"))
    ...     _ = connection.execute(sa.text("CREATE TABLE b (a_id INTEGER REFERENCES a (id))"))
    >>> foreign_keys(engine)[["table", "columns", "referred_table", "referred_columns"]]
      table columns referred_table referred_columns
    0     b    a_id              a               id
    """
    with reading(engine) as connection:
        schema, names = _selected(connection, table, hidden)
        reflected = _foreign_keys(connection, schema, names)
    found = [
        (
            _spelled(schema, name),
            key["name"],
            ", ".join(key["constrained_columns"]),
            _spelled(key["referred_schema"], key["referred_table"]),
            ", ".join(key["referred_columns"]),
            key["options"].get("onupdate"),
            key["options"].get("ondelete"),
        )
        for name in names
        for key in reflected[schema, name]
    ]
    return stated_frame(FOREIGN_KEYS, found)


@explained
def constraints(
    engine: sa.Engine, table: str | None = None, hidden: frozenset[str] = frozenset()
) -> pd.DataFrame:
    """List the primary keys, unique and check constraints of a table, or of all. Read-only.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    table : str, optional
        A name, or ``schema.name`` on PostgreSQL.
    hidden : frozenset of str
        Names of tables not to list among all.

    Returns
    -------
    pandas.DataFrame
        table, name (NA where the database keeps none), kind (``primary key``, ``unique`` or
        ``check``), columns (NA for a check), condition (NA but for a check); all strings.

    Raises
    ------
    InputError
        There is no such table.
    DatabaseError
        The database does not answer.

    Examples
    --------
    >>> engine = sa.create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     _ = connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY, n INT UNIQUE)"))
    >>> constraints(engine)[["table", "kind", "columns"]]
      table         kind columns
    0     t  primary key      id
    1     t       unique       n
    """
    with reading(engine) as connection:
        schema, names = _selected(connection, table, hidden)
        inspector = sa.inspect(connection)
        primary = inspector.get_multi_pk_constraint(schema, filter_names=names)
        unique = inspector.get_multi_unique_constraints(schema, filter_names=names)
        check = inspector.get_multi_check_constraints(schema, filter_names=names)
    found = [
        (_spelled(schema, name), *row)
        for name in names
        for row in _rows(primary[schema, name], unique[schema, name], check[schema, name])
    ]
    return stated_frame(CONSTRAINTS, found)


def _selected(
    connection: sa.Connection, table: str | None, hidden: frozenset[str]
) -> tuple[str | None, list[str]]:
    inspector = sa.inspect(connection)
    if table is None:
        return None, sorted(set(inspector.get_table_names()) - hidden)
    schema, name = locate(inspector, table)
    return schema, [name]


def _spelled(schema: str | None, name: str) -> str:
    return f"{schema}.{name}" if schema else name


def _indexes(connection: sa.Connection, schema: str | None, names: list[str]) -> Reflected:
    if connection.dialect.name == "sqlite":
        return {(schema, name): index_details(connection, name) for name in names}
    return sa.inspect(connection).get_multi_indexes(schema, filter_names=names)


def _keys(index: Mapping[str, Any]) -> str:
    descending = [key for key, order in index.get("column_sorting", {}).items() if "desc" in order]
    keys = index.get("expressions", index["column_names"])
    return ", ".join(f"{key} DESC" if key in descending else key for key in keys)


def _where(index: Mapping[str, Any]) -> str | None:
    options: Mapping[str, str | None] = index.get("dialect_options", {})
    return options.get("sqlite_where") or options.get("postgresql_where")


def _foreign_keys(connection: sa.Connection, schema: str | None, names: list[str]) -> Reflected:
    reflected = sa.inspect(connection).get_multi_foreign_keys(schema, filter_names=names)
    if connection.dialect.name == "sqlite":
        for name in names:
            actions = foreign_key_actions(connection, name)
            for key in reflected[schema, name]:
                place = (key["referred_table"], tuple(key["constrained_columns"]))
                key["options"] = actions.get(place, {})
    return reflected


def _rows(
    primary: ReflectedPrimaryKeyConstraint,
    unique: list[ReflectedUniqueConstraint],
    check: list[ReflectedCheckConstraint],
) -> Iterator[tuple[str | None, ...]]:
    if primary["constrained_columns"]:
        yield primary["name"], "primary key", ", ".join(primary["constrained_columns"]), None
    for constraint in unique:
        yield constraint["name"], "unique", ", ".join(constraint["column_names"]), None
    for condition in check:
        yield condition["name"], "check", None, condition["sqltext"]
