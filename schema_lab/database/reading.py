"""Read a database in a way that cannot change it by accident."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from schema_lab.database.failures import database_error
from schema_lab.errors import InputError

P = ParamSpec("P")
T = TypeVar("T")
Place = tuple[str | None, str]

# PostgreSQL runs several statements at once: a COMMIT among them must not end the protection.
_READ_ONLY = {
    "sqlite": ["PRAGMA query_only = ON"],
    "postgresql": [
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET TRANSACTION READ ONLY",
    ],
    "mysql": ["SET SESSION TRANSACTION READ ONLY"],
    "mariadb": ["SET SESSION TRANSACTION READ ONLY"],
}


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


def locate(inspector: sa.Inspector, table: str) -> Place:
    """Find a table by its name, or on PostgreSQL by schema.table. Read-only.

    Returns
    -------
    tuple of (str or None, str)
        Schema (None for the default one) and name.

    Raises
    ------
    InputError
        There is no such table.
    """
    names = inspector.get_table_names()
    if table in names:
        return None, table
    schema, dot, name = table.partition(".")
    if dot and inspector.dialect.name == "postgresql" and name in inspector.get_table_names(schema):
        return schema, name
    near = get_close_matches(table, names, cutoff=0.5)
    raise InputError(
        f"There is no table {table!r}.",
        f"Did you mean {' or '.join(map(repr, near))}?" if near else "See lab.tables() for all.",
    )


def selected(
    connection: sa.Connection, table: str | None, hidden: frozenset[str]
) -> tuple[str | None, list[str]]:
    """Give the schema and names of one table, or of all that are not hidden. Read-only."""
    inspector = sa.inspect(connection)
    if table is None:
        return None, sorted(set(inspector.get_table_names()) - hidden)
    schema, name = locate(inspector, table)
    return schema, [name]


def spelled(schema: str | None, name: str) -> str:
    """Spell a table's name, with its schema where that is not the default one."""
    return f"{schema}.{name}" if schema else name
