"""The migration lock, and waiting for a server.

The lock lies on the migrating connection itself: one on another connection would be freed while
this connection's DDL still runs. SQLite needs none: BEGIN IMMEDIATE is the lock, and `engines`
names who holds it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError
from tenacity import (
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_delay,
    wait_fixed,
    wait_random_exponential,
)

from schema_lab.database.connections.proxies import refuse_pooler
from schema_lab.errors import DatabaseError

DEFAULT_WAIT = 60.0
"""Seconds to wait for another migration, or for another program that writes."""

_POSTGRESQL_KEY = int.from_bytes(hashlib.sha256(b"schema_lab").digest()[:8], "big", signed=True)


@contextmanager
def exclusive(connection: sa.Connection, timeout: float) -> Iterator[None]:
    """Hold the database's migration lock, waiting at most `timeout` seconds for it.

    The connection leaves without an open transaction, so that Alembic commits what it does.

    Raises
    ------
    DatabaseError
        When the lock is not free in time, with the connection that holds it; or when no session
        can hold it, since a pooler changes sessions.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    refuse_pooler(connection)
    if not _acquire(connection, timeout):
        raise DatabaseError(
            f"Another migration is running on this database ({_holder(connection)}); "
            f"it did not finish within {timeout:g} s.",
            "Wait for it to finish, then try again, or wait longer: `Lab(wait=300)`.",
        )
    try:
        yield
    finally:
        _release(connection)


def _acquire(connection: sa.Connection, timeout: float) -> bool:
    """Poll rather than block: a blocking lock deadlocks with CREATE INDEX CONCURRENTLY."""
    attempts = Retrying(
        stop=stop_after_delay(timeout),
        wait=wait_random_exponential(multiplier=0.02, max=0.5),
        retry=retry_if_result(lambda taken: not taken),
        retry_error_callback=lambda state: False,
    )
    return bool(attempts(_try_once, connection))


def _try_once(connection: sa.Connection) -> bool:
    taken = connection.scalar(_statement(connection, "try"))
    connection.commit()
    return bool(taken)


def _release(connection: sa.Connection) -> None:
    if connection.closed or connection.invalidated:
        return
    try:
        connection.rollback()
        connection.execute(_statement(connection, "release"))
        connection.commit()
    except DBAPIError as error:
        if not error.connection_invalidated:  # the lock ends with its connection
            raise


def _holder(connection: sa.Connection) -> str:
    number = connection.scalar(_statement(connection, "holder"))
    connection.commit()
    return f"connection {number}" if number is not None else "its connection has just gone"


def _statement(connection: sa.Connection, verb: str) -> sa.Executable:
    if connection.dialect.name == "postgresql":
        key = sa.literal(_POSTGRESQL_KEY, sa.BigInteger)
        if verb == "holder":
            return sa.text(
                "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
                " AND (classid::bigint << 32) + objid::bigint = :key"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ).bindparams(key=_POSTGRESQL_KEY)
        function = {"try": sa.func.pg_try_advisory_lock, "release": sa.func.pg_advisory_unlock}
        return sa.select(function[verb](key))
    name = sa.literal(_mysql_name(connection))
    if verb == "try":
        return sa.select(sa.func.get_lock(name, 0))
    return sa.select({"release": sa.func.release_lock, "holder": sa.func.is_used_lock}[verb](name))


_FOLDED = "SELECT IF(@@lower_case_table_names = 0, DATABASE(), LOWER(DATABASE()))"
"""The database as its server knows it, however the URL spells it.
https://mariadb.com/kb/en/identifier-case-sensitivity/"""


def _mysql_name(connection: sa.Connection) -> str:
    """Name the lock after the database: MariaDB's and MySQL's locks span the whole server."""
    database = connection.exec_driver_sql(_FOLDED).scalar() or ""
    return "schema_lab:" + hashlib.sha256(database.encode()).hexdigest()[:40]


def wait_until_it_answers(engine: sa.Engine, seconds: float) -> None:
    """Try to connect until it works, for at most so many seconds. Read-only.

    Raises
    ------
    sqlalchemy.exc.OperationalError
        The last attempt's, when the time is over.
    """
    attempts = Retrying(
        stop=stop_after_delay(seconds),
        wait=wait_fixed(0.5),
        retry=retry_if_exception_type(OperationalError),
        reraise=True,
    )
    attempts(_connect, engine)


def _connect(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.execute(sa.select(1))
