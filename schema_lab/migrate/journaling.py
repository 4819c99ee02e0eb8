"""Run a revision's statements through the journal: each once, also when it stopped half-way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from schema_lab.database import undoubled
from schema_lab.errors import MigrationError
from schema_lab.migrate.connection import patiently
from schema_lab.migrate.inventions import refuse_invented
from schema_lab.migrate.journal import Entry, Journal, Stopped
from schema_lab.migrate.statements import Kind, checksum, in_short, kind_of

NOTHING = "DO 0"
"""MariaDB's and MySQL's statement that does nothing."""

LOCK_WAIT_TIMEOUT = 1205
"""MariaDB's and MySQL's error number; only the statement was rolled back."""


class Journaling:
    """Stands between Alembic and the driver while one revision after the other runs."""

    def __init__(self, connection: sa.Connection, patience: float) -> None:
        self.journal = Journal(connection)
        self._patience = patience
        self._connection = connection
        self._known: dict[int, Entry] = {}
        self._revision = self._direction = ""
        self._position = 0

    def begin(self, revision: str, direction: str, stopped: Stopped | None) -> None:
        """Begin a revision, with what is known of it from a run that stopped."""
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
            When the script has become shorter than what stands of it.
        """
        beyond = [entry for place, entry in self._known.items() if place > self._position]
        if beyond:
            raise self._edited(beyond[0], "is no longer in the script")
        self.journal.empty()
        self._revision, self._known = "", {}

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the place of the driver's execute for as long as the block lasts."""
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
        if not self._revision or kind in (Kind.READ, Kind.SESSION):
            return None
        self._position += 1
        digest = checksum(sql, parameters)
        said = in_short(undoubled(sql, self._connection.dialect), 1000)
        if self._stands(self._position, digest, sql):
            cursor.execute(NOTHING)
        elif kind is Kind.ROWS:
            self._patiently(execute)
            self._note(Entry(self._position, digest, said, done=True, before=""))
        else:
            self._change_schema(digest, said, sql, execute)
        return True

    def _stands(self, position: int, digest: str, sql: str) -> bool:
        known = self._known.get(position)
        if known is None:
            return False
        if known.checksum != digest:
            raise self._edited(known, f"is now: {in_short(sql)}")
        if known.done:
            return True
        return self.journal.fingerprint(sql) != known.before

    def _change_schema(self, digest: str, said: str, sql: str, execute: Callable[[], Any]) -> None:
        refuse_invented(self._connection, sql)
        before = self.journal.fingerprint(sql)
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
        """Run a statement, and again while another transaction's lock is in its way."""
        raised: list[Exception] = []

        def run() -> None:
            try:
                execute()
            except Exception as error:
                raised.append(error)
                raise

        patiently(self._patience, run, lambda: raised[-1].args[:1] == (LOCK_WAIT_TIMEOUT,))

    def _note(self, entry: Entry) -> None:
        self.journal.add(self._revision, self._direction, entry)

    def _alive(self) -> bool:
        driver = self._connection.connection.driver_connection
        return bool(getattr(driver, "open", True))

    def _edited(self, entry: Entry, how: str) -> MigrationError:
        return MigrationError(
            f"Revision {self._revision} was edited after half of its {self._direction}() ran: "
            f"statement {entry.position} ({in_short(entry.statement)}) {how}.",
            "Put the statement back and resume; or mend the tables by hand and say where the "
            "database stands with stamp.",
        )


def refuse_stopped(stopped: Stopped) -> MigrationError:
    """Give the error that says what stands of a revision that stopped half-way."""
    standing = [entry for entry in stopped.entries if entry.done]
    doubtful = [entry for entry in stopped.entries if not entry.done]
    listed = "; ".join(f"{one.position}. {in_short(one.statement, 80)}" for one in standing[:20])
    doubt = f" In doubt: {in_short(doubtful[0].statement, 80)}." if doubtful else ""
    return MigrationError(
        f"Revision {stopped.revision} stopped half-way in {stopped.direction}(); "
        f"{len(standing)} of its statements stand{': ' + listed if listed else ''}.{doubt}",
        "lab.resume() goes on from there (or scripts/run_migrations.py); or mend the tables by "
        "hand and say where the database stands with stamp.",
    )
