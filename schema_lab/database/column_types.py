"""Types of live columns, in the database's words."""

from typing import Any

import sqlalchemy as sa

from schema_lab.database.reading import Place

# SQLAlchemy knows not every type of PostgreSQL (xml, point, those of extensions); this does.
_POSTGRESQL_TYPES = sa.text(
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
    " JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE attnum > 0 AND relname = :name AND nspname = coalesce(:schema, current_schema())"
)


def types_of(
    connection: sa.Connection, place: Place, columns: list[dict[str, Any]]
) -> dict[str, str]:
    """Write the type of each reflected column of a table in the database's words. Read-only."""
    spelled: dict[str, str] = {
        column["name"]: column["type"].compile(dialect=connection.dialect)
        for column in columns
        if not isinstance(column["type"], sa.types.NullType)
    }
    if len(spelled) < len(columns) and connection.dialect.name == "postgresql":
        schema, name = place
        known = connection.execute(_POSTGRESQL_TYPES, {"schema": schema, "name": name})
        spelled = {**dict(known.all()), **spelled}
    return {column["name"]: spelled.get(column["name"], "") for column in columns}
