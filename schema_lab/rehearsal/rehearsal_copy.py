"""Where a rehearsal runs: on a copy, on a sample, or in a transaction that is rolled back.

`choose_method` decides, and says why; `rehearsal_copy` opens it as an environment to migrate.

In a transaction on the live database, all engines share one connection. SQLAlchemy's BEGIN,
COMMIT and ROLLBACK become savepoints on it. The database itself refuses any other commit: on
PostgreSQL by a deferred constraint that is violated, on SQLite by its authorizer.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import StaticPool

from schema_lab.candidate import Metadata, compare, drift_of
from schema_lab.compare import Drift
from schema_lab.database import engine_for
from schema_lab.database.connections.engines import real_transactions
from schema_lab.database.dialects import shared
from schema_lab.errors import DatabaseError, InputError
from schema_lab.history import Environment, as_lab_errors
from schema_lab.rehearsal.copies import Copy, KeptCopy, module_of, postgresql_copy
from schema_lab.rehearsal.copies.copy import keep_rows
from schema_lab.schema.words import TableKey

METHODS = ("copy", "transaction", "sample")
MEGABYTE = 2**20
LIMITS = shared({"sqlite": 2048, "postgresql": 2048, "mysql": 256})
"""Megabytes up to which a database is copied in full, unless a full copy is requested."""

_SIZES = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "mysql": (
        "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()"
    ),
}
_HELD = (
    "The statements held their locks on the live database until the rollback, and other "
    "connections had to wait. To keep this short, only this direction was rehearsed."
)
_SEQUENCES = "The rollback does not reset sequences: the numbers they returned are used up."


@dataclass(frozen=True)
class CopyMethod:
    """How a rehearsal runs ("copy", "sample" or "transaction"), and why."""

    how: str
    why: str

    @property
    def notes(self) -> tuple[str, ...]:
        """The consequences of this method, for the report."""
        return (_HELD, _SEQUENCES) if self.how == "transaction" else ()


def choose_method(environment: Environment, how: str | None) -> CopyMethod:
    """Choose by the request, the size of the database and the user's rights. Read-only.

    Raises
    ------
    InputError
        When `how` is unknown.
    DatabaseError
        When a copy is requested that the user may not create.
    """
    if how is not None and how not in METHODS:
        methods = ", ".join(map(repr, METHODS))
        raise InputError(f"how={how!r} is not a way to rehearse.", f"Use one of {methods}.")
    dialect = environment.url.get_backend_name()
    if how == "transaction":
        return CopyMethod(how, "as requested")
    may_copy = dialect != "postgresql" or _asked(environment, postgresql_copy.may_copy)
    if how is not None and not may_copy:
        raise DatabaseError(
            "The database user may not create databases, so no copy can be made.",
            'Ask for the right (ALTER ROLE … CREATEDB), or use lab.rehearse(how="transaction").',
        )
    if how is not None:
        return CopyMethod(how, "as requested")
    if not may_copy:
        return CopyMethod("transaction", "the database user may not create databases")
    size, limit = size_of(environment), LIMITS[dialect]
    if size > limit * MEGABYTE:
        why = f"{_megabytes(size)} is more than the {limit} MB limit for a full copy"
        return CopyMethod("sample", why)
    return CopyMethod("copy", "the database is small enough")


def size_of(environment: Environment) -> int:
    """Return the size of the database in bytes. Read-only."""
    dialect = environment.url.get_backend_name()
    if dialect == "sqlite":
        file = Path((environment.url.database or "").removeprefix("file:").partition("?")[0])
        return file.stat().st_size if file.is_file() else 0
    asked = _SIZES.get(dialect, _SIZES["mysql"])
    return int(_asked(environment, lambda c: c.exec_driver_sql(asked).scalar_one()))


def _asked(environment: Environment, ask: Callable[[sa.Connection], int]) -> int:
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        return ask(connection)


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB"


LOCK_TIMEOUT = 2
"""Seconds that a statement waits for the lock of another connection."""

_SAVEPOINT = "schema_lab_rehearsal"
_NO_COMMIT = (
    "CREATE TEMPORARY TABLE schema_lab_no_commit (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)",
    "INSERT INTO schema_lab_no_commit VALUES (1), (1)",
)
_ENDS = (["ROLLBACK"], ["PREPARE", "TRANSACTION"])
_TEMPORARY = {"postgresql": "pg_temp", "sqlite": "temp"}


@contextmanager
def transaction(environment: Environment) -> Iterator[sa.Engine]:
    """Yield an engine whose changes are always rolled back at the end.

    Raises
    ------
    DatabaseError
        On MariaDB and MySQL, which commit after every DDL statement.
    """
    dialect = environment.url.get_backend_name()
    if dialect not in _TEMPORARY:
        raise DatabaseError(
            "MariaDB and MySQL commit after every DDL statement, so nothing could be rolled back.",
            'Rehearse on a copy: lab.rehearse(how="copy").',
        )
    with environment.engine.connect() as opened:
        driver: Any = opened.connection.driver_connection
        begin = _begin_on_sqlite if dialect == "sqlite" else _begin_on_postgresql
        begin(driver)
        try:
            yield _engine(environment, driver)
        finally:
            with suppress(Exception):  # a closed connection has rolled back
                _end(driver, dialect)


def _kept(dialect: str) -> KeptCopy:
    """Keep rows in temporary tables, which only this connection sees."""
    schema = _TEMPORARY[dialect]
    return KeptCopy(schema, partial(_keep, schema=schema))


def _keep(
    connection: sa.Connection, tables: Sequence[TableKey], schema: str
) -> dict[TableKey, str]:
    return keep_rows(connection, tables, schema, "TEMPORARY TABLE", "schema_lab_before_")


def _begin_on_postgresql(driver: Any) -> None:
    driver.rollback()
    driver.autocommit = False  # the driver begins with the first statement and never commits
    cursor = driver.cursor()
    for statement in (f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}s'", *_NO_COMMIT):
        cursor.execute(statement)
    cursor.close()


def _begin_on_sqlite(driver: Any) -> None:
    driver.execute("PRAGMA foreign_keys = OFF")  # has no effect inside a transaction
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
    """Return an engine on one open connection, whose transactions are savepoints."""
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
    """Nested savepoints instead of transactions."""

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
        if self.depth:  # SQLAlchemy rolls back once more after its first connection
            self._run(connection, words)
            self.depth -= 1

    def _run(self, connection: Any, words: str) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute(f"{words} {_SAVEPOINT}_{self.depth}")
        except self._errors:
            raise _refusal("The migration ended the transaction") from None
        finally:
            cursor.close()


def _guard(
    connection: sa.Connection, cursor: Any, sql: str, parameters: Any, *rest: Any
) -> tuple[str, Any]:
    """Refuse statements that end the transaction; skip statements that begin one."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite" and not driver.in_transaction:
        raise _refusal("SQLite ended the transaction")
    words = sql.upper().replace(";", " ").split()[:2]
    if words[:1] in (["BEGIN"], ["START"]):
        return "SELECT 1", ()
    if words[:1] in (["COMMIT"], ["END"], ["ABORT"]) or words in _ENDS:
        raise _refusal(f"The migration runs {words[0]}")
    return sql, parameters


def _refuse_autocommit(connection: Any, level: str) -> None:
    raise _refusal(f"The migration runs statements outside a transaction ({level})")


def _refusal(fact: str) -> DatabaseError:
    return DatabaseError(
        f"{fact}, so it cannot be rolled back.", 'Rehearse on a copy: lab.rehearse(how="copy").'
    )


Listen = Callable[[sa.Engine], sa.Engine]


def _not_watched(engine: sa.Engine) -> sa.Engine:
    return engine


@dataclass(frozen=True)
class CopiedEnvironment(Environment):
    """The environment that migrates a copy; `listen` adds listeners to its engines."""

    listen: Listen = _not_watched

    @property
    def engine(self) -> sa.Engine:
        """A new engine on the copy, with its listeners; on SQLite without waiting for the disk."""
        engine = engine_for(self.url, self.wait)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _without_fsync)
        return self.listen(engine)


def _without_fsync(driver: Any, record: Any) -> None:
    """Do not wait for the disk: the file is temporary."""
    for setting in ("synchronous = OFF", "cache_size = -65536", "mmap_size = 1073741824"):
        driver.execute(f"PRAGMA {setting}")


@dataclass(frozen=True)
class TransactionEnvironment(Environment):
    """An environment with a single engine, on which a transaction is open."""

    transaction: sa.Engine | None = None

    @property
    def engine(self) -> sa.Engine:
        """The engine of the transaction."""
        assert self.transaction is not None
        return self.transaction


@dataclass(frozen=True)
class RehearsalCopy:
    """What a rehearsal changes: its environment, and where it keeps the rows from before."""

    environment: Environment
    kept: KeptCopy
    made: str
    sampled: Mapping[TableKey, int] = field(default_factory=dict)


@contextmanager
def rehearsal_copy(
    environment: Environment, method: CopyMethod, listen: Listen
) -> Iterator[RehearsalCopy]:
    """Make a copy by the chosen method; it is removed at the end. The live database is kept."""
    if method.how == "transaction":
        with transaction(environment) as engine:
            shared = _shared(environment)
            held = TransactionEnvironment(**shared, wait=LOCK_TIMEOUT, transaction=listen(engine))
            yield RehearsalCopy(held, _kept(environment.url.get_backend_name()), _MADE)
        return
    module = module_of(environment)
    with (module.sample if method.how == "sample" else module.copy)(environment) as copy:
        copied = copied_environment(environment, copy, listen)
        yield RehearsalCopy(copied, copy.kept, copy.made, copy.sampled)


@contextmanager
def empty_copy(environment: Environment, listen: Listen) -> Iterator[RehearsalCopy]:
    """Create an empty database of the same kind; it is removed at the end.

    Raises
    ------
    DatabaseError
        When the user may not create databases.
    """
    with module_of(environment).empty(environment) as copy:
        copied = replace(copied_environment(environment, copy, listen), throwaway=True)
        yield RehearsalCopy(copied, copy.kept, copy.made)


def copied_environment(
    environment: Environment, copy: Copy, listen: Listen = _not_watched
) -> CopiedEnvironment:
    """Return the environment that migrates a copy."""
    shared = {**_shared(environment), "url": copy.url, "wait": environment.wait}
    return CopiedEnvironment(**shared, listen=listen)


def drift_on(copy: RehearsalCopy, models: Metadata) -> Drift:
    """Compare the models with a copy, without the schema that keeps rows. Read-only."""
    drift = drift_of(compare(copy.environment, models))
    kept = f"{copy.kept.schema}."
    operations = (item for item in drift if not str(item.table).startswith(kept))
    return replace(drift, operations=tuple(operations))


_MADE = "a transaction on the database itself, rolled back at the end"


def _shared(environment: Environment) -> dict[str, Any]:
    """Return what a copy shares with its original; nothing of it is remembered in the project."""
    return {
        "project": environment.project,
        "url": environment.url,
        "new_id": environment.new_id,
        "arguments": environment.arguments,
        "remembers": False,
    }
