"""What is: the columns of a live table, as a DataFrame."""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from schema_lab.database.column_types import types_of
from schema_lab.database.frames import stated_frame
from schema_lab.database.kinds import kinds
from schema_lab.database.mariadb import plain
from schema_lab.database.reading import explained, locate, reading
from schema_lab.database.shown import shown
from schema_lab.views.frame import Head

COLUMNS = {
    "column": "string",
    "type": "string",
    "nullable": "bool",
    "default": "string",
    "primary_key": "bool",
    "comment": "string",
}


@explained
def columns(engine: sa.Engine, table: str) -> pd.DataFrame:
    """List the columns of a table in its own order. Read-only.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    table : str
        A name, or ``schema.name`` on PostgreSQL.

    Returns
    -------
    pandas.DataFrame
        column, type (string, in the database's words), nullable (bool), default (string, the
        expression as the database keeps it), primary_key (bool), comment (string).

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
    ...     _ = connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY, n INT)"))
    >>> columns(engine, "t")[["column", "type", "primary_key"]]
      column     type  primary_key
    0     id  INTEGER         True
    1      n  INTEGER        False
    """
    with reading(engine) as connection:
        inspector = sa.inspect(connection)
        schema, name = locate(inspector, table)
        key = inspector.get_pk_constraint(name, schema)["constrained_columns"]
        found: list[dict[str, Any]] = [
            dict(column) for column in inspector.get_columns(name, schema)
        ]
        types = types_of(connection, (schema, name), found)
        known = kinds(connection, (schema, name))
    frame = stated_frame(
        COLUMNS,
        [
            (
                plain(engine.dialect, column["name"]),
                types[column["name"]],
                column["nullable"],
                _default(column),
                column["name"] in key,
                column.get("comment"),
            )
            for column in found
        ],
    )
    return shown(frame, [Head(one) for one in COLUMNS], marks=known, listing=True)


def _default(column: dict[str, Any]) -> str | None:
    if "computed" in column:
        return f"GENERATED ALWAYS AS ({column['computed']['sqltext']})"
    if "identity" in column:
        return "GENERATED AS IDENTITY"
    return None if column["default"] is None else str(column["default"])
