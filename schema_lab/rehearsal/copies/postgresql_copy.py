"""Copies of a PostgreSQL database: from a template, or through pg_dump.

CREATE DATABASE … TEMPLATE copies files, which is fast, but the server refuses it while another
client is connected. Source: https://www.postgresql.org/docs/current/sql-createdatabase.html
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from schema_lab.database import close_kept_sessions, engine_for
from schema_lab.database.snapshots.postgresql import PostgresqlTools
from schema_lab.database.snapshots.tools import feed, output
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

KEPT = "schema_lab_before"
_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_OBJECT_IN_USE = "55006"
_FILE_COPY_SINCE = 15
_LIKE = (
    "SELECT pg_encoding_to_char(encoding), datcollate, datctype"
    " FROM pg_database WHERE datname = current_database()"
)
_SETTINGS = (
    "SELECT unnest(setconfig) FROM pg_db_role_setting JOIN pg_database ON oid = setdatabase"
    " WHERE setrole = 0 AND datname = current_database()"
)


@contextmanager
def copy(environment: Environment) -> Iterator[Copy]:
    """Copy the database; the copy is dropped at the end. Read-only on the live database."""
    close_kept_sessions()
    with _dropped_at_the_end(environment) as url, environment.engine.connect() as opened:
        live = opened.execution_options(isolation_level="AUTOCOMMIT")
        made = _from_template(live, str(url.database))
        if not made:
            _create(live, url)
            _from_dump(live, url)
        _take_settings(live, str(url.database))
        opened.close()
        yield Copy(url, _kept(url), _TEMPLATE if made else _DUMP)


@contextmanager
def sample(environment: Environment) -> Iterator[Copy]:
    """Copy the schema and some of the rows. Read-only on the live database."""
    with _dropped_at_the_end(environment) as url:
        with environment.engine.connect() as opened:
            live = opened.execution_options(isolation_level="AUTOCOMMIT")
            _create(live, url)
            _take_settings(live, str(url.database))
            _from_dump(live, url, "--section=pre-data")
        with environment.engine.connect() as live:
            live.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            taken = RowSample.of(live, table_keys(sa.inspect(live)))
            with engine_for(url).connect() as filled:
                taken.put(filled)
                _count_on(filled, taken)
            _from_dump(live, url, "--section=post-data")
        yield Copy(url, _kept(url), _SAMPLED, taken.counts)


@contextmanager
def empty(environment: Environment) -> Iterator[Copy]:
    """Create an empty database with the same encoding and collation; it is dropped at the end.

    Raises
    ------
    DatabaseError
        When the user may not create databases.
    """
    with _dropped_at_the_end(environment) as url:
        with as_lab_errors(environment.url), environment.engine.connect() as opened:
            _create(opened.execution_options(isolation_level="AUTOCOMMIT"), url)
        yield Copy(url, _kept(url), EMPTY)


@contextmanager
def _dropped_at_the_end(environment: Environment) -> Iterator[sa.URL]:
    name = new_name()
    try:
        yield environment.url.set(database=name)
    finally:
        _drop(environment.url, name)


def _kept(url: sa.URL) -> KeptCopy:
    with engine_for(url).begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {KEPT}")
    return KeptCopy(KEPT, keep_in(KEPT, "UNLOGGED TABLE"))


def _count_on(connection: sa.Connection, taken: RowSample) -> None:
    """Set each column's sequence to continue after the copied rows."""
    for source in taken.sources.values():
        for column in source.columns:
            place = {"table": source.spelled.replace("%%", "%"), "column": column}
            if connection.scalar(_SEQUENCE, place) is not None:
                highest: sa.Select[Any] = sa.select(sa.func.max(sa.column(column))).select_from(
                    sa.table(source.key[1], schema=source.key[0])
                )
                connection.execute(_SET, {**place, "value": connection.scalar(highest) or 1})
    connection.commit()


_SEQUENCE = sa.text("SELECT pg_get_serial_sequence(:table, :column)")
_SET = sa.text("SELECT setval(pg_get_serial_sequence(:table, :column), :value)")
_SAMPLED = "a new database with the same schema and some of the rows"
_TEMPLATE = "a copy made by the server (CREATE DATABASE … TEMPLATE)"
_DUMP = "a copy made with pg_dump, because other clients are connected to the database"


def may_copy(connection: sa.Connection) -> bool:
    """Tell whether the user may create databases. Read-only."""
    asked = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    return bool(connection.exec_driver_sql(asked).scalar())


def _from_template(live: sa.Connection, name: str) -> bool:
    """Copy by template unless another client is connected; the server would wait 5 s for it."""
    if live.exec_driver_sql(_OTHERS).scalar():
        return False
    version = (live.dialect.server_version_info or (0,))[0]
    strategy = " STRATEGY file_copy" if int(version) >= _FILE_COPY_SINCE else ""
    quote = live.dialect.identifier_preparer.quote_identifier
    source = quote(live.exec_driver_sql("SELECT current_database()").scalar_one())
    try:
        live.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {source}{strategy}")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != _OBJECT_IN_USE:
            raise
        return False
    return True


def _create(live: sa.Connection, url: sa.URL) -> None:
    encoding, collate, ctype = live.exec_driver_sql(_LIKE).one()
    live.exec_driver_sql(
        f"CREATE DATABASE {url.database} TEMPLATE template0 ENCODING '{encoding}'"
        f" LC_COLLATE '{collate}' LC_CTYPE '{ctype}'"
    )


def _from_dump(live: sa.Connection, url: sa.URL, *only: str) -> None:
    tools = PostgresqlTools.of(live)
    dump = tools.command("pg_dump", "--format=plain", "--no-password", *only)
    with engine_for(url).connect() as target:
        target_tools = PostgresqlTools.of(target)
    arguments = ("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--file=-")
    feed(target_tools.command("psql", *arguments), output(dump))


def _take_settings(live: sa.Connection, name: str) -> None:
    """Apply the settings of ALTER DATABASE … SET to the copy, such as a search_path."""
    for setting in live.exec_driver_sql(_SETTINGS).scalars().all():
        key, _, value = setting.partition("=")
        listed = value if key == "search_path" else "'" + value.replace("'", "''") + "'"
        with suppress(DBAPIError):  # a setting that only a superuser may change
            live.exec_driver_sql(f"ALTER DATABASE {name} SET {key} = {listed}")


def _drop(url: sa.URL, name: str) -> None:
    engine = engine_for(url).execution_options(isolation_level="AUTOCOMMIT")
    with suppress(SQLAlchemyError), engine.connect() as connection:  # a later call sweeps
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def sweep(environment: Environment) -> None:
    """Drop the copies of killed rehearsals."""
    listed = sa.text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix)")
    with environment.engine.connect() as connection:
        names = connection.execute(listed, {"prefix": PREFIX}).scalars().all()
    for name in filter(is_left_over, names):
        _drop(environment.url, name)
