"""The state of a database at one moment: tables, columns, how many rows and how many NULLs."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from schema_lab.database import JOURNAL_TABLE
from schema_lab.rehearsal.copies import TableKey, table_keys
from schema_lab.rehearsal.kinds import Kind, kind_of_type


@dataclass(frozen=True)
class Column:
    """A column: its type as the database spells it, its kind, and how many values it holds."""

    name: str
    type: str
    kind: Kind
    values: int


@dataclass(frozen=True)
class Table:
    """A table: its rows (counted), its columns by name, its primary key.

    `unique` lists the columns of its unique constraints.
    """

    key: TableKey
    rows: int
    columns: Mapping[str, Column]
    primary_key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...] = ()

    @property
    def name(self) -> str:
        """The name, with the schema where that is not the default one."""
        schema, name = self.key
        return f"{schema}.{name}" if schema else name


State = Mapping[TableKey, Table]


def state_of(
    connection: sa.Connection, version_table: str, *, count: bool = True, keys: bool = True
) -> dict[TableKey, Table]:
    """Read the tables, less the lab's and Alembic's own. Read-only.

    Without `count`, rows and values are 0; without `keys`, no table has any.
    """
    hidden = {version_table, JOURNAL_TABLE}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sa.exc.SAWarning)  # types that SQLAlchemy does not know
        inspector = sa.inspect(connection)
        return {
            key: _table(connection, inspector, key, count, keys)
            for key in table_keys(inspector)
            if key[1] not in hidden
        }


def _table(
    connection: sa.Connection, inspector: sa.Inspector, key: TableKey, count: bool, keys: bool
) -> Table:
    schema, name = key
    found = inspector.get_columns(name, schema)
    table = sa.table(name, *(sa.column(one["name"]) for one in found), schema=schema)
    counts = [sa.func.count(column) for column in table.columns]
    asked = sa.select(sa.func.count(), *counts).select_from(table)
    rows, *values = connection.execute(asked).one() if count else [0] * (len(found) + 1)
    columns = {
        one["name"]: Column(
            one["name"], _spelled(connection, one["type"]), kind_of_type(one["type"]), number
        )
        for one, number in zip(found, values, strict=True)
    }
    if not keys:
        return Table(key, rows, columns, ())
    key_columns = tuple(inspector.get_pk_constraint(name, schema)["constrained_columns"])
    return Table(key, rows, columns, key_columns, _unique_keys(inspector, key))


def _unique_keys(inspector: sa.Inspector, key: TableKey) -> tuple[tuple[str, ...], ...]:
    schema, name = key
    found = inspector.get_unique_constraints(name, schema)
    return tuple(sorted(tuple(one["column_names"]) for one in found))


def _spelled(connection: sa.Connection, kind: sa.types.TypeEngine[object]) -> str:
    if isinstance(kind, sa.types.NullType):
        return ""
    return str(kind.compile(dialect=connection.dialect))
