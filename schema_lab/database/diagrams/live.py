"""What is: the live tables, as a diagram. Read-only."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from schema_lab.database.column_types import types_of
from schema_lab.database.diagrams.values import Column, Diagram, Reference, Table, keyed
from schema_lab.database.dialects import is_mysql
from schema_lab.database.mariadb import foreign_key_details, plain
from schema_lab.database.reading import explained, reading, spelled

Found = Mapping[tuple[str | None, str], Any]


@explained
def live(
    engine: sa.Engine, hidden: frozenset[str] = frozenset(), title: str = "database"
) -> Diagram:
    """Give the tables of a database's default schema as a diagram. Read-only.

    Raises
    ------
    DatabaseError
        The database does not answer.

    Examples
    --------
    >>> engine = sa.create_engine("sqlite://")
    >>> with engine.begin() as connection:
    ...     _ = connection.execute(sa.text("CREATE TABLE teams (id INTEGER PRIMARY KEY)"))
    >>> live(engine)
    database: 1 table, 0 foreign keys
      teams
        PK    id  INTEGER NULL
    """
    with reading(engine) as connection:
        there = sa.inspect(connection)
        columns = {key: value for key, value in there.get_multi_columns().items()
                   if key[1] not in hidden}  # fmt: skip
        primary, foreign = there.get_multi_pk_constraint(), _foreign_keys(connection, columns)
        unique, indexes = there.get_multi_unique_constraints(), there.get_multi_indexes()
        tables = [_table(connection, key, columns[key], primary) for key in columns]
    dialect = engine.dialect
    references = [
        _reference(dialect, key, one) for key in columns for one in foreign.get(key) or ()
    ]
    alone = {spelled(*key): _unique(dialect, key, unique, indexes) for key in columns}
    return Diagram.of(title, *keyed(tables, references, alone))


def _foreign_keys(connection: sa.Connection, columns: Found) -> Found:
    if is_mysql(connection.dialect.name):
        return foreign_key_details(connection, [name for _, name in columns])
    return sa.inspect(connection).get_multi_foreign_keys()


def _table(connection: sa.Connection, key: Any, columns: Any, primary: Found) -> Table:
    found = [dict(one) for one in columns]
    types = types_of(connection, key, found)
    names = (primary.get(key) or {}).get("constrained_columns") or ()
    return Table(
        spelled(*key),
        tuple(
            Column(
                plain(connection.dialect, one["name"]),
                types[one["name"]],
                one["nullable"],
                ("PK",) if one["name"] in names else (),
            )
            for one in found
        ),
    )


def _reference(dialect: sa.Dialect, key: Any, one: Any) -> Reference:
    return Reference(
        spelled(*key),
        tuple(plain(dialect, name) for name in one["constrained_columns"]),
        spelled(one["referred_schema"], one["referred_table"]),
        tuple(plain(dialect, name) for name in one["referred_columns"]),
    )


def _unique(dialect: sa.Dialect, key: Any, unique: Found, indexes: Found) -> set[tuple[str, ...]]:
    constraints = [one["column_names"] for one in unique.get(key) or ()]
    whole = [
        one["column_names"]
        for one in indexes.get(key) or ()
        if one["unique"]
        and not any(name.endswith("_where") for name in one.get("dialect_options", ()))
    ]
    return {
        tuple(plain(dialect, name) for name in names)
        for names in [*constraints, *whole]
        if None not in names
    }
