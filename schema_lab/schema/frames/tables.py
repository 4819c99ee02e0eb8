"""The tables of a live database and their rows, as DataFrames.

Tables only, not views; on PostgreSQL those of the default schema, others as ``schema.table``.
"""

import pandas as pd
import sqlalchemy as sa

from schema_lab.errors import InputError
from schema_lab.schema.frames.columns import columns, kinds
from schema_lab.schema.frames.frames import stated_frame, value_frame
from schema_lab.schema.frames.keys import constraints, foreign_keys, indexes
from schema_lab.schema.frames.reading import explained, locate, reading
from schema_lab.schema.reflection.dialects import reflected_word_for_word
from schema_lab.schema.truth import Models, as_truth, truths

__all__ = ["columns", "constraints", "foreign_keys", "indexes", "names", "query", "rows", "tables"]

TABLES = {"table": "string", "rows": "int64", "columns": "int64"}


@explained
def tables(engine: sa.Engine, hidden: frozenset[str] = frozenset()) -> pd.DataFrame:
    """List the tables, sorted by name. Read-only.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    hidden : frozenset of str
        Names of tables not to list.

    Returns
    -------
    pandas.DataFrame
        table (string), rows (int64, counted), columns (int64).

    Raises
    ------
    DatabaseError
        The database does not answer.

    Examples
    --------
    >>> engine = sa.create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     _ = connection.execute(sa.text("CREATE TABLE users (id INTEGER, name TEXT)"))
    >>> tables(engine)
       table  rows  columns
    0  users     0        2
    """
    with reading(engine) as connection, reflected_word_for_word():
        reflected = sa.inspect(connection).get_multi_columns()
        shown = sorted((name, len(found)) for (_, name), found in reflected.items())
        counted = [
            (name, _count(connection, name), width) for name, width in shown if name not in hidden
        ]
    return stated_frame(TABLES, counted)


@explained
def names(engine: sa.Engine) -> list[str]:
    """List the names of the tables, sorted, and count nothing. Read-only.

    Examples
    --------
    >>> names(sa.create_engine("sqlite://"))
    []
    """
    with reading(engine) as connection:
        return sorted(sa.inspect(connection).get_table_names())


def _count(connection: sa.Connection, name: str) -> int:
    return connection.scalars(sa.select(sa.func.count()).select_from(sa.table(name))).one()


@explained
def rows(engine: sa.Engine, table: str, limit: int = 20, models: Models = None) -> pd.DataFrame:
    """Show the first rows of a table, in the order of its primary key. Read-only.

    Without a primary key the rows come in the order of all columns that can be compared.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    table : str
        A name, or ``schema.name`` on PostgreSQL.
    limit : int
        The number of rows at most.
    models : sqlalchemy.MetaData or a list of them, optional
        What says on MariaDB and MySQL which TINYINT(1) is truth.

    Returns
    -------
    pandas.DataFrame
        The table's columns; whole numbers Int64, floats Float64, truth boolean, text string,
        anything else object as the driver gives it; NULL is pandas.NA.

    Raises
    ------
    InputError
        There is no such table, or the limit is below zero.
    DatabaseError
        The database does not answer.

    Examples
    --------
    >>> engine = sa.create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     _ = connection.execute(sa.text("CREATE TABLE users (id INTEGER PRIMARY KEY, age INT)"))
    ...     _ = connection.execute(sa.text("INSERT INTO users VALUES (2, 30), (1, NULL)"))
    >>> rows(engine, "users")
       id   age
    0   1  <NA>
    1   2    30
    """
    _check_limit(limit)
    with reading(engine) as connection:
        return rows_on(connection, table, limit, models)


def rows_on(
    connection: sa.Connection, table: str, limit: int = 20, models: Models = None
) -> pd.DataFrame:
    """Show the first rows of a table as one connection sees them, also before a commit. Read-only.

    Raises
    ------
    InputError
        There is no such table.
    """
    with reflected_word_for_word():
        inspector = sa.inspect(connection)
        place = locate(inspector, table)
        schema, name = place
        reflected = inspector.get_columns(name, schema)
        heads = kinds(inspector, place)
        key = _order(inspector, schema, name)
    names = [column["name"] for column in reflected]
    source = sa.table(name, *map(sa.column, names), schema=schema)
    order = [source.c[column] for column in key]
    found = connection.execute(sa.select(source).order_by(*order).limit(limit + 1)).all()
    truth = truths(place, reflected, models)
    return value_frame(names, as_truth(names, found, truth), heads, limit)


def _order(inspector: sa.Inspector, schema: str | None, name: str) -> list[str]:
    key = inspector.get_pk_constraint(name, schema)["constrained_columns"]
    not_comparable = (sa.JSON, sa.types.NullType)
    return key or [
        column["name"]
        for column in inspector.get_columns(name, schema)
        if not isinstance(column["type"], not_comparable)
    ]


@explained
def query(engine: sa.Engine, sql: str, limit: int = 1000) -> pd.DataFrame:
    """Run one reading statement in a read-only transaction that is rolled back. Read-only.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    sql : str
        A statement that gives rows: SELECT, WITH, EXPLAIN, SHOW …, sent as it stands.
    limit : int
        The number of rows at most.

    Returns
    -------
    pandas.DataFrame
        The columns of the result, typed as by `rows`; but a result has no declared types, so truth
        stays 1 and 0 where the database keeps it so.

    Raises
    ------
    InputError
        The statement is empty or gives no rows, or the limit is below zero.
    DatabaseError
        The database refuses the statement, for instance because it writes.

    Examples
    --------
    >>> query(sa.create_engine("sqlite://"), "SELECT 1 AS one, NULL AS empty")
       one empty
    0    1  <NA>
    """
    _check_limit(limit)
    if not sql.strip():
        raise InputError("The statement is empty.", "Use a SELECT.")
    with reading(engine) as connection:
        # The drivers would take a % for a placeholder as soon as they are given parameters.
        result = connection.execution_options(no_parameters=True).exec_driver_sql(sql)
        if not result.returns_rows:
            raise InputError("The statement returns no rows.", "Use a SELECT: `query` only reads.")
        return value_frame(list(result.keys()), result.fetchmany(limit + 1), limit=limit)


def _check_limit(limit: int) -> None:
    if limit < 0:
        raise InputError(f"The limit {limit} is not a number of rows.", "Give 0 or more.")
