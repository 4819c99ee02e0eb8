"""Read a database in a way that cannot change it by accident."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from schema_lab.database.dialects import shared
from schema_lab.database.failures import database_error
from schema_lab.errors import InputError
from schema_lab.schema.reflection.dialects import reflected_word_for_word
from schema_lab.schema.words import TableKey

P = ParamSpec("P")
T = TypeVar("T")

# PostgreSQL runs several statements at once: a COMMIT among them must not end the protection.
_READ_ONLY = shared(
    {
        "sqlite": ["PRAGMA query_only = ON"],
        "postgresql": [
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            "SET TRANSACTION READ ONLY",
        ],
        "mysql": ["SET SESSION TRANSACTION READ ONLY"],
    }
)


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection that refuses to write, and roll back at the end. Read-only.

    It guards against accidents: SQL that switches the protection off on purpose can write.

    Examples
    --------
    >>> with reading(sa.create_engine("sqlite://")) as connection:
    ...     connection.scalar(sa.text("SELECT 6 * 7"))
    42
    """
    with warnings.catch_warnings(), engine.connect() as connection:
        # What reflection does not know it leaves out with a warning, and this package shows.
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        if engine.dialect.name != "sqlite":
            connection.detach()  # so that no pool hands the read-only session on
        for statement in _READ_ONLY[engine.dialect.name]:
            connection.exec_driver_sql(statement)
        try:
            yield connection
        finally:
            connection.rollback()
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = OFF")


@contextmanager
def inspecting(engine: sa.Engine) -> Iterator[sa.Inspector]:
    """Give an Inspector that reads tables as the comparison does. Read-only.

    Examples
    --------
    >>> with inspecting(sa.create_engine("sqlite://")) as inspector:
    ...     inspector.get_table_names()
    []
    """
    with reading(engine) as connection, reflected_word_for_word():
        yield sa.inspect(connection)


def explained(
    read: Callable[Concatenate[sa.Engine, P], T],
) -> Callable[Concatenate[sa.Engine, P], T]:
    """Make a function on an engine raise DatabaseError where SQLAlchemy raises its own."""

    @wraps(read)
    def read_or_explain(engine: sa.Engine, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return read(engine, *args, **kwargs)
        except sa.exc.SQLAlchemyError as error:
            problem = database_error(error, engine.url)
        raise problem

    return read_or_explain


def locate(inspector: sa.Inspector, table: str) -> TableKey:
    """Find a table by its name, or on PostgreSQL by schema.table. Read-only.

    Returns
    -------
    TableKey
        Its schema (None for the default one) and name.

    Raises
    ------
    InputError
        There is no such table.
    """
    names = inspector.get_table_names()
    if table in names:
        return TableKey(None, table)
    schema, dot, name = table.partition(".")
    if dot and inspector.dialect.name == "postgresql" and name in inspector.get_table_names(schema):
        return TableKey(schema, name)
    near = get_close_matches(table, names, cutoff=0.5)
    raise InputError(
        f"There is no table {table!r}.",
        f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else "`lab.tables()` lists all tables.",
    )


def selected(
    inspector: sa.Inspector, table: str | None, hidden: frozenset[str]
) -> tuple[str | None, list[str]]:
    """Give the schema and names of one table, or of all that are not hidden. Read-only."""
    if table is None:
        return None, sorted(set(inspector.get_table_names()) - hidden)
    schema, name = locate(inspector, table)
    return schema, [name]


# SQLAlchemy knows not every type of PostgreSQL (xml, point, those of extensions); this does.
_POSTGRESQL_TYPES = sa.text(
    "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
    " JOIN pg_class ON pg_class.oid = attrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE attnum > 0 AND relname = :name AND nspname = coalesce(:schema, current_schema())"
)


def types_of(
    inspector: sa.Inspector, place: TableKey, columns: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Write the type of each reflected column of a table in the database's words. Read-only."""
    spelled: dict[str, str] = {
        column["name"]: column["type"].compile(dialect=inspector.dialect)
        for column in columns
        if not isinstance(column["type"], sa.types.NullType)
    }
    if len(spelled) < len(columns) and inspector.dialect.name == "postgresql":
        schema, name = place
        bind: Any = inspector.bind
        known = bind.execute(_POSTGRESQL_TYPES, {"schema": schema, "name": name})
        spelled = {**dict(known.all()), **spelled}
    return {column["name"]: spelled.get(column["name"], "") for column in columns}


def unique_columns(
    indexes: Iterable[Mapping[str, Any]], constraints: Iterable[Mapping[str, Any]]
) -> set[tuple[str, ...]]:
    """Name the columns that no two rows share, by a table's indexes and unique constraints."""
    whole: list[Sequence[str | None]] = [
        index["column_names"]
        for index in indexes
        if index["unique"]
        and not any(option.endswith("_where") for option in index.get("dialect_options", ()))
    ]
    listed = [*whole, *(constraint["column_names"] for constraint in constraints)]
    return {tuple(map(str, columns)) for columns in listed if None not in columns}
