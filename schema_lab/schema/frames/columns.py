"""The columns of a live table: type, keys, targets and NULL, as a DataFrame and as its heads."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import sqlalchemy as sa

from schema_lab.schema.frames.frames import shown, stated_frame
from schema_lab.schema.frames.reading import (
    explained,
    inspecting,
    locate,
    types_of,
    unique_columns,
)
from schema_lab.schema.words import TableKey
from schema_lab.views.rows import Head


def kinds(inspector: sa.Inspector, place: TableKey) -> list[Head]:
    """Say of each column of a table what it is, in the table's own order. Read-only.

    Examples
    --------
    >>> with sa.create_engine("sqlite://").begin() as connection:
    ...     _ = connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY)"))
    ...     found = kinds(sa.inspect(connection), TableKey(None, "t"))
    ...     [(head.name, head.type, head.keys) for head in found]
    [('id', 'INTEGER', ('PK',))]
    """
    schema, name = place
    found = inspector.get_columns(name, schema)
    types = types_of(inspector, place, found)
    primary = inspector.get_pk_constraint(name, schema)["constrained_columns"]
    targets = _targets(inspector.get_foreign_keys(name, schema))
    unique = unique_columns(
        inspector.get_indexes(name, schema), inspector.get_unique_constraints(name, schema)
    )
    alone = {columns[0] for columns in unique if len(columns) == 1}
    return [
        Head(
            column["name"],
            types[column["name"]],
            _keys(column["name"], primary, targets, alone),
            targets.get(column["name"], ""),
            bool(column["nullable"]),
        )
        for column in found
    ]


def _targets(foreign_keys: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {
        name: f"{TableKey(key['referred_schema'], key['referred_table'])}.{target}"
        for key in foreign_keys
        for name, target in zip(key["constrained_columns"], key["referred_columns"], strict=False)
    }


def _keys(
    name: str, primary: Iterable[str], targets: Mapping[str, str], alone: set[str]
) -> tuple[str, ...]:
    held = {"PK": name in primary, "FK": name in targets, "UK": name in alone}
    return tuple(key for key, holds in held.items() if holds and (key != "UK" or not held["PK"]))


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
    with inspecting(engine) as inspector:
        place = locate(inspector, table)
        schema, name = place
        key = inspector.get_pk_constraint(name, schema)["constrained_columns"]
        found = inspector.get_columns(name, schema)
        types = types_of(inspector, place, found)
        known = kinds(inspector, place)
    rows = [
        (
            column["name"],
            types[column["name"]],
            column["nullable"],
            _default(column),
            column["name"] in key,
            column.get("comment"),
        )
        for column in found
    ]
    heads = [Head(name) for name in COLUMNS]
    return shown(stated_frame(COLUMNS, rows), heads, marks=known, listing=True)


def _default(column: Mapping[str, Any]) -> str | None:
    if "computed" in column:
        return f"GENERATED ALWAYS AS ({column['computed']['sqltext']})"
    if "identity" in column:
        return "GENERATED AS IDENTITY"
    return None if column["default"] is None else str(column["default"])
