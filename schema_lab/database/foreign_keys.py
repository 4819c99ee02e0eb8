"""What is: the foreign keys of live tables, as a DataFrame. Of tables only, no views."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from schema_lab.database import mariadb, sqlite
from schema_lab.database.dialects import is_mysql
from schema_lab.database.frames import stated_frame
from schema_lab.database.reading import Place, explained, reading, selected, spelled

FOREIGN_KEYS = {
    "table": "string",
    "name": "string",
    "columns": "string",
    "referred_table": "string",
    "referred_columns": "string",
    "on_update": "string",
    "on_delete": "string",
}
Reflected = Mapping[Place, Sequence[Mapping[str, Any]]]


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
        schema, names = selected(connection, table, hidden)
        reflected = reflected_foreign_keys(connection, schema, names)
    found = [
        (
            spelled(schema, name),
            key["name"],
            ", ".join(key["constrained_columns"]),
            spelled(key["referred_schema"], key["referred_table"]),
            ", ".join(key["referred_columns"]),
            key["options"].get("onupdate"),
            key["options"].get("ondelete"),
        )
        for name in names
        for key in reflected[schema, name]
    ]
    return stated_frame(FOREIGN_KEYS, found)


def reflected_foreign_keys(
    connection: sa.Connection, schema: str | None, names: list[str]
) -> Reflected:
    """List the foreign keys of tables, in SQLAlchemy's form. Read-only."""
    if is_mysql(connection.dialect.name):
        return mariadb.foreign_key_details(connection, names)
    reflected = sa.inspect(connection).get_multi_foreign_keys(schema, filter_names=names)
    if connection.dialect.name == "sqlite":
        for name in names:
            actions = sqlite.foreign_key_actions(connection, name)
            for key in reflected[schema, name]:
                place = (key["referred_table"], tuple(key["constrained_columns"]))
                key["options"] = actions.get(place, {})
    return reflected
