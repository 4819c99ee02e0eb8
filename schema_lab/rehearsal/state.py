"""The state of a database at one moment: tables, columns, how many rows and how many NULLs."""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from schema_lab.database import JOURNAL_TABLE
from schema_lab.rehearsal.copies import TableKey
from schema_lab.rehearsal.kinds import Kind, kind_of_type

OUT_OF_SIGHT = ("information_schema", "pg_catalog", "schema_lab_before")


@dataclass(frozen=True)
class Column:
    """A column: its type as the database spells it, its kind, and how many values it holds."""

    name: str
    type: str
    kind: Kind
    values: int


@dataclass(frozen=True)
class Table:
    """A table: its rows (counted), its columns by name, its primary key."""

    key: TableKey
    rows: int
    columns: Mapping[str, Column]
    primary_key: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name, with the schema where that is not the default one."""
        schema, name = self.key
        return f"{schema}.{name}" if schema else name


State = Mapping[TableKey, Table]


def state_of(connection: sa.Connection, version_table: str) -> dict[TableKey, Table]:
    """Read the tables, less the lab's and Alembic's own; all rows are counted. Read-only."""
    hidden = {version_table, JOURNAL_TABLE}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sa.exc.SAWarning)  # types that SQLAlchemy does not know
        inspector = sa.inspect(connection)
        return {
            key: _table(connection, inspector, key)
            for key in table_keys(inspector)
            if key[1] not in hidden
        }


def table_keys(inspector: sa.Inspector) -> list[TableKey]:
    """List the tables of the default schema, and on PostgreSQL of all others. Read-only."""
    return sorted(_keys(inspector), key=str)


def _keys(inspector: sa.Inspector) -> Iterator[TableKey]:
    yield from ((None, name) for name in inspector.get_table_names())
    if inspector.dialect.name == "postgresql":
        default = inspector.default_schema_name
        for schema in inspector.get_schema_names():
            if schema not in (*OUT_OF_SIGHT, default):
                yield from ((schema, name) for name in inspector.get_table_names(schema))


def _table(connection: sa.Connection, inspector: sa.Inspector, key: TableKey) -> Table:
    schema, name = key
    found = inspector.get_columns(name, schema)
    table = sa.table(name, *(sa.column(one["name"]) for one in found), schema=schema)
    counts = [sa.func.count(column) for column in table.columns]
    rows, *values = connection.execute(sa.select(sa.func.count(), *counts).select_from(table)).one()
    columns = {
        one["name"]: Column(
            one["name"], _spelled(connection, one["type"]), kind_of_type(one["type"]), count
        )
        for one, count in zip(found, values, strict=True)
    }
    key_columns = tuple(inspector.get_pk_constraint(name, schema)["constrained_columns"])
    return Table(key, rows, columns, key_columns)


def _spelled(connection: sa.Connection, kind: sa.types.TypeEngine[object]) -> str:
    if isinstance(kind, sa.types.NullType):
        return ""
    return str(kind.compile(dialect=connection.dialect))
