"""What is: the live tables, as a diagram. Read-only."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from schema_lab.schema.diagrams.values import (
    Diagram,
    DiagramColumn,
    DiagramTable,
    Reference,
    keyed,
)
from schema_lab.schema.frames.reading import (
    explained,
    inspecting,
    types_of,
    unique_columns,
)
from schema_lab.schema.words import TableKey


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
    with inspecting(engine) as inspector:
        columns = {
            TableKey(*place): found
            for place, found in inspector.get_multi_columns().items()
            if place[1] not in hidden
        }
        primary, foreign = inspector.get_multi_pk_constraint(), inspector.get_multi_foreign_keys()
        indexes, uniques = inspector.get_multi_indexes(), inspector.get_multi_unique_constraints()
        tables = [_table(inspector, place, columns[place], primary[place]) for place in columns]
    alone = {
        str(place): unique_columns(indexes.get(place, ()), uniques.get(place, ()))
        for place in columns
    }
    references = [_reference(place, key) for place in columns for key in foreign.get(place) or ()]
    return Diagram.of(title, *keyed(tables, references, alone))


def _table(inspector: sa.Inspector, place: TableKey, columns: Any, primary: Any) -> DiagramTable:
    types = types_of(inspector, place, columns)
    return DiagramTable(
        str(place),
        tuple(
            DiagramColumn(
                column["name"],
                types[column["name"]],
                column["nullable"],
                ("PK",) if column["name"] in primary["constrained_columns"] else (),
            )
            for column in columns
        ),
    )


def _reference(place: TableKey, key: Mapping[str, Any]) -> Reference:
    return Reference(
        str(place),
        tuple(key["constrained_columns"]),
        str(TableKey(key["referred_schema"], key["referred_table"])),
        tuple(key["referred_columns"]),
    )
