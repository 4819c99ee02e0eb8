"""A checksum of a table's rows, whatever their order: it sees one value written over by another."""

import zlib
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from schema_lab.rehearsal.state import Table

Checksums = Mapping[str, str]
"""From the tables' names to the checksums of their rows."""

MOST_ROWS = 200_000
"""Rows up to which a table is read for its checksum; that takes less than a second."""

_CRC = "schema_lab_crc"


def checksums_of(connection: sa.Connection, tables: Iterable[Table]) -> dict[str, str]:
    """Give the checksums of the rows of all tables that are not too large. Read-only."""
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.create_function(_CRC, -1, _crc, deterministic=True)
    plainly = {"no_parameters": True}  # a name may hold a %
    return {
        table.name: str(
            connection.exec_driver_sql(
                _spelled(connection, table), execution_options=plainly
            ).scalar()
        )
        for table in tables
        if table.rows <= MOST_ROWS and table.columns
    }


def _crc(*values: object) -> int:
    return zlib.crc32(repr(values).encode())


def _spelled(connection: sa.Connection, table: Table) -> str:
    """Spell the question: the sum of the checksums of the rows."""
    quote = connection.dialect.identifier_preparer.quote_identifier
    schema, name = table.key
    source = f"{quote(schema)}.{quote(name)}" if schema else quote(name)
    columns = list(map(quote, table.columns))
    if connection.dialect.name == "sqlite":
        # As bytes: SQLite also keeps text that is none.
        values = [f"typeof({one}), CAST({one} AS BLOB)" for one in columns]
        asked = f"sum({_CRC}({', '.join(values)}))"
    elif connection.dialect.name == "postgresql":
        asked = f"sum(hashtextextended(CAST(ROW({', '.join(columns)}) AS text), 0)::numeric)"
    else:
        values = [f"CAST(QUOTE({one}) AS BINARY)" for one in columns]
        asked = f"SUM(CRC32(CONCAT_WS(',', {', '.join(values)})))"
    # The names come from the database itself and are quoted.
    return f"SELECT {asked} FROM {source}"  # noqa: S608
