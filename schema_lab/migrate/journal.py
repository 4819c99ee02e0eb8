"""The journal: which statements of a revision are applied, where DDL cannot be rolled back.

MariaDB and MySQL commit at each DDL statement. So each statement that changes something leaves
a row here: rows' changes in the same transaction as the row, DDL with a row before (committed,
with a trace of what it can change) and a mark after. After a crash at most one statement is in
doubt, and the trace says whether it ran. The table exists only while needed.
`Journaling` runs a revision's statements through it: each once, also when the revision stopped
partway.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

# ruff: noqa: S608 - the only name that is put into SQL here is the journal's own
from schema_lab.database.own import JOURNAL_TABLE
from schema_lab.errors import MigrationError
from schema_lab.migrate.blockers import BlockerWatch
from schema_lab.migrate.doubt import has_run, trace
from schema_lab.migrate.safeguards import patiently
from schema_lab.migrate.statements import (
    StatementKind,
    checksum,
    in_short,
    kind_of,
    refuse_invented,
)
from schema_lab.schema import undoubled
from schema_lab.views.plain import count


@dataclass(frozen=True)
class Entry:
    """One journaled statement: `before` is the trace of a DDL statement before it ran."""

    position: int
    checksum: str
    statement: str
    done: bool
    before: str


@dataclass(frozen=True)
class Stopped:
    """A revision that stopped partway, with the statements of it that are known."""

    revision: str
    direction: str
    entries: tuple[Entry, ...]


class Journal:
    """The journal's table, on the driver's own connection: part of whatever transaction is open."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def create(self) -> None:
        """Create the table unless it exists."""
        self._execute(
            f"CREATE TABLE IF NOT EXISTS {JOURNAL_TABLE} ("
            "revision VARCHAR(255) NOT NULL, direction VARCHAR(9) NOT NULL,"
            "position INT NOT NULL, checksum CHAR(64) NOT NULL, statement TEXT NOT NULL,"
            "done BOOLEAN NOT NULL, fingerprint CHAR(64) NOT NULL,"
            "PRIMARY KEY (position)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
        )

    def drop_if_empty(self) -> None:
        """Drop the table when nothing is journaled."""
        if self.exists() and not self._execute(f"SELECT 1 FROM {JOURNAL_TABLE} LIMIT 1"):
            self._execute(f"DROP TABLE {JOURNAL_TABLE}")

    def exists(self) -> bool:
        """Say whether the table exists."""
        return bool(self._execute("SHOW TABLES LIKE %s", (JOURNAL_TABLE,)))

    def stopped(self) -> Stopped | None:
        """Give the revision that stopped partway, if there is one."""
        if not self.exists():
            return None
        rows = self._execute(
            "SELECT revision, direction, position, checksum, statement, done, fingerprint"
            f" FROM {JOURNAL_TABLE} ORDER BY position"
        )
        if not rows:
            return None
        entries = tuple(Entry(row[2], row[3], row[4], bool(row[5]), row[6]) for row in rows)
        return Stopped(rows[0][0], rows[0][1], entries)

    def add(self, revision: str, direction: str, entry: Entry) -> None:
        """Write a row for a statement."""
        self._execute(
            f"REPLACE INTO {JOURNAL_TABLE} VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                revision,
                direction,
                entry.position,
                entry.checksum,
                entry.statement,
                entry.done,
                entry.before,
            ),
        )

    def mark_done(self, position: int) -> None:
        """Mark a DDL statement as done."""
        self._execute(f"UPDATE {JOURNAL_TABLE} SET done = TRUE WHERE position = %s", (position,))

    def remove(self, position: int) -> None:
        """Delete the row of a DDL statement that failed."""
        self._execute(f"DELETE FROM {JOURNAL_TABLE} WHERE position = %s", (position,))

    def clear(self) -> None:
        """Delete all rows, if there are any: the user says which revision the database is at."""
        if self.exists():
            self.empty()

    def empty(self) -> None:
        """Delete all rows of the table, which exists."""
        self._execute(f"DELETE FROM {JOURNAL_TABLE}")

    def commit(self) -> None:
        """Commit what is open on the server, DML with its rows."""
        self._driver().commit()

    def _execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        with self._cursor() as cursor:
            cursor.execute(sql, parameters or None)  # with none, `%` in a name is no placeholder
            return list(cursor.fetchall()) if cursor.description else []

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        cursor = self._driver().cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _driver(self) -> Any:
        return self._connection.connection.driver_connection

    def trace(self, statement: str) -> str:
        """Hash what a DDL statement can change: see `doubt.trace`."""
        return trace(self._execute, statement, JOURNAL_TABLE)


NOTHING = "DO 0"
"""MariaDB's and MySQL's statement that does nothing."""

LOCK_WAIT_TIMEOUT = 1205
"""MariaDB's and MySQL's error number; only the statement was rolled back."""


class Journaling:
    """Runs the statements of each revision in the place of the driver, through the journal."""

    def __init__(
        self,
        connection: sa.Connection,
        patience: float,
        in_doubt: bool | None = None,
        watch: BlockerWatch | None = None,
    ) -> None:
        self._in_doubt, self._watch = in_doubt, watch
        self.journal = Journal(connection)
        self._patience = patience
        self._connection = connection
        self._known: dict[int, Entry] = {}
        self._revision = self._direction = ""
        self._position = 0

    def begin(self, revision: str, direction: str, stopped: Stopped | None) -> None:
        """Begin a revision, with what the journal holds of it from a run that stopped."""
        self._revision, self._direction, self._position = revision, direction, 0
        same = stopped is not None and (stopped.revision, stopped.direction) == (
            revision,
            direction,
        )
        entries = stopped.entries if stopped is not None and same else ()
        self._known = {entry.position: entry for entry in entries}

    def end(self) -> None:
        """End a revision, in the transaction that also writes the version table.

        Raises
        ------
        MigrationError
            When the script is now shorter than the part of it that was applied.
        """
        beyond = [entry for place, entry in self._known.items() if place > self._position]
        if beyond:
            raise self._edited(beyond[0], "is no longer in the script")
        self.journal.empty()
        self._revision, self._known = "", {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Execute statements in the place of the driver, for as long as the block lasts."""
        hooks: list[tuple[str, Callable[..., bool | None]]] = [
            ("do_execute", self._execute),
            ("do_executemany", self._execute_many),
            ("do_execute_no_params", self._execute_plain),
        ]
        for name, hook in hooks:
            event.listen(self._connection.engine, name, hook)
        try:
            yield
        finally:
            for name, hook in hooks:
                event.remove(self._connection.engine, name, hook)

    def _execute(self, cursor: Any, sql: str, parameters: Any, context: Any) -> bool | None:
        return self._once(cursor, sql, parameters, lambda: cursor.execute(sql, parameters))

    def _execute_many(self, cursor: Any, sql: str, parameters: Any, context: Any) -> bool | None:
        return self._once(cursor, sql, parameters, lambda: cursor.executemany(sql, parameters))

    def _execute_plain(self, cursor: Any, sql: str, context: Any) -> bool | None:
        return self._once(cursor, sql, (), lambda: cursor.execute(sql))

    def _once(
        self, cursor: Any, sql: str, parameters: Any, execute: Callable[[], Any]
    ) -> bool | None:
        kind = kind_of(sql)
        if not self._revision or kind in (StatementKind.READ, StatementKind.SESSION):
            return None
        self._position += 1
        digest = checksum(sql, parameters)
        said = in_short(undoubled(sql, self._connection.dialect), 1000)
        if self._is_applied(self._position, digest, sql):
            cursor.execute(NOTHING)
        elif kind is StatementKind.ROWS:
            self._patiently(execute)
            self._note(Entry(self._position, digest, said, done=True, before=""))
        else:
            self._change_schema(digest, said, sql, execute)
        return True

    def _is_applied(self, position: int, digest: str, sql: str) -> bool:
        known = self._known.get(position)
        if known is None:
            return False
        if known.checksum != digest:
            raise self._edited(known, f"is now: {in_short(sql)}")
        if known.done:
            return True
        if self._in_doubt is not None:
            return self._in_doubt
        ran = has_run(known.before, self.journal.trace(sql), sql)
        if ran is None:
            raise self._unknown(known)
        return ran

    def _change_schema(self, digest: str, said: str, sql: str, execute: Callable[[], Any]) -> None:
        refuse_invented(self._connection, sql)
        before = self.journal.trace(sql)
        self._note(Entry(self._position, digest, said, done=False, before=before))
        self.journal.commit()
        try:
            self._patiently(execute)
        except Exception:
            if self._alive():
                self.journal.remove(self._position)
                self.journal.commit()
            raise
        self.journal.mark_done(self._position)
        self.journal.commit()

    def _patiently(self, execute: Callable[[], Any]) -> None:
        """Run a statement, and again while another transaction's lock blocks it."""
        raised: list[Exception] = []

        def run() -> None:
            try:
                execute()
            except Exception as error:
                raised.append(error)
                raise

        def locked() -> bool:
            worth = self._watch is None or self._watch.worth_waiting()
            return worth and raised[-1].args[:1] == (LOCK_WAIT_TIMEOUT,)

        patiently(self._patience, run, locked)

    def _note(self, entry: Entry) -> None:
        self.journal.add(self._revision, self._direction, entry)

    def _alive(self) -> bool:
        driver = self._connection.connection.driver_connection
        return bool(getattr(driver, "open", True))

    def _unknown(self, entry: Entry) -> MigrationError:
        return MigrationError(
            f"Revision {self._revision} stopped at statement {entry.position} "
            f"({in_short(entry.statement)}), and the server does not say whether it ran.",
            "Look at the tables. If the statement ran, run `lab.resume(ran=True)`. Otherwise run "
            "`lab.resume(ran=False)`.",
        )

    def _edited(self, entry: Entry, how: str) -> MigrationError:
        return MigrationError(
            f"Revision {self._revision} was edited after a part of its {self._direction}() ran: "
            f"statement {entry.position} ({in_short(entry.statement)}) {how}.",
            "Restore the statement and run `lab.resume()`; or fix the tables by hand and record "
            "the database's revision with `lab.stamp(…)`.",
        )


def refuse_stopped(stopped: Stopped) -> MigrationError:
    """Give the error that says what is applied of a revision that stopped partway."""
    applied = [entry for entry in stopped.entries if entry.done]
    doubtful = [entry for entry in stopped.entries if not entry.done]
    listed = "; ".join(
        f"{entry.position}. {in_short(entry.statement, 80)}" for entry in applied[:20]
    )
    doubt = f" In doubt: {in_short(doubtful[0].statement, 80)}." if doubtful else ""
    return MigrationError(
        f"Revision {stopped.revision} stopped partway in {stopped.direction}(); "
        f"{count(len(applied), 'statement')} of it already applied"
        f"{listed}.{doubt}",
        "Run `lab.resume()` (or scripts/run_migrations.py) to continue; or fix the tables by hand "
        "and record the database's revision with `lab.stamp(…)`.",
    )
