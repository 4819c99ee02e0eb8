"""What is: primary keys, unique and check constraints of live tables, as a DataFrame.

Of tables only, no views.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from schema_lab.database.frames import stated_frame
from schema_lab.database.mariadb import plain
from schema_lab.database.reading import Place, explained, reading, selected, spelled
from schema_lab.database.sqlite import unique_details

CONSTRAINTS = {
    "table": "string",
    "name": "string",
    "kind": "string",
    "columns": "string",
    "condition": "string",
}
Reflected = Mapping[Place, Sequence[Mapping[str, Any]]]


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
        schema, names = selected(connection, table, hidden)
        inspector = sa.inspect(connection)
        primary = inspector.get_multi_pk_constraint(schema, filter_names=names)
        unique = reflected_unique(connection, schema, names)
        check = inspector.get_multi_check_constraints(schema, filter_names=names)
    found = [
        (
            spelled(schema, name),
            constraint and plain(engine.dialect, constraint),
            kind,
            columns and plain(engine.dialect, columns),
            condition,
        )
        for name in names
        for constraint, kind, columns, condition in _rows(
            primary[schema, name], unique[schema, name], check[schema, name]
        )
    ]
    return stated_frame(CONSTRAINTS, found)


def reflected_unique(connection: sa.Connection, schema: str | None, names: list[str]) -> Reflected:
    """List the unique constraints of tables, in SQLAlchemy's form. Read-only."""
    reflected = sa.inspect(connection).get_multi_unique_constraints(schema, filter_names=names)
    if connection.dialect.name != "sqlite":
        return reflected
    return {
        (schema, name): unique_details(connection, name, reflected[schema, name]) for name in names
    }


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
