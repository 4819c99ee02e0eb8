"""The tables of a database, by schema and name."""

from collections.abc import Iterator

import sqlalchemy as sa

from schema_lab.rehearsal.copies.values import TableKey

OUT_OF_SIGHT = ("information_schema", "pg_catalog", "schema_lab_before")


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
