"""A model's table as the database would spell it, without making it for good.

PostgreSQL makes it as a temporary table in a savepoint that is rolled back; MariaDB and MySQL as a
temporary table by one statement, since CREATE INDEX would commit the transaction. On SQLite nothing
has to be made, since it keeps the text of a statement as it is.
"""

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from schema_lab.database import asking_anew, is_mysql
from schema_lab.schema import as_text, undoubled
from schema_lab.schema.spelling import Row, Spelling
from schema_lab.schema.spelling import mariadb as mariadb_reader
from schema_lab.schema.spelling import postgresql as postgresql_reader
from schema_lab.schema.spelling import sqlite as sqlite_reader
from schema_lab.schema.sql_text import adding, literal, word_for_word

READERS = {
    "sqlite": sqlite_reader,
    "postgresql": postgresql_reader,
    "mariadb": mariadb_reader,
    "mysql": mariadb_reader,
}
"""The reader of each dialect; a table of another dialect is compared as Alembic does."""

TEMPORARY = "_schema_lab_spelled"
"""The temporary table on MariaDB, under whose own name the live table would be hidden."""

SPELLED = "schema_lab.spelled"
"""Where a table that was read from another database keeps its rows, in its `info`."""

_NO_KEYS: Any = []
_REFUSED = re.compile(r"ROW_FORMAT=COMPRESSED|KEY_BLOCK_SIZE=\d+", re.IGNORECASE)


def live_spelling(connection: sa.Connection, name: str, schema: str | None) -> Spelling:
    """Read a live table. Read-only."""
    reader: Any = READERS[connection.dialect.name]
    rows: Spelling = reader.spelled(connection, name, schema)
    return rows


def model_spelling(connection: sa.Connection, table: sa.Table) -> Spelling:
    """Let the database spell a model's table; nothing of it stays.

    Raises
    ------
    SQLAlchemyError
        When the database cannot make such a table for a moment.
    """
    if connection.dialect.name == "sqlite":
        return frozenset(_on_sqlite(connection.dialect, table))
    if connection.dialect.name == "postgresql":
        return _on_postgresql(connection, table)
    return _on_mariadb(connection, table)


def sqlite_statements(dialect: sa.Dialect, table: sa.Table) -> list[str]:
    """Give the CREATE TABLE of a model on SQLite, and the CREATE INDEX of each index."""
    indexes = sorted(table.indexes, key=lambda index: str(index.name))
    return [_sql(CreateTable(table), dialect), *(_sql(CreateIndex(i), dialect) for i in indexes)]


def _sql(element: Any, dialect: sa.Dialect, **options: Any) -> str:
    return undoubled(str(element.compile(dialect=word_for_word(dialect), **options)), dialect)


def _on_sqlite(dialect: sa.Dialect, table: sa.Table) -> Iterator[Row]:
    create, *_ = sqlite_statements(dialect, table)
    yield from sqlite_reader.table_rows(create)
    for index in table.indexes:
        yield sqlite_reader.index_row(str(index.name), _sql(CreateIndex(index), dialect))


def _on_postgresql(connection: sa.Connection, table: sa.Table) -> Spelling:
    with asking_anew(connection):
        savepoint = connection.begin_nested()
        try:
            for statement in _temporary(connection.dialect, table):
                connection.execute(sa.text(as_text(statement)))
            rows = postgresql_reader.spelled_temporary(connection, table.name)
            unlogged = "UNLOGGED" in _sql(CreateTable(table), connection.dialect).split()[:3]
            return rows | frozenset({Row("option", "unlogged", "true")} if unlogged else ())
        finally:
            savepoint.rollback()


def _temporary(dialect: sa.Dialect, table: sa.Table) -> Iterator[str]:
    """Give the statements that make a model's table and what it needs in `pg_temp`."""
    keys = sorted(table.foreign_key_constraints, key=lambda key: str(key.name))
    schemas = {table.schema, *(key.referred_table.schema for key in keys)}
    places = dict.fromkeys((None, *filter(None, schemas)), "pg_temp")
    options: dict[str, Any] = {"schema_translate_map": places, "render_schema_translate": True}
    for type_ in enum_types_of(table, dialect):
        labels = ", ".join(map(literal, type_.enums))
        quoted = dialect.identifier_preparer.quote(str(type_.name))
        yield f"CREATE TYPE pg_temp.{quoted} AS ENUM ({labels})"
        options["schema_translate_map"][type_.schema] = "pg_temp"
    create = _sql(CreateTable(table, include_foreign_key_constraints=_NO_KEYS), dialect, **options)
    yield create.replace("CREATE UNLOGGED TABLE", "CREATE TABLE", 1)
    parents: dict[sa.Table, set[tuple[str, ...]]] = {}
    for key in keys:
        columns = tuple(element.column.name for element in key.elements)
        parents.setdefault(key.referred_table, set()).add(columns)
    for parent, keyed in parents.items():
        if parent is not table:
            yield _parent(parent, keyed, dialect)
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        text = _sql(CreateIndex(index), dialect, **options)
        yield text.replace("INDEX CONCURRENTLY ", "INDEX ", 1)
    for key in keys:
        yield _sql(adding(key), dialect, **options)


def _parent(parent: sa.Table, keys: set[tuple[str, ...]], dialect: sa.Dialect) -> str:
    """Make a table that foreign keys refer to, with nothing but the columns of the keys."""
    quote = dialect.identifier_preparer.quote
    names = sorted({name for key in keys for name in key})
    columns = [f"{quote(name)} {parent.c[name].type.compile(dialect=dialect)}" for name in names]
    unique = [f"UNIQUE ({', '.join(map(quote, key))})" for key in sorted(keys)]
    return f"CREATE TABLE pg_temp.{quote(parent.name)} ({', '.join([*columns, *unique])})"


def enum_types_of(table: sa.Table, dialect: sa.Dialect) -> Iterator[postgresql.ENUM]:
    """Give each enum type of a table's columns, once."""
    known = set()
    for column in table.columns:
        found: Any = column.type.dialect_impl(dialect)
        while not isinstance(found, postgresql.ENUM):
            inner = getattr(found, "item_type", None) or getattr(found, "impl", None)
            if inner is None or inner is found:
                break
            found = inner.dialect_impl(dialect)
        if isinstance(found, postgresql.ENUM) and found.name not in known:
            known.add(found.name)
            yield found


def _on_mariadb(connection: sa.Connection, table: sa.Table) -> Spelling:
    dialect = connection.dialect
    drop = f"DROP TEMPORARY TABLE IF EXISTS {TEMPORARY}"  # never without TEMPORARY
    made, apart = _mariadb_statement(dialect, table)
    with asking_anew(connection):
        try:
            connection.execute(sa.text(as_text(made)))
            rows = mariadb_reader.spelled(connection, TEMPORARY)
        finally:
            connection.execute(sa.text(drop))
    return rows | frozenset(apart)


def _mariadb_statement(dialect: sa.Dialect, table: sa.Table) -> tuple[str, list[Row]]:
    """Give what makes the temporary table, and the rows of what no temporary table can have."""
    apart = []
    create = _sql(CreateTable(table, include_foreign_key_constraints=_NO_KEYS), dialect)
    for found in _REFUSED.findall(create):
        name, _, value = found.partition("=")
        apart.append(Row("option", name.lower(), value.upper()))
    begin = re.compile(r"CREATE TABLE .*? \(\n", re.DOTALL)
    create = begin.sub(f"CREATE TEMPORARY TABLE {TEMPORARY} (\n", _REFUSED.sub("", create), count=1)
    inside: list[str] = []
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        text = _sql(CreateIndex(index), dialect)
        quoted = dialect.identifier_preparer.format_table(table)
        if "FULLTEXT" in text.partition(" ON ")[0]:
            columns = ",".join(column.name for column in index.columns)
            apart.append(Row("index", str(index.name), f"FULLTEXT KEY ({columns})"))
        else:
            inside.append(text.removeprefix("CREATE ").replace(f" ON {quoted} ", " ", 1))
    for key in table.foreign_key_constraints:
        text = _sql(adding(key), dialect).partition("FOREIGN KEY")[2]
        apart.append(mariadb_reader.foreign_key_row(str(key.name or ""), text))
    head, end, options = create.rpartition("\n)")
    return ", \n\t".join([head, *inside]) + end + options, apart


def can_spell(dialect: sa.Dialect) -> bool:
    """Say whether the lab has a reader for a dialect."""
    return dialect.name in READERS or is_mysql(dialect.name)
