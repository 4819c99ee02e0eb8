"""The migration driver: every upgrade, downgrade and stamp is one `MigrationRun`.

The notebook, the command line, an application's start-up and a rehearsal differ only in how they
reach Alembic: each hands in a way to connect and a function that lets Alembic execute its steps.
The run holds the migration lock, refuses what must fail, watches each statement, records the
checksums of what ran, and reads the heads back on a fresh connection.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.compat.alembic_private import ensure_version_table
from schema_lab.database import is_mysql
from schema_lab.errors import CancelledError, SchemaLabError
from schema_lab.history import (
    ChecksumFile,
    ChecksumRecorder,
    CurrentState,
    applied_ids,
    hear_script,
    never_ran,
    paths_of,
    read_again,
    refuse_damage,
)
from schema_lab.migrate.blockers import BlockerWatch, refuse_own_sessions
from schema_lab.migrate.failed_revision import Failed
from schema_lab.migrate.journal import Journal, Journaling, Stopped, refuse_stopped
from schema_lab.migrate.loss_counts import allow_recorded
from schema_lab.migrate.run import (
    NO_HOOKS,
    Hooks,
    Request,
    Run,
    Start,
    Statement,
    Work,
)
from schema_lab.migrate.safeguards import (
    BatchGuard,
    foreign_keys_kept,
    in_transaction,
    patiently,
    ready,
    refuse_other_heads,
    refuse_unfit,
    tables_gone,
    transactional,
    wait_until_vacuum_ends,
)
from schema_lab.migrate.statements import keeps_the_version, waits_by_design
from schema_lab.schema import undoubled
from schema_lab.views.plain import count, names

Connect = Callable[[], AbstractContextManager[sa.Connection]]
"""Opens a connection to the database; called once to migrate and once to read back."""

Execute = Callable[[sa.Connection, Work, Mapping[str, Any]], None]
"""Lets Alembic do `work` on a connection, with these options for `context.configure`."""


class MigrationRun:
    """One upgrade, downgrade or stamp of a database; changes the database.

    Parameters
    ----------
    request
        What is asked.
    url
        The database, whose secrets must not be seen in errors.
    wait
        Seconds to wait for another migration, and for locks on tables.
    checksum_file
        Where the checksums of applied revisions are kept; None: nowhere.
    hooks
        What the caller is told and asked.
    """

    def __init__(
        self,
        request: Request,
        url: sa.URL,
        wait: float,
        checksum_file: ChecksumFile | None = None,
        hooks: Hooks = NO_HOOKS,
    ) -> None:
        self.direction = request.direction
        self.notes: tuple[str, ...] = ()
        self._request, self._url, self._wait, self._hooks = request, url, wait, hooks
        self._allow = hooks.allow or allow_recorded()
        self._checksum_file = checksum_file
        self._stamps = request.direction == "stamp"
        self._recorder = ChecksumRecorder(checksum_file, stamped=self._stamps)
        self._scripts: ScriptDirectory | None = None
        self._telling = False
        self._reset()

    def migrate(self, connect: Connect, execute: Execute) -> Run:
        """Run the steps, and read back what the database says afterwards.

        Raises
        ------
        CancelledError
            When it was canceled, with the database's revision; never within a revision.
        MigrationError
            When a revision fails, with what remains of it.
        SchemaLabError
            When the run is refused.
        """
        try:
            with connect() as connection:
                self._migrate_on(connection, execute)
        except CancelledError:
            raise self._canceled(self._record_failure(connect)) from None
        except BaseException:
            if self._recorder.ran:
                with suppress(SchemaLabError, SQLAlchemyError):
                    self._record_failure(connect)
            raise
        return self._read_back(connect)

    def _migrate_on(self, connection: sa.Connection, execute: Execute) -> None:
        self._connection, embedded = connection, connection.dialect.name == "sqlite"
        watch = None if embedded else BlockerWatch(connection, self._url)
        self._watch, self._journaling = watch, None
        if watch is not None and is_mysql(connection.dialect.name):
            self._journaling = Journaling(connection, self._wait, self._request.in_doubt, watch)
        self._guard = BatchGuard(connection, self._allow.names) if embedded else None
        # Where DDL cannot be rolled back, the run is refused before the version table is created.
        self._asks_first = self._journaling is not None and not self._stamps
        options = {
            "on_version_apply": (self._recorder.applied, self._applied),
            "purge": self._request.purge,
            "dont_mutate": self._asks_first,
            "transactional_ddl": transactional(connection.dialect.name),
        }

        def work() -> None:
            self._reset()
            try:
                execute(connection, self._begin, options)
            finally:
                hear_script(runs=False)

        refuse_own_sessions(connection, self._wait, writing=True)
        with ready(connection, self._wait):
            try:
                with self._watching(), self._watch or nullcontext():
                    patiently(self._wait, work, self._may_try_again)
            except (Exception, SystemExit) as error:
                failure = self._failure(error)
                if failure is None:
                    raise
                raise failure from None

    def _reset(self) -> None:
        """Forget what an attempt did that was rolled back."""
        self._context: MigrationContext | None = None
        self._before: tuple[str, ...] = ()
        self._expected: tuple[str, ...] = ()
        self._done: list[str] = []
        self._total = 0
        self._step: Any = None
        self._sql = self._version_table = ""
        self._statements: list[Statement] = []
        self._lock_timed_out = False
        self._first = self._committed = 0
        self._since = 0.0

    def _begin(self, heads: Any, context: MigrationContext) -> Iterator[Any]:
        """Choose the steps, refuse what must fail, and hand them to Alembic."""
        scripts = self._scripts = context.script
        assert scripts is not None
        if not self._stamps:
            file = self._checksum_file
            refuse_damage(scripts, heads, file.read() if file is not None else None)
        steps = list(self._request.choose(heads, context))
        if steps:
            refuse_own_sessions(self._connection, self._wait)
        if steps and not self._stamps:
            self.direction = "upgrade" if steps[0].is_upgrade else "downgrade"
        stopped = self._journaling.journal.stopped() if self._journaling is not None else None
        if stopped is None or self._request.resume:
            self._ask(context, heads, steps)
        if self._asks_first:
            self._refuse_unfit(heads, steps, stopped)
            self._connection.rollback()
            if not heads:
                ensure_version_table(context)
        return self._run(context, heads, steps, stopped)

    def _ask(self, context: MigrationContext, heads: Any, steps: list[Any]) -> None:
        """Ask whether the steps may run, on the connection that will run them."""
        if steps and not self._stamps:
            before = tuple(sorted(heads))
            version_table = context.version_table
            start = Start(self._connection, self.direction, before, tuple(steps), version_table)
            self._allow.look(start)

    def _refuse_unfit(self, heads: Any, steps: list[Any], stopped: Stopped | None) -> None:
        """Refuse steps that must fail, unless they continue a revision that stopped partway."""
        if steps and not self._stamps and stopped is None:
            refuse_unfit(self._connection, heads, steps)

    def _run(
        self, context: MigrationContext, heads: Any, steps: list[Any], stopped: Stopped | None
    ) -> Iterator[Any]:
        """Hand the steps to Alembic one by one, knowing which of them runs."""
        self._context, self._version_table = context, context.version_table
        self._before = self._expected = tuple(sorted(heads))
        self._total = len(steps)
        if self._journaling is None:
            self._refuse_unfit(heads, steps, None)
        else:
            self._begin_journal(self._journaling.journal, steps, stopped)
        with foreign_keys_kept(self._connection):
            for step in steps:
                self._step = None
                self._refuse_canceled()
                self._step, self._first = step, len(self._statements)
                if self._journaling is not None and not self._stamps:
                    self._journaling.begin(step.revision.revision, self.direction, stopped)
                if self._guard is not None:
                    self._guard.begin(context.impl)
                hear_script(runs=True)
                yield step
            self._step = None

    def _begin_journal(self, journal: Journal, steps: list[Any], stopped: Stopped | None) -> None:
        """Create the journal; a stamp forgets what is in it.

        Raises
        ------
        MigrationError
            When a revision stopped partway and these steps do not continue it.
        """
        if steps and self._stamps:
            journal.clear()
        elif stopped is not None and not (
            self._request.resume and bool(steps) and _is_first(steps[0], self.direction, stopped)
        ):
            raise refuse_stopped(stopped)
        elif steps:
            journal.create()

    def _applied(self, step: Any, heads: set[str], **rest: Any) -> None:
        """Note a revision that Alembic has applied (its `on_version_apply` hook)."""
        hear_script(runs=False)
        revision = step.up_revision_id if step.is_upgrade else ", ".join(step.source_revision_ids)
        self._done.append(str(revision))
        self._expected = tuple(sorted(heads))
        if self._journaling is not None and not self._stamps:
            self._journaling.end()
        if self._guard is not None and not self._stamps:
            ran = [statement.sql for statement in self._statements[self._first :]]
            self._guard.end(self._step.revision, self.direction, ran)
        if self._hooks.on_revision is not None:
            self._hooks.on_revision(str(revision), len(self._done), self._total)

    @contextmanager
    def _watching(self) -> Iterator[None]:
        """Listen to the connection for as long as the block lasts."""
        hooks: list[tuple[Any, str, Callable[..., Any]]] = [
            (self._connection, "before_cursor_execute", self._before_statement),
            (self._connection, "after_cursor_execute", self._after_statement),
            (self._connection, "commit", self._on_commit),
            (self._connection.engine, "handle_error", self._on_error),
        ]
        for target, name, hook in hooks:
            event.listen(target, name, hook)
        try:
            with self._journaling.listening() if self._journaling else nullcontext():
                yield
        finally:
            if self._journaling and not self._connection.invalidated:  # it holds the lock
                with suppress(Exception):  # the next run drops the table if the connection is gone
                    self._connection.rollback()
                    self._journaling.journal.drop_if_empty()
            for target, name, hook in hooks:
                event.remove(target, name, hook)

    def _before_statement(self, connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        if self._telling:
            return
        self._sql, self._since = sql, time.perf_counter()
        if self._watch is None:
            return
        if waits_by_design(connection, sql):
            cursor.execute("SET lock_timeout = 0")
        self._watch.begin(sql)

    def _after_statement(self, connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        if self._telling:
            return
        milliseconds = (time.perf_counter() - self._since) * 1000
        self._sql = ""
        if self._watch is not None:
            self._watch.end()
            if waits_by_design(connection, sql):
                connection.connection.driver_connection.execute("SET lock_timeout = '500ms'")
        if self._step is None or keeps_the_version(sql, self._version_table):
            return
        sent = undoubled(sql, connection.dialect).strip()
        self._statements.append(Statement(sent, milliseconds, cursor.rowcount))
        if not in_transaction(self._connection):
            self._on_commit(connection)
        self._tell()
        if self._rolls_back_completely():
            self._refuse_canceled()

    def _on_commit(self, connection: Any) -> None:
        self._committed = len(self._statements)

    def _on_error(self, context: Any) -> None:
        if context.connection in (self._connection, None):
            code = getattr(context.original_exception, "sqlstate", "")
            self._lock_timed_out = code == "55P03"

    def _tell(self) -> None:
        """Hand the last statement to the caller; what the caller reads is not the revision's."""
        on_statement = self._hooks.on_statement
        if on_statement is None or self._stamps:
            return
        self._telling = True
        try:
            revision = self._step.revision.revision
            on_statement(self._connection, revision, self.direction, self._statements[-1])
        finally:
            self._telling = False

    def _refuse_canceled(self) -> None:
        """Raise a CancelledError if the caller has asked to stop."""
        if self._hooks.cancelled is not None and self._hooks.cancelled():
            raise CancelledError("Canceled.")

    def _rolls_back_completely(self) -> bool:
        """Say whether a rollback would undo all that the running revision did."""
        rolls_back = self._journaling is None and in_transaction(self._connection)
        return rolls_back and self._committed <= self._first

    def _may_try_again(self) -> bool:
        watch = self._watch
        if watch is None or not (self._lock_timed_out and watch.worth_waiting()):
            return False
        if (again := not any(self._remaining())) and watch.vacuumed:
            wait_until_vacuum_ends(self._connection)
        return again

    def _remaining(self) -> tuple[list[str], str]:
        """Roll back what is open; give the revision's statements that remain, and one in doubt."""
        lost = self._connection.invalidated
        self._connection.rollback()
        if self._journaling is not None:
            stopped = self._journaling.journal.stopped()
            entries = stopped.entries if stopped else ()
            doubtful = [entry.statement for entry in entries if not entry.done]
            done = [entry.statement for entry in entries if entry.done]
            return done, "".join(doubtful[:1])
        if lost:  # perhaps while it committed
            raise LookupError
        remaining = self._statements[self._first : self._committed]
        return [statement.sql for statement in remaining], ""

    def _failure(self, error: BaseException) -> SchemaLabError | None:
        """Say which revision failed, where and why; None where no revision was running."""
        if self._step is None or isinstance(error, CancelledError):
            return None
        dialect, ran = self._connection.dialect, tuple(self._statements)
        sql, resumable = undoubled(self._sql, dialect).strip(), self._journaling is not None
        remaining, doubtful = None, ""
        with suppress(Exception):  # the connection itself may be what failed
            listed, doubtful = self._remaining()
            remaining = tuple(listed)
        failed = Failed(self._step, sql, ran, remaining, dialect, resumable, doubtful)
        said = failed.error(error, self._url)
        return said if self._watch is None else self._watch.named_in(said)

    def _record_failure(self, connect: Connect) -> tuple[str, ...]:
        """Record the checksums of what remains, and give the heads, both read afresh."""
        if self._context is None:
            return ()
        with connect() as connection, self._recorder.alone():
            state = read_again(connection, self._context)
            with suppress(SchemaLabError):  # the error itself says what is wrong with the history
                self._record(state)
        return state.heads

    def _record(self, state: CurrentState) -> frozenset[str]:
        """Record the checksums of the revisions that the database has, and give their ids."""
        assert self._scripts is not None
        applied = applied_ids(self._scripts, state.heads)
        recorded = self._recorder.record(paths_of(self._scripts), applied, state.birth)
        self.notes = (*(self._guard.notes if self._guard else ()), *recorded)
        return applied

    def _canceled(self, after: tuple[str, ...]) -> CancelledError:
        applied = f"{count(len(self._done), 'revision')} had run and stayed applied"
        kept = "nothing was changed" if after == self._before else applied
        return CancelledError(
            f"The {self.direction} was canceled: {kept}. The database is at {names(after)}.",
            f"Run the {self.direction} again to continue from there.",
        )

    def _read_back(self, connect: Connect) -> Run:
        """Give the run with the heads that a fresh connection sees, and what should be known."""
        context, scripts = self._context, self._scripts
        if context is None or scripts is None:
            raise never_ran()
        with connect() as connection:
            with self._recorder.alone():
                state = read_again(connection, context)
                refuse_other_heads(self.direction, self._expected, state.heads)
                applied = self._record(state)
            if self.direction == "upgrade":
                self.notes += tables_gone(connection, scripts, applied)
                connection.rollback()  # it may be the connection of a program
        ran = () if self._stamps else tuple(self._done), tuple(self._statements)
        return Run(self.direction, self._before, state.heads, *ran, self.notes)


def _is_first(step: Any, direction: str, stopped: Stopped) -> bool:
    return (step.revision.revision, direction) == (stopped.revision, stopped.direction)
