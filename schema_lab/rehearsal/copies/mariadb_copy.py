"""Copies of a MariaDB or MySQL database: a new database filled from a dump."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from zipfile import ZipFile

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from schema_lab.database import engine_for
from schema_lab.database.snapshots.mariadb_dump import PROGRAMS, TABLES, MariadbTools, Names
from schema_lab.errors import DatabaseError
from schema_lab.history import Environment, as_lab_errors
from schema_lab.rehearsal.copies.copy import (
    EMPTY,
    PREFIX,
    Copy,
    KeptCopy,
    is_left_over,
    keep_in,
    new_name,
)
from schema_lab.rehearsal.copies.sampling import RowSample
from schema_lab.schema.reflection.listed import table_keys

_KEPT = "_b"
"""How the name of the database with the kept rows ends."""

_LIKE = sa.text(
    "SELECT default_character_set_name, default_collation_name"
    " FROM information_schema.schemata WHERE schema_name = DATABASE()"
)
_PARTS = tuple(part for part in PROGRAMS if part != "events.sql")
"""Events are not copied: the server would run them in the copy."""


@contextmanager
def copy(environment: Environment) -> Iterator[Copy]:
    """Copy the database; the copy is dropped at the end. Read-only on the live database.

    Raises
    ------
    DatabaseError
        When the user may not create databases.
    """
    name = new_name()
    url = environment.url.set(database=name)
    try:
        with environment.engine.connect() as live:
            _create(live, name)
            _create(live, name + _KEPT)
            tools = MariadbTools.of(live, environment.wait)
            with tempfile.TemporaryFile() as file:
                tools.dump(Names.of(live), file, (TABLES, *_PARTS))
                with ZipFile(file) as archive:
                    for part in (TABLES, *_PARTS):
                        tools.load(archive, part, name)
        yield Copy(url, _kept(name), _MADE)
    finally:
        _drop(environment.url, name)


@contextmanager
def sample(environment: Environment) -> Iterator[Copy]:
    """Copy the schema and some of the rows. Read-only on the live database."""
    name = new_name()
    url = environment.url.set(database=name)
    try:
        with environment.engine.connect() as live:
            _create(live, name)
            _create(live, name + _KEPT)
            names, tools = Names.of(live), MariadbTools.of(live, environment.wait)
            taken = RowSample.of(live, table_keys(sa.inspect(live)))
            with engine_for(url).connect() as filled:
                filled.exec_driver_sql("SET SESSION foreign_key_checks = 0")
                for table in names.tables():
                    created = live.exec_driver_sql(f"SHOW CREATE TABLE {names.quote(table)}").one()
                    filled.execution_options(no_parameters=True).exec_driver_sql(created[1])
                taken.put(filled)
            with tempfile.TemporaryFile() as file:
                tools.dump(names, file, _PARTS)
                with ZipFile(file) as archive:
                    for part in _PARTS:
                        tools.load(archive, part, name)
        yield Copy(url, _kept(name), _SAMPLED, taken.counts)
    finally:
        _drop(environment.url, name)


def _kept(name: str) -> KeptCopy:
    return KeptCopy(name + _KEPT, keep_in(name + _KEPT))


_SAMPLED = "a new database with the same schema and some of the rows"
_MADE = "a copy in a new database, filled from a dump"


@contextmanager
def empty(environment: Environment) -> Iterator[Copy]:
    """Create an empty database with the same character set; it is dropped at the end.

    Raises
    ------
    DatabaseError
        When the user may not create databases.
    """
    name = new_name()
    try:
        with as_lab_errors(environment.url), environment.engine.connect() as live:
            _create(live, name)
            _create(live, name + _KEPT)
        yield Copy(environment.url.set(database=name), _kept(name), EMPTY)
    finally:
        _drop(environment.url, name)


def _create(live: sa.Connection, name: str) -> None:
    characters, collation = live.execute(_LIKE).one()
    try:
        live.exec_driver_sql(
            f"CREATE DATABASE {name} CHARACTER SET {characters} COLLATE {collation}"
        )
    except DBAPIError as error:
        reason = error.orig.args[-1] if error.orig is not None else error
        raise DatabaseError(
            f"A temporary copy needs a new database, which the server refused: {reason}.",
            f"Ask for the right: GRANT ALL ON `schema\\_lab\\_%`.* TO {_user(live)}. Until then, "
            "accept losses with accept_loss=[…]; values that SQL overwrites are not counted.",
        ) from None


def _user(live: sa.Connection) -> str:
    live.rollback()
    name, _, host = str(live.exec_driver_sql("SELECT CURRENT_USER()").scalar_one()).rpartition("@")
    return f"'{name}'@'{host}'"


def _drop(url: sa.URL, name: str) -> None:
    """Drop a copy and its kept rows; a later call drops what another connection has locked."""
    with suppress(SQLAlchemyError), engine_for(url).connect() as connection:
        connection.exec_driver_sql("SET SESSION lock_wait_timeout = 10, foreign_key_checks = 0")
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}{_KEPT}")


def sweep(environment: Environment) -> None:
    """Drop the copies of killed rehearsals."""
    listed = sa.text(
        "SELECT schema_name FROM information_schema.schemata"
        " WHERE LEFT(schema_name, :length) = :prefix"
    )
    with environment.engine.connect() as connection:
        found = connection.execute(listed, {"length": len(PREFIX), "prefix": PREFIX})
        names = found.scalars().all()
    for name in filter(is_left_over, names):
        _drop(environment.url, name.removesuffix(_KEPT))
