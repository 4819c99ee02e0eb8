"""What holds live tables together: constraints, foreign keys and indexes, as DataFrames.

Of tables only, not of views.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from schema_lab.database.dialects import is_mysql
from schema_lab.schema.frames.frames import stated_frame
from schema_lab.schema.frames.reading import explained, inspecting, selected
from schema_lab.schema.sql_text import sql_of
from schema_lab.schema.words import TableKey

CONSTRAINTS = {
    "table": "string",
    "name": "string",
    "kind": "string",
    "columns": "string",
    "condition": "string",
}


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
    with inspecting(engine) as inspector:
        schema, names = selected(inspector, table, hidden)
        primary = inspector.get_multi_pk_constraint(schema, filter_names=names)
        unique = inspector.get_multi_unique_constraints(schema, filter_names=names)
        check = inspector.get_multi_check_constraints(schema, filter_names=names)
    found = [
        (str(TableKey(schema, name)), *row)
        for name in names
        for row in _rows(primary[schema, name], unique[schema, name], check[schema, name])
    ]
    return stated_frame(CONSTRAINTS, found)


def _rows(
    primary: Mapping[str, Any],
    unique: Sequence[Mapping[str, Any]],
    check: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[str | None, ...]]:
    if primary["constrained_columns"]:
        yield primary["name"], "primary key", ", ".join(primary["constrained_columns"]), None
    for constraint in unique:
        yield constraint["name"], "unique", ", ".join(constraint["column_names"]), None
    for condition in check:
        yield condition["name"], "check", None, condition["sqltext"]


FOREIGN_KEYS = {
    "table": "string",
    "name": "string",
    "columns": "string",
    "referred_table": "string",
    "referred_columns": "string",
    "on_update": "string",
    "on_delete": "string",
}


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
    with inspecting(engine) as inspector:
        schema, names = selected(inspector, table, hidden)
        reflected = inspector.get_multi_foreign_keys(schema, filter_names=names)
    found = [
        (
            str(TableKey(schema, name)),
            key["name"],
            ", ".join(key["constrained_columns"]),
            str(TableKey(key["referred_schema"], key["referred_table"])),
            ", ".join(key["referred_columns"]),
            *(_action(engine.dialect, key, event) for event in ("onupdate", "ondelete")),
        )
        for name in names
        for key in reflected[schema, name]
    ]
    return stated_frame(FOREIGN_KEYS, found)


def _action(dialect: sa.Dialect, key: Mapping[str, Any], event: str) -> str | None:
    """Name what a key does; RESTRICT is what InnoDB does without being told."""
    action: str | None = key["options"].get(event)
    return None if action == "RESTRICT" and is_mysql(dialect.name) else action


INDEXES = {
    "table": "string",
    "index": "string",
    "columns": "string",
    "unique": "bool",
    "where": "string",
}


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
    with inspecting(engine) as inspector:
        schema, names = selected(inspector, table, hidden)
        reflected = inspector.get_multi_indexes(schema, filter_names=names)
    found = [
        (
            str(TableKey(schema, name)),
            index["name"],
            ", ".join(_terms(index, engine.dialect)),
            bool(index["unique"]),
            _where(index, engine.dialect),
        )
        for name in names
        for index in reflected[schema, name]
    ]
    return stated_frame(INDEXES, found)


def _terms(index: Mapping[str, Any], dialect: sa.Dialect) -> Iterator[str]:
    """Give each column or expression of an index, with what SQL says of its length and order."""
    sorting, lengths = index.get("column_sorting", {}), _option(index, "length") or {}
    spelled_terms = index.get("expressions", index["column_names"])
    for column, term in zip(index["column_names"], spelled_terms, strict=True):
        text = _unescaped(term, dialect) if column is None else term
        length = f"({lengths[column]})" if column in lengths else ""
        yield f"{text}{length}{' DESC' if 'desc' in sorting.get(term, ()) else ''}"


def _where(index: Mapping[str, Any], dialect: sa.Dialect) -> str | None:
    condition = _option(index, "where")
    return condition if condition is None else _unescaped(condition, dialect)


def _option(index: Mapping[str, Any], option: str) -> Any:
    """Give an option of an index, which SQLAlchemy calls by the dialect too."""
    options: Mapping[str, Any] = index.get("dialect_options", {})
    named = (value for name, value in options.items() if name.partition("_")[2] == option)
    return next(named, None)


def _unescaped(sql: Any, dialect: sa.Dialect) -> str:
    """Give SQL as the database has it: on SQLite it is read for `sa.text`."""
    if dialect.name != "sqlite":
        return str(sql)
    return sql_of(sa.text(sql) if isinstance(sql, str) else sql, dialect)
