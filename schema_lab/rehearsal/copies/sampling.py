"""A sample: some rows of each table, and all rows that their foreign keys refer to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import sqlalchemy as sa

from schema_lab.schema.words import TableKey

ROWS = 10_000
"""Rows taken from each table, besides the rows that others refer to."""

_AT_ONCE = 500
"""Rows read by their keys in one query."""

Row = tuple[Any, ...]


@dataclass
class _Source:
    """A table: its columns that are not computed, and the chosen rows."""

    key: TableKey
    spelled: str
    columns: list[str]
    quoted: list[str]
    primary_key: list[str]
    foreign_keys: list[tuple[list[str], TableKey, list[str]]]
    rows: dict[Row, None] = field(default_factory=dict)

    def values(self, rows: Sequence[Row], columns: Sequence[str]) -> set[Row]:
        """Return the values of some columns, for rows in which none is NULL."""
        places = [self.columns.index(name) for name in columns]
        found = {tuple(row[place] for place in places) for row in rows}
        return {row for row in found if None not in row}


@dataclass(frozen=True)
class RowSample:
    """The chosen rows by table, with what is needed to insert them elsewhere."""

    sources: Mapping[TableKey, _Source]

    @classmethod
    def of(cls, connection: sa.Connection, keys: Sequence[TableKey]) -> "RowSample":
        """Choose rows of a database. Read-only."""
        inspector = sa.inspect(connection)
        sources = {key: _source(connection, inspector, key) for key in keys}
        reader = _Reader(connection)
        waiting = [(source, reader.first(source, ROWS)) for source in sources.values()]
        while waiting:
            source, found = waiting.pop()
            new = [row for row in found if row not in source.rows]
            source.rows.update(dict.fromkeys(new))
            for columns, parent, referred in source.foreign_keys:
                target = sources.get(parent)
                if new and target is not None:
                    there = target.values(list(target.rows), referred)
                    missing = source.values(new, columns) - there
                    if missing:
                        waiting.append((target, reader.by_key(target, referred, missing)))
        return cls(sources)

    @property
    def counts(self) -> dict[TableKey, int]:
        """How many rows of each table were chosen."""
        return {key: len(source.rows) for key, source in self.sources.items()}

    def put(self, connection: sa.Connection) -> None:
        """Insert the rows into tables of the same names. Changes that database, a copy."""
        driver: Any = connection.connection.driver_connection
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        override = " OVERRIDING SYSTEM VALUE" if connection.dialect.name == "postgresql" else ""
        cursor = driver.cursor()
        for source in self.sources.values():
            if source.rows:
                marks = ", ".join([mark] * len(source.columns))
                columns = ", ".join(source.quoted)
                into = f"INSERT INTO {source.spelled} ({columns}){override} VALUES ({marks})"  # noqa: S608
                cursor.executemany(into, list(source.rows))
        cursor.close()
        driver.commit()


def _source(connection: sa.Connection, inspector: sa.Inspector, key: TableKey) -> _Source:
    schema, name = key
    quote = connection.dialect.identifier_preparer.quote_identifier
    doubled: Callable[[str], str] = (
        quote
        if connection.dialect.name == "sqlite"
        else lambda name: quote(name).replace("%", "%%")
    )
    columns = [
        column["name"]
        for column in inspector.get_columns(name, schema)
        if not column.get("computed")
    ]
    keys = [
        (
            link["constrained_columns"],
            TableKey(link["referred_schema"], link["referred_table"]),
            referred,
        )
        for link in inspector.get_foreign_keys(name, schema)
        if (referred := link["referred_columns"])
    ]
    return _Source(
        key,
        f"{doubled(schema)}.{doubled(name)}" if schema else doubled(name),
        columns,
        [doubled(column) for column in columns],
        inspector.get_pk_constraint(name, schema)["constrained_columns"],
        keys,
    )


class _Reader:
    """Reads rows as the driver returns them; on PostgreSQL as text, which every type accepts."""

    def __init__(self, connection: sa.Connection) -> None:
        self._driver: Any = connection.connection.driver_connection
        self._dialect = connection.dialect.name
        self._mark = "?" if self._dialect == "sqlite" else "%s"

    def first(self, source: _Source, rows: int) -> list[Row]:
        """Read rows spread over the table by its first key column, or else its first rows."""
        order = [source.quoted[source.columns.index(name)] for name in source.primary_key]
        by_key = f" ORDER BY {', '.join(order)}" if order else ""
        return self._rows(source, f"{self._spread(source, order, rows)}{by_key} LIMIT {rows}", ())

    def _spread(self, source: _Source, order: list[str], rows: int) -> str:
        """Select every n-th row if the key is a single integer column."""
        if len(order) != 1:
            return ""
        asked = f"SELECT count(*), min({order[0]}), max({order[0]}) FROM {source.spelled}"  # noqa: S608
        count, lowest, highest = self._run(asked, ())[0]
        if count <= rows or not (isinstance(lowest, int) and isinstance(highest, int)):
            return ""
        step = -(-count // rows)
        percent = "%" if self._dialect == "sqlite" else "%%"
        return f" WHERE {order[0]} {percent} {step} = {lowest} {percent} {step}"

    def by_key(self, source: _Source, columns: list[str], values: set[Row]) -> list[Row]:
        """Read the rows with these values."""
        quoted = [source.quoted[source.columns.index(name)] for name in columns]
        marks = f"({', '.join([self._mark] * len(columns))})"
        found: list[Row] = []
        for part in _parts(sorted(values, key=str)):
            if len(columns) == 1:
                listed = f"{quoted[0]} IN ({', '.join([self._mark] * len(part))})"
            else:
                values_of = "VALUES " if self._dialect == "sqlite" else ""
                listed = f"({', '.join(quoted)}) IN ({values_of}{', '.join([marks] * len(part))})"
            found += self._rows(source, f" WHERE {listed}", [v for row in part for v in row])
        return found

    def _rows(self, source: _Source, rest: str, values: Sequence[Any]) -> list[Row]:
        columns = source.quoted
        if self._dialect == "postgresql":
            columns = [f"CAST({column} AS text)" for column in columns]
        # The names come from the database itself and are quoted.
        return self._run(f"SELECT {', '.join(columns)} FROM {source.spelled}{rest}", values)  # noqa: S608

    def _run(self, sql: str, values: Sequence[Any]) -> list[Row]:
        cursor = self._driver.cursor()
        cursor.execute(sql, tuple(values))
        rows = [tuple(row) for row in cursor.fetchall()]
        cursor.close()
        return rows


def _parts(values: Sequence[Row]) -> Iterator[list[Row]]:
    listed = iter(values)
    while part := list(islice(listed, _AT_ONCE)):
        yield part
