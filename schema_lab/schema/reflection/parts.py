"""Live tables that belong to another object, so that no script drops them by themselves. Read-only.

PostgreSQL's partitions, inheritance children and tables of extensions; SQLite's virtual tables and
the shadow tables that hold their content, which no script could make again:
https://www.postgresql.org/docs/current/ddl-inherit.html
https://www.sqlite.org/vtab.html#the_xshadowname_method
Views, materialized views, foreign tables and sequences are no tables for SQLAlchemy's Inspector.
"""

import sqlite3

import sqlalchemy as sa

from schema_lab.schema.words import TableKey

_POSTGRESQL = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND (
    EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)
    OR EXISTS (
        SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'
        AND d.classid = 'pg_catalog.pg_class'::regclass
    )
)
"""
_SQLITE = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('virtual', 'shadow')"
)
_OLD_SQLITE = """
SELECT part.name FROM sqlite_master part JOIN sqlite_master whole
ON whole.sql LIKE 'CREATE VIRTUAL %' AND substr(part.name, 1, length(whole.name)) = whole.name
WHERE part.type = 'table'
"""
"""SQLite before 3.37 does not say which tables are shadows; a name that begins alike counts."""


def parts_of_others(connection: sa.Connection) -> frozenset[TableKey]:
    """Give the tables that belong to another table, to an extension or to a module.

    The default schema is None.

    Examples
    --------
    >>> with sa.create_engine("sqlite://").connect() as connection:
    ...     _ = connection.exec_driver_sql("CREATE VIRTUAL TABLE notes USING fts5 (body)")
    ...     print(*sorted(place.name for place in parts_of_others(connection)))
    notes notes_config notes_content notes_data notes_docsize notes_idx
    """
    if connection.dialect.name == "postgresql":
        default = connection.dialect.default_schema_name
        return frozenset(
            TableKey(None if schema == default else schema, name)
            for schema, name in connection.exec_driver_sql(_POSTGRESQL)
        )
    if connection.dialect.name != "sqlite":
        return frozenset()
    listed = _SQLITE if sqlite3.sqlite_version_info >= (3, 37) else _OLD_SQLITE
    return frozenset(TableKey(None, name) for (name,) in connection.exec_driver_sql(listed))
