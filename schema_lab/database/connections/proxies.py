"""Servers through which no migration can run: a pooler that changes sessions, or a replica.

The migration lock and the settings of a migration belong to a session of the server. A pooler in
transaction mode gives each transaction whichever session is free, so the lock stays behind, and the
settings meet the pool's next client. https://www.pgbouncer.org/features.html

A pooler hands out a number of its own for the session, so only where that differs from what the
server says itself is the connection probed: it must keep its session while another one is used.
"""

from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from schema_lab.database.dialects import is_mysql
from schema_lab.database.urls import masked
from schema_lab.errors import DatabaseError

ROUNDS = 4
"""How often a connection behind a pooler is probed; other clients change what it gets."""

_SESSION = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}
_READ_ONLY = {
    "postgresql": (
        "SELECT CASE WHEN pg_is_in_recovery() THEN 'a replica'"
        " WHEN current_setting('transaction_read_only') = 'on' THEN 'read-only' END"
    ),
    "mysql": "SELECT IF(@@global.read_only, 'read-only', NULL)",
}


def reported_session(connection: sa.Connection) -> int | None:
    """Give the session's number as it was handed out at login; None where a driver hides it."""
    driver: Any = connection.connection.driver_connection
    for name in ("thread_id", "get_backend_pid"):
        if hasattr(driver, name):
            return int(getattr(driver, name)())
    return getattr(getattr(driver, "info", None), "backend_pid", None)


def refuse_pooler(connection: sa.Connection) -> None:
    """Refuse a connection whose session may be another one in each transaction. Changes nothing.

    Parameters
    ----------
    connection
        A connection with no transaction open.

    Raises
    ------
    DatabaseError
        When it has been given another session, or shares its own with another connection.
    """
    query = _query(_SESSION, connection)
    if query is None or reported_session(connection) == _read(connection, query):
        return
    probe = sa.create_engine(connection.engine.url, poolclass=NullPool)
    try:
        moves = any(_moves(connection, probe, query) for _ in range(ROUNDS))
    finally:
        probe.dispose()
    if moves:
        raise DatabaseError(
            f"{masked(connection.engine.url)} is a pooler in transaction mode, such as PgBouncer: "
            "it gives each transaction another session of the server, so a migration cannot hold "
            "its lock. Nothing was run.",
            "Connect directly to the server's own port, or to a pool in session mode.",
        )


def refuse_read_only(connection: sa.Connection) -> None:
    """Refuse a server that accepts no writes, such as a replica. Changes nothing.

    Raises
    ------
    DatabaseError
        Naming the server.
    """
    query = _query(_READ_ONLY, connection)
    found = None if query is None else _read(connection, query)
    if found:
        raise DatabaseError(
            f"The server of {masked(connection.engine.url)} is {found}: it accepts no migration. "
            "Nothing was run.",
            "Name the server that accepts writes in the URL.",
        )


def _moves(connection: sa.Connection, probe: sa.Engine, query: str) -> bool:
    """Say whether a connection keeps its session while another connection uses one."""
    before = _read(connection, query)
    with suppress(DBAPIError), probe.connect() as second:
        if second.exec_driver_sql(query).scalar() == before:
            return True  # a small pool has no other session for a third question
        return bool(_read(connection, query) != before)
    return False


def _query(queries: dict[str, str], connection: sa.Connection) -> str | None:
    name = connection.dialect.name
    return queries.get("mysql" if is_mysql(name) else name)


def _read(connection: sa.Connection, query: str) -> Any:
    """Read a value in a transaction of its own."""
    found = connection.exec_driver_sql(query).scalar()
    connection.rollback()
    return found
