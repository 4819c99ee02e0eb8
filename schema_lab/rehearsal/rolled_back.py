"""A transaction on the live database that is always rolled back.

All engines of the stage share one connection, on which the transaction is open. What SQLAlchemy
takes for BEGIN, COMMIT and ROLLBACK are savepoints within it. A commit that gets past this is
refused by the database itself: on PostgreSQL by a deferred constraint that cannot hold, on SQLite
by its authorizer.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import StaticPool

from schema_lab.database.engines import real_transactions
from schema_lab.errors import DatabaseError
from schema_lab.history import Environment
from schema_lab.rehearsal.copies import Kept, TableKey
from schema_lab.rehearsal.copies.keeping import keep_rows

LOCK_TIMEOUT = 2
"""Seconds that a statement waits for somebody else's lock."""

_SAVEPOINT = "schema_lab_rehearsal"
_NO_COMMIT = (
    "CREATE TEMPORARY TABLE schema_lab_no_commit (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)",
    "INSERT INTO schema_lab_no_commit VALUES (1), (1)",
)
_ENDS = (["ROLLBACK"], ["PREPARE", "TRANSACTION"])
_TEMPORARY = {"postgresql": "pg_temp", "sqlite": "temp"}


@contextmanager
def transaction(environment: Environment) -> Iterator[sa.Engine]:
    """Give an engine whose work is undone at the end, whatever happens.

    Raises
    ------
    DatabaseError
        On a dialect that commits at each DDL statement.
    """
    dialect = environment.url.get_backend_name()
    if dialect not in _TEMPORARY:
        raise DatabaseError(
            "MariaDB and MySQL commit at each DDL statement, so nothing could be rolled back.",
            'Rehearse on a copy: lab.rehearse(how="copy").',
        )
    with environment.engine.connect() as opened:
        driver: Any = opened.connection.driver_connection
        begin = _begin_on_sqlite if dialect == "sqlite" else _begin_on_postgresql
        begin(driver)
        try:
            yield _engine(environment, driver)
        finally:
            with suppress(Exception):  # a connection that is gone has rolled back
                _end(driver, dialect)


def kept(dialect: str) -> Kept:
    """Keep the rows of before in temporary tables, which are of this connection only."""
    schema = _TEMPORARY[dialect]
    return Kept(schema, partial(_keep, schema=schema))


def _keep(
    connection: sa.Connection, tables: Sequence[TableKey], schema: str
) -> dict[TableKey, str]:
    return keep_rows(connection, tables, schema, "TEMPORARY TABLE", "schema_lab_before_")


def _begin_on_postgresql(driver: Any) -> None:
    driver.rollback()
    driver.autocommit = False  # the driver begins with the first statement, and never commits
    cursor = driver.cursor()
    for statement in (f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}s'", *_NO_COMMIT):
        cursor.execute(statement)
    cursor.close()


def _begin_on_sqlite(driver: Any) -> None:
    driver.execute("PRAGMA foreign_keys = OFF")  # a no-op inside of a transaction
    driver.execute("BEGIN IMMEDIATE")
    driver.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, *rest: object) -> int:
    ends = action == sqlite3.SQLITE_TRANSACTION and first in ("COMMIT", "ROLLBACK")
    return sqlite3.SQLITE_DENY if ends else sqlite3.SQLITE_OK


def _end(driver: Any, dialect: str) -> None:
    if dialect == "sqlite":
        driver.set_authorizer(None)
    driver.rollback()


def _engine(environment: Environment, driver: Any) -> sa.Engine:
    """Give an engine on one open connection, whose transactions are savepoints."""
    engine = sa.create_engine(
        environment.url, creator=lambda: driver, poolclass=StaticPool, pool_reset_on_return=None
    )
    dialect: Any = engine.dialect
    nested = _Nested(dialect.loaded_dbapi.Error)
    dialect.do_begin = nested.begin
    dialect.do_commit = nested.commit
    dialect.do_rollback = nested.rollback
    dialect.do_close = lambda connection: None
    dialect.set_isolation_level = _refuse_autocommit
    event.listen(engine, "before_cursor_execute", _guard, retval=True)
    return real_transactions(engine) if dialect.name == "sqlite" else engine


class _Nested:
    """Savepoints in the place of transactions, one within another."""

    def __init__(self, errors: type[Exception]) -> None:
        self.depth = 0
        self._errors = errors

    def begin(self, connection: Any) -> None:
        self.depth += 1
        self._run(connection, "SAVEPOINT")

    def commit(self, connection: Any) -> None:
        self._end(connection, "RELEASE SAVEPOINT")

    def rollback(self, connection: Any) -> None:
        self._end(connection, "ROLLBACK TO SAVEPOINT")

    def _end(self, connection: Any, words: str) -> None:
        if self.depth:  # SQLAlchemy rolls back once on its own, when it has met the server
            self._run(connection, words)
            self.depth -= 1

    def _run(self, connection: Any, words: str) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute(f"{words} {_SAVEPOINT}_{self.depth}")
        except self._errors:
            raise _refusal("The migration has ended the transaction") from None
        finally:
            cursor.close()


def _guard(
    connection: sa.Connection, cursor: Any, sql: str, parameters: Any, *rest: Any
) -> tuple[str, Any]:
    """Refuse what would end the transaction; leave out what would begin one."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and not driver.in_transaction:
        raise _refusal("SQLite has ended the transaction on its own")
    words = sql.upper().replace(";", " ").split()[:2]
    if words[:1] in (["BEGIN"], ["START"]):
        return "SELECT 1", ()
    if words[:1] in (["COMMIT"], ["END"], ["ABORT"]) or words in (
        ["ROLLBACK"],
        ["PREPARE", "TRANSACTION"],
    ):
        raise _refusal(f"The migration itself runs {words[0]}")
    return sql, parameters


def _refuse_autocommit(connection: Any, level: str) -> None:
    raise _refusal(f"The migration runs statements outside of a transaction ({level})")


def _refusal(fact: str) -> DatabaseError:
    return DatabaseError(
        f"{fact}, which cannot be rolled back.", 'Rehearse on a copy: lab.rehearse(how="copy").'
    )
