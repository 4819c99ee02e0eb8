"""An empty database of the same dialect and characters, gone at the end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import count

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.database import engine_for
from schema_lab.history import Environment, as_lab_errors
from schema_lab.rehearsal.copies import Kept, TableKey, folder
from schema_lab.rehearsal.copies.keeping import keep_rows
from schema_lab.rehearsal.copies.sqlite import kept
from schema_lab.rehearsal.names import new_name

KEPT = "schema_lab_before"
"""PostgreSQL's schema for the rows of before."""

_CHARACTERS_OF_POSTGRESQL = (
    "SELECT pg_encoding_to_char(encoding), datcollate, datctype"
    " FROM pg_database WHERE datname = current_database()"
)
_CHARACTERS_OF_MARIADB = (
    "SELECT default_character_set_name, default_collation_name"
    " FROM information_schema.schemata WHERE schema_name = DATABASE()"
)
Empty = tuple[sa.URL, Kept]
"""The URL of an empty database, and where rows are kept beside it."""


@contextmanager
def empty_like(environment: Environment) -> Iterator[Empty]:
    """Make an empty database; it is gone at the end. The database itself is only asked.

    A name says who made it, so that what a killed process leaves is swept by a later call.

    Raises
    ------
    DatabaseError
        When the user may not create databases.
    """
    dialect = environment.url.get_backend_name()
    if dialect == "sqlite":
        with folder() as place:
            path = place / "copy.db"
            path.touch(mode=0o600)
            url = environment.url.set(database=str(path), query={})
            yield url, kept(path, place / "before.db")
        return
    with _on_postgresql(environment) if dialect == "postgresql" else _on_mariadb(environment) as it:
        yield it


@contextmanager
def _on_postgresql(environment: Environment) -> Iterator[Empty]:
    name = new_name()
    live = environment.engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with as_lab_errors(environment.url), live.connect() as connection:
            encoding, collate, ctype = connection.exec_driver_sql(_CHARACTERS_OF_POSTGRESQL).one()
            connection.exec_driver_sql(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}'"
                f" LC_COLLATE '{collate}' LC_CTYPE '{ctype}'"
            )
        url = environment.url.set(database=name)
        with engine_for(url).begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {KEPT}")
        yield url, Kept(KEPT, _keeper(partial(keep_rows, schema=KEPT, kind="UNLOGGED TABLE")))
    finally:
        with suppress(SQLAlchemyError), live.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def _on_mariadb(environment: Environment) -> Iterator[Empty]:
    name = new_name()
    beside = f"{name}_b"
    try:
        with as_lab_errors(environment.url), environment.engine.connect() as connection:
            characters, collation = connection.exec_driver_sql(_CHARACTERS_OF_MARIADB).one()
            for one in (name, beside):
                connection.exec_driver_sql(
                    f"CREATE DATABASE {one} CHARACTER SET {characters} COLLATE {collation}"
                )
        keep = _keeper(partial(keep_rows, schema=beside))
        yield environment.url.set(database=name), Kept(beside, keep)
    finally:
        with suppress(SQLAlchemyError), environment.engine.connect() as connection:
            connection.exec_driver_sql("SET SESSION lock_wait_timeout = 10, foreign_key_checks = 0")
            for one in (name, beside):
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {one}")


def _keeper(
    keep: Callable[..., dict[TableKey, str]],
) -> Callable[[sa.Connection, Sequence[TableKey]], dict[TableKey, str]]:
    """Keep rows again and again, each time under new names."""
    numbers = count()

    def anew(connection: sa.Connection, tables: Sequence[TableKey]) -> dict[TableKey, str]:
        return keep(connection, tables, prefix=f"t{next(numbers)}_")

    return anew
