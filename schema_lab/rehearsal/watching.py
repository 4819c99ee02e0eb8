"""Listen to the connection that migrates a copy: which locks each statement took."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from schema_lab.database import undoubled
from schema_lab.errors import MigrationError
from schema_lab.migrate import Statement
from schema_lab.migrate.statements import Kind, kind_of
from schema_lab.rehearsal.culprits import Culprits, culprits_of
from schema_lab.rehearsal.values import Failure, Performed

_LOCKS = """
    SELECT l.mode, n.nspname, c.relname
    FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind IN ('r', 'p', 'm', 'v', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'schema_lab_before')
      AND n.nspname NOT LIKE 'pg~_temp~_%' ESCAPE '~'
    ORDER BY 2, 3, 1"""
_QUIET = ("AccessShareLock",)
_SAVEPOINT = "schema_lab_statement"


class Watch:
    """Notes what runs on an engine's connections, and the rows on which a statement fails.

    The rows are looked for while the transaction still stands: before each statement on PostgreSQL
    a savepoint is set, to which a failure goes back.
    """

    def __init__(self) -> None:
        self._seen: list[tuple[str, tuple[str, ...]]] = []
        self._held: set[str] = set()
        self._saved = False
        self._culprits, self._failed_sql = Culprits(), ""

    def dress(self, engine: sa.Engine) -> sa.Engine:
        """Listen to an engine, and give it back."""
        event.listen(engine, "before_cursor_execute", self._begins)
        event.listen(engine, "after_cursor_execute", self._ran)
        event.listen(engine, "handle_error", self._failed)
        for name in ("commit", "rollback"):
            event.listen(engine, name, self._ended)
        return engine

    def performed(self, statements: Sequence[Statement]) -> tuple[Performed, ...]:
        """Put the locks to the statements that a run reports, less those that only read."""
        seen = iter(self._seen)
        found = []
        for one in statements:
            if kind_of(one.sql) is Kind.READ or one.sql.startswith("PRAGMA"):
                continue
            locks = next((locks for sql, locks in seen if sql == one.sql), ())
            found.append(Performed(one.sql, one.milliseconds, one.rows, locks))
        return tuple(found)

    def forget(self) -> None:
        """Begin anew."""
        self._seen.clear()
        self._held.clear()
        self._culprits, self._failed_sql = Culprits(), ""

    def failure(self, error: MigrationError) -> Failure:
        """Put the rows that were found to an error."""
        found = self._culprits
        cure = error.hint or "Mend the rows or the script, then rehearse again."
        return Failure(
            *(error.fact, cure, error.revision, error.statement or self._failed_sql),
            *(found.table, found.rows, found.count),
        )

    def _begins(self, connection: sa.Connection, cursor: Any, sql: str, *rest: Any) -> None:
        self._saved = _in_transaction(connection) and kind_of(sql) in (Kind.ROWS, Kind.SCHEMA)
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
        self._culprits = culprits_of(context.connection, self._failed_sql)

    def _ended(self, connection: sa.Connection) -> None:
        self._held.clear()


def _in_transaction(connection: sa.Connection) -> bool:
    """Tell whether a savepoint can be set here: on PostgreSQL, outside of autocommit."""
    driver: Any = connection.connection.driver_connection
    return connection.dialect.name == "postgresql" and not driver.autocommit


def _directly(connection: sa.Connection, sql: str) -> list[Any]:
    """Run SQL past every listener."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    try:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        cursor.close()


def _locks(connection: sa.Connection) -> list[str]:
    """Name the locks on tables that the connection holds, but those of reading."""
    return [
        f"{mode.removesuffix('Lock')} on {table if schema == 'public' else f'{schema}.{table}'}"
        for mode, schema, table in _directly(connection, _LOCKS)
        if mode not in _QUIET
    ]
