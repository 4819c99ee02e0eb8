"""What is: the indexes of live tables, as a DataFrame. Of tables only, no views."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from schema_lab.database import mariadb, sqlite
from schema_lab.database.dialects import is_mysql
from schema_lab.database.frames import stated_frame
from schema_lab.database.reading import Place, explained, reading, selected, spelled

INDEXES = {
    "table": "string",
    "index": "string",
    "columns": "string",
    "unique": "bool",
    "where": "string",
}
Reflected = Mapping[Place, Sequence[Mapping[str, Any]]]


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
        schema, names = selected(connection, table, hidden)
        reflected = reflected_indexes(connection, schema, names)
    found = [
        (
            spelled(schema, name),
            index["name"],
            _keys(index),
            index["unique"],
            _where(index),
        )
        for name in names
        for index in reflected[schema, name]
    ]
    return stated_frame(INDEXES, found)


def reflected_indexes(connection: sa.Connection, schema: str | None, names: list[str]) -> Reflected:
    """List the indexes of tables, in SQLAlchemy's form. Read-only."""
    if connection.dialect.name == "sqlite":
        return {(schema, name): sqlite.index_details(connection, name) for name in names}
    if is_mysql(connection.dialect.name):
        return mariadb.index_details(connection, names)
    return sa.inspect(connection).get_multi_indexes(schema, filter_names=names)


def _keys(index: Mapping[str, Any]) -> str:
    descending = [key for key, order in index.get("column_sorting", {}).items() if "desc" in order]
    keys = index.get("expressions", index["column_names"])
    return ", ".join(f"{key} DESC" if key in descending else key for key in keys)


def _where(index: Mapping[str, Any]) -> str | None:
    options: Mapping[str, str | None] = index.get("dialect_options", {})
    return options.get("sqlite_where") or options.get("postgresql_where")
