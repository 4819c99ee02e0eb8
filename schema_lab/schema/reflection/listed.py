"""Which tables a database has, in all of its schemas."""

from collections.abc import Iterator

import sqlalchemy as sa

from schema_lab.schema.words import TableKey

HIDDEN_SCHEMAS = ("information_schema", "pg_catalog", "schema_lab_before")


def table_keys(inspector: sa.Inspector) -> list[TableKey]:
    """List the tables of the default schema; on PostgreSQL, of all schemas. Read-only."""
    return sorted(_keys(inspector), key=str)


def _keys(inspector: sa.Inspector) -> Iterator[TableKey]:
    yield from (TableKey(None, name) for name in inspector.get_table_names())
    if inspector.dialect.name == "postgresql":
        default = inspector.default_schema_name
        for schema in inspector.get_schema_names():
            if schema not in (*HIDDEN_SCHEMAS, default):
                yield from (TableKey(schema, name) for name in inspector.get_table_names(schema))
