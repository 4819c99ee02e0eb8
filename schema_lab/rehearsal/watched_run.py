"""Run a migration on a temporary copy: its statements, locks, failing rows, and changed rows.

A `Watch` listens to the copy's connections. A `WatchedRun` is the migration that ran, and a
`RowComparison` compares the rows before and after.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from schema_lab.errors import MigrationError
from schema_lab.history import Environment, as_lab_errors, look
from schema_lab.migrate import Run, Statement
from schema_lab.migrate.statements import StatementKind, kind_of
from schema_lab.rehearsal.blocking_rows import BlockingRows, blocking_rows
from schema_lab.rehearsal.migration_plan import MigrationPlan
from schema_lab.rehearsal.outcome import Failure, Performed, Sample
from schema_lab.rehearsal.rehearsal_copy import RehearsalCopy
from schema_lab.rehearsal.row_differences import (
    Join,
    Lineage,
    RowDifference,
    TablePair,
    difference_by_key,
    difference_by_value,
    pairs_of,
)
from schema_lab.rehearsal.samples import samples_of
from schema_lab.rehearsal.table_state import State, state_of
from schema_lab.schema import undoubled
from schema_lab.schema.words import TableKey

_LOCKS = """
    SELECT l.mode, n.nspname, c.relname
    FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind IN ('r', 'p', 'm', 'v', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'schema_lab_before')
      AND n.nspname NOT LIKE 'pg~_temp~_%' ESCAPE '~'
    ORDER BY 2, 3, 1"""
_READ_LOCKS = ("AccessShareLock",)
_SAVEPOINT = "schema_lab_statement"


class Watch:
    """Records what runs on an engine's connections, and the rows on which a statement fails.

    The rows are read before the transaction is rolled back. On PostgreSQL, a savepoint is set
    before each statement, and a failure is rolled back to it.
    """

    def __init__(self) -> None:
        self._seen: list[tuple[str, tuple[str, ...]]] = []
        self._held: set[str] = set()
        self._saved = False
        self._blocking, self._failed_sql = BlockingRows(), ""

    def listen(self, engine: sa.Engine) -> sa.Engine:
        """Listen to an engine, and return it."""
        event.listen(engine, "before_cursor_execute", self._begins)
        event.listen(engine, "after_cursor_execute", self._ran)
        event.listen(engine, "handle_error", self._failed)
        for name in ("commit", "rollback"):
            event.listen(engine, name, self._ended)
        return engine

    def performed(self, statements: Sequence[Statement]) -> tuple[Performed, ...]:
        """Add the locks to the statements that a run reports; statements that read are left out."""
        seen = iter(self._seen)
        found = []
        for statement in statements:
            if kind_of(statement.sql) is StatementKind.READ or statement.sql.startswith("PRAGMA"):
                continue
            locks = next((locks for sql, locks in seen if sql == statement.sql), ())
            performed = Performed(statement.sql, statement.milliseconds, statement.rows, locks)
            found.append(performed)
        return tuple(found)

    def forget(self) -> None:
        """Forget what was recorded, before the next run."""
        self._seen.clear()
        self._held.clear()
        self._blocking, self._failed_sql = BlockingRows(), ""

    def failure(self, error: MigrationError) -> Failure:
        """Add the blocking rows to an error."""
        found = self._blocking
        cure = error.hint or "Fix the rows or the script, then rehearse again."
        return Failure(
            *(error.fact, cure, error.revision, error.statement or self._failed_sql),
            *(found.table, found.rows, found.count),
        )

    def _begins(self, connection: sa.Connection, cursor: Any, sql: str, *rest: Any) -> None:
        changing = kind_of(sql) in (StatementKind.ROWS, StatementKind.SCHEMA)
        self._saved = _in_transaction(connection) and changing
        if self._saved:
            _directly(connection, f"SAVEPOINT {_SAVEPOINT}")

    def _ran(self, connection: sa.Connection, cursor: Any, sql: str, *rest: Any) -> None:
        new: list[str] = []
        if self._saved:
            _directly(connection, f"RELEASE SAVEPOINT {_SAVEPOINT}")
            new = [lock for lock in _locks(connection) if lock not in self._held]
            self._held.update(new)
        self._seen.append((undoubled(sql, connection.dialect).strip(), tuple(new)))

    def _failed(self, context: Any) -> None:
        if context.connection is None or context.statement is None:
            return
        if self._saved:
            _directly(context.connection, f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
        self._failed_sql = undoubled(context.statement, context.dialect).strip()
        self._blocking = blocking_rows(context.connection, self._failed_sql)

    def _ended(self, connection: sa.Connection) -> None:
        self._held.clear()


def _in_transaction(connection: sa.Connection) -> bool:
    """Tell whether a savepoint can be set: on PostgreSQL, outside of autocommit."""
    driver: Any = connection.connection.driver_connection
    return connection.dialect.name == "postgresql" and not driver.autocommit


def _directly(connection: sa.Connection, sql: str) -> list[Any]:
    """Run SQL without calling any listener."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        cursor.close()


def _locks(connection: sa.Connection) -> list[str]:
    """Name the locks on tables that the connection holds, except the locks of reading."""
    return [
        f"{mode.removesuffix('Lock')} on {table if schema == 'public' else f'{schema}.{table}'}"
        for mode, schema, table in _directly(connection, _LOCKS)
        if mode not in _READ_LOCKS
    ]


@dataclass(frozen=True)
class WatchedRun:
    """A migration that ran on a copy: its run or its failure, and its statements."""

    run: Run | None
    failure: Failure | None
    statements: tuple[Performed, ...]

    @property
    def sql(self) -> list[str]:
        """The statements' texts."""
        return [statement.sql for statement in self.statements]


def run_watched(copy: RehearsalCopy, plan: MigrationPlan, watch: Watch) -> WatchedRun:
    """Migrate a copy; a failure is part of the result. Changes the copy."""
    watch.forget()
    try:
        run = plan.run(copy.environment)
    except MigrationError as error:
        return WatchedRun(None, watch.failure(error), watch.performed(error.statements))
    return WatchedRun(run, None, watch.performed(run.statements))


@dataclass(frozen=True)
class StateBefore:
    """The tables before a migration, and the names under which their rows are kept."""

    state: State
    names: dict[TableKey, str]

    @classmethod
    def of(cls, copy: RehearsalCopy) -> "StateBefore":
        """Read the tables of a copy, and keep their rows."""
        with as_lab_errors(copy.environment.url), copy.environment.engine.connect() as connection:
            state = state_of(connection, version_table(copy))
            connection.rollback()
            return cls(state, copy.kept.keep(connection, list(state)))


@dataclass(frozen=True)
class RowComparison:
    """The tables after a migration, and how their rows differ from the rows before."""

    state: State
    differences: tuple[RowDifference, ...]
    samples: tuple[Sample, ...] = field(default=())


def compare_rows(
    copy: RehearsalCopy, before: StateBefore, statements: Sequence[str], *, show: bool
) -> RowComparison:
    """Compare the rows of a copy with the kept rows. Read-only."""
    with as_lab_errors(copy.environment.url), copy.environment.engine.connect() as connection:
        copy.kept.open(connection)
        after = state_of(connection, version_table(copy))
        lineage = Lineage.of(connection.dialect.name, statements)
        pairs = pairs_of(before.state, after, lineage)
        found = [_difference(connection, copy, before, pair) for pair in pairs]
        samples = [
            sample
            for difference in found
            if show and difference.pair.before is not None and difference.pair.before.rows
            for sample in samples_of(
                connection,
                difference,
                copy.kept.schema,
                before.names[difference.pair.before.key],
            )
        ]
        connection.rollback()
        return RowComparison(after, tuple(found), tuple(samples))


def _difference(
    connection: sa.Connection, copy: RehearsalCopy, before: StateBefore, pair: TablePair
) -> RowDifference:
    if pair.before is None or pair.after is None:
        return RowDifference(pair, None)
    if not pair.before.rows:  # nothing to ask: of a hundred empty tables, each question counts
        return RowDifference(pair, 0 if pair.key else None)
    join = Join.of(connection, pair, copy.kept.schema, before.names[pair.before.key])
    find = difference_by_key if pair.key else difference_by_value
    return find(connection, join)


def version_table(copy: RehearsalCopy) -> str:
    """Name Alembic's version table, read once per copy. Read-only."""
    return _version_table(copy.environment)


@lru_cache(maxsize=1)
def _version_table(environment: Environment) -> str:
    return str(look(environment, lambda context: context.version_table))
