"""The state of a database's tables: their columns, and the numbers of rows and values.

A `ValueKind` says how the values of a column are compared before and after a migration. A
checksum of a table's rows, in any order, shows whether a value was overwritten.
"""

import warnings
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from schema_lab.database import JOURNAL_TABLE
from schema_lab.schema.reflection.listed import table_keys
from schema_lab.schema.words import TableKey


class ValueKind(Enum):
    """The kind of a column's values, which says how they are compared."""

    NUMBER = "number"
    TRUTH = "truth"
    TEXT = "text"
    TIME = "time"
    OTHER = "other"


def kind_of_type(given: sa.types.TypeEngine[Any]) -> ValueKind:
    """Return the kind of a reflected type.

    Examples
    --------
    >>> kind_of_type(sa.Numeric(10, 2)).value, kind_of_type(sa.String(5)).value
    ('number', 'text')
    """
    if isinstance(given, sa.Boolean):
        return ValueKind.TRUTH
    if isinstance(given, sa.Integer | sa.Numeric | sa.Float):
        return ValueKind.NUMBER
    if isinstance(given, sa.String | sa.Enum):
        return ValueKind.TEXT
    if isinstance(given, sa.DateTime | sa.Date):
        return ValueKind.TIME
    return ValueKind.OTHER


Value = sa.ColumnElement[Any]
Side = tuple[Value, ValueKind]
"""A column before or after, and its kind."""


def differ(dialect: str, before: Side, after: Side) -> sa.ColumnElement[bool]:
    """Return the condition that two values, neither of them NULL, differ.

    Numbers are compared as numbers and times as times, whatever their types. All other values are
    compared by their characters, so that no collation hides a difference.
    """
    if dialect == "sqlite":
        return _differ_on_sqlite(before[0], after[0])
    (old, old_kind), (new, new_kind) = as_number(dialect, before), as_number(dialect, after)
    if old_kind == new_kind and old_kind in (ValueKind.NUMBER, ValueKind.TIME):
        return old != new
    return as_characters(dialect, before) != as_characters(dialect, after)


def as_number(dialect: str, side: Side) -> Side:
    """Read true and false as 1 and 0."""
    value, kind = side
    if kind is not ValueKind.TRUTH:
        return side
    return sa.cast(value, sa.Integer) if dialect == "postgresql" else value, ValueKind.NUMBER


def _differ_on_sqlite(before: Value, after: Value) -> sa.ColumnElement[bool]:
    """Compare on SQLite, where each value has its own type."""
    numbers = ("integer", "real")
    both = sa.and_(sa.func.typeof(before).in_(numbers), sa.func.typeof(after).in_(numbers))
    same_type = sa.func.typeof(before) == sa.func.typeof(after)
    as_they_are = bare(before).collate("BINARY") != bare(after)
    as_text = as_characters("sqlite", (before, ValueKind.OTHER)) != sa.cast(after, sa.Text)
    closely = sa.case((sa.or_(both, same_type), sa.true()), else_=as_text)
    return sa.and_(as_they_are, closely)  # most values are equal, which this finds quickly


def bare(value: Value) -> Value:
    """Return a value without its column's affinity, which would make '007' equal 7.

    Source: https://www.sqlite.org/datatype3.html#type_conversions_prior_to_comparison
    """
    return UnaryExpression(value, operator=custom_op("+"))


def as_characters(dialect: str, side: Side) -> Value:
    """Spell a value in characters, which are compared exactly."""
    value, kind = side
    if dialect == "postgresql":
        return sa.cast(value, sa.Text).collate("C")
    if dialect == "sqlite":
        return sa.cast(value, sa.Text).collate("BINARY")
    if kind is ValueKind.TEXT:
        value = sa.func.convert(value.op("USING")(sa.literal_column("utf8mb4")))
    return sa.cast(value, sa.LargeBinary)


@dataclass(frozen=True)
class ColumnState:
    """A column: its type as the database spells it, its kind, and its number of values."""

    name: str
    type: str
    kind: ValueKind
    values: int


@dataclass(frozen=True)
class TableState:
    """A table: its number of rows, its columns by name, its primary key.

    `unique` lists the columns of each unique constraint.
    """

    key: TableKey
    rows: int
    columns: Mapping[str, ColumnState]
    primary_key: tuple[str, ...]
    unique: tuple[tuple[str, ...], ...] = ()

    @property
    def name(self) -> str:
        """The table's name, with its schema unless that is the default schema."""
        schema, name = self.key
        return f"{schema}.{name}" if schema else name


State = Mapping[TableKey, TableState]


def state_of(
    connection: sa.Connection, version_table: str, *, count: bool = True, keys: bool = True
) -> dict[TableKey, TableState]:
    """Read the tables, except those of the lab and of Alembic. Read-only.

    Without `count`, the numbers of rows and values are 0. Without `keys`, no keys are read.
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
) -> TableState:
    schema, name = key
    found = inspector.get_columns(name, schema)
    table = sa.table(name, *(sa.column(column["name"]) for column in found), schema=schema)
    counts = [sa.func.count(column) for column in table.columns]
    asked = sa.select(sa.func.count(), *counts).select_from(table)
    rows, *values = connection.execute(asked).one() if count else [0] * (len(found) + 1)
    columns = {
        column["name"]: ColumnState(
            column["name"],
            _spelled(connection, column["type"]),
            kind_of_type(column["type"]),
            number,
        )
        for column, number in zip(found, values, strict=True)
    }
    if not keys:
        return TableState(key, rows, columns, ())
    key_columns = tuple(inspector.get_pk_constraint(name, schema)["constrained_columns"])
    return TableState(key, rows, columns, key_columns, _unique_keys(inspector, key))


def _unique_keys(inspector: sa.Inspector, key: TableKey) -> tuple[tuple[str, ...], ...]:
    schema, name = key
    found = inspector.get_unique_constraints(name, schema)
    return tuple(sorted(tuple(constraint["column_names"]) for constraint in found))


def _spelled(connection: sa.Connection, kind: sa.types.TypeEngine[object]) -> str:
    if isinstance(kind, sa.types.NullType):
        return ""
    return str(kind.compile(dialect=connection.dialect))


Checksums = Mapping[str, str]
"""The checksum of each table's rows, by the table's name."""

MOST_ROWS = 200_000
"""Rows up to which a table's checksum is computed, which takes less than a second."""

_CRC = "schema_lab_crc"

_ARGUMENTS = 50
"""Columns in one call of it, with two arguments each; SQLite allows at most 100 arguments.
https://www.sqlite.org/limits.html#max_function_arg"""


def checksums_of(connection: sa.Connection, tables: Iterable[TableState]) -> dict[str, str]:
    """Return the checksums of the rows of all tables that are not too large. Read-only."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function(_CRC, -1, _crc, deterministic=True)
    plainly = {"no_parameters": True}  # a name may hold a %
    return {
        table.name: str(
            connection.exec_driver_sql(
                _sum_of_rows(connection, table), execution_options=plainly
            ).scalar()
        )
        for table in tables
        if table.rows <= MOST_ROWS and table.columns
    }


def _crc(*values: object) -> int:
    return zlib.crc32(repr(values).encode())


def _sum_of_rows(connection: sa.Connection, table: TableState) -> str:
    """Write the query: the sum of the rows' checksums."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    schema, name = table.key
    source = f"{quote(schema)}.{quote(name)}" if schema else quote(name)
    columns = list(map(quote, table.columns))
    if connection.dialect.name == "sqlite":
        # As bytes, since SQLite also stores invalid text.
        values = [f"typeof({column}), CAST({column} AS BLOB)" for column in columns]
        parts = [
            f"{_CRC}({', '.join(values[start : start + _ARGUMENTS])})"
            for start in range(0, len(values), _ARGUMENTS)
        ]
        asked = f"sum({_CRC}({', '.join(parts)}))"
    elif connection.dialect.name == "postgresql":
        asked = f"sum(hashtextextended(CAST(ROW({', '.join(columns)}) AS text), 0)::numeric)"
    else:
        values = [f"CAST(QUOTE({column}) AS BINARY)" for column in columns]
        asked = f"SUM(CRC32(CONCAT_WS(',', {', '.join(values)})))"
    # The names come from the database itself and are quoted.
    return f"SELECT {asked} FROM {source}"  # noqa: S608
