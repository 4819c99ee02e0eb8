"""One attempt to bring a database to a target: how far it came, what it ran, what stands."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext, StampStep
from sqlalchemy import event

from schema_lab.database import undoubled
from schema_lab.errors import CancelledError
from schema_lab.migrate.batch_guard import BatchGuard
from schema_lab.migrate.checks import refuse_unfit
from schema_lab.migrate.connection import foreign_keys_kept, patiently
from schema_lab.migrate.hooks import NO_HOOKS, Hooks
from schema_lab.migrate.journaling import Journaling, refuse_stopped
from schema_lab.migrate.noticing import (
    in_transaction,
    journaled,
    keeps_the_version,
    waits_by_design,
)
from schema_lab.migrate.run import Statement


class Attempt:
    """Watches Alembic's steps on one connection; the notebook and the command line share it."""

    def __init__(
        self,
        connection: sa.Connection,
        hooks: Hooks = NO_HOOKS,
        *,
        resume: bool,
        patience: float,
    ) -> None:
        self.connection = connection
        self.hooks = hooks
        self.patience = patience
        self._looking = False
        self.resume = resume
        self.journaling = Journaling(connection, patience) if journaled(connection) else None
        self.guard = BatchGuard(connection) if connection.dialect.name == "sqlite" else None
        self.forget()

    def forget(self) -> None:
        """Begin anew, after a rollback."""
        self.before: tuple[str, ...] = ()
        self.expected: tuple[str, ...] = ()
        self.done: list[str] = []
        self.total = 0
        self.running: Any = None
        self.sql = self.version_table = ""
        self.context: MigrationContext | None = None
        self.statements: list[Statement] = []
        self.lock_timed_out = False
        self._first = self._standing = 0
        self._since = 0.0

    # Alembic's steps ---------------------------------------------------------------------------

    def steps(
        self, context: MigrationContext, heads: Iterable[str], chosen: Iterable[Any]
    ) -> Iterator[Any]:
        """Hand on Alembic's steps one by one, knowing which of them runs.

        Raises
        ------
        MigrationError
            When a revision stopped half-way before and this is not its resumption, when rows
            would be left without their parent, or when a rebuilt table would lose something.
        """
        steps = list(chosen)
        self.context, self.version_table = context, context.version_table
        self.before = self.expected = tuple(sorted(heads))
        self.total = len(steps)
        stopped = self._take_up(steps)
        if self.journaling is None:
            self.foresee(heads, steps)
        with foreign_keys_kept(self.connection):
            for step in steps:
                self.running = None
                self.refuse_cancelled()
                self.running, self._first = step, len(self.statements)
                if self.journaling is not None and not is_stamp(step):
                    self.journaling.begin(step.revision.revision, direction_of(step), stopped)
                if self.guard is not None:
                    self.guard.begin()
                yield step
            self.running = None

    def foresee(self, heads: Iterable[str], chosen: Iterable[Any]) -> None:
        """Refuse steps that must fail, unless they go on where a revision stopped. Read-only."""
        steps = list(chosen)
        stopped = self.journaling is not None and self.journaling.journal.stopped() is not None
        if steps and not is_stamp(steps[0]) and not stopped:
            refuse_unfit(self.connection, heads, steps)

    def may_begin(self) -> bool:
        """Say whether no revision stands half-way, or this run resumes it. Read-only."""
        return self.resume or self.journaling is None or self.journaling.journal.stopped() is None

    def _take_up(self, steps: list[Any]) -> Any:
        """Look for a revision that stopped half-way; stamping forgets it."""
        if self.journaling is None:
            return None
        journal = self.journaling.journal
        stopped = journal.stopped()
        if steps and is_stamp(steps[0]):
            journal.clear()
            return None
        if stopped is not None and not (self.resume and _is_first(steps, stopped)):
            raise refuse_stopped(stopped)
        if steps:
            journal.create()
        return stopped

    def applied(self, step: Any, heads: set[str], **rest: Any) -> None:
        """Note a revision that Alembic has applied (its `on_version_apply` hook)."""
        revision = step.up_revision_id if step.is_upgrade else ", ".join(step.source_revision_ids)
        self.done.append(str(revision))
        self.expected = tuple(sorted(heads))
        if self.journaling is not None and not step.is_stamp:
            self.journaling.end()
        if self.guard is not None and not step.is_stamp:
            ran = [one.sql for one in self.statements[self._first :]]
            self.guard.end(self.running.revision, direction_of(self.running), ran)
        if self.hooks.on_revision is not None:
            self.hooks.on_revision(str(revision), len(self.done), self.total)

    # the connection's statements -----------------------------------------------------------------

    @contextmanager
    def watching(self) -> Iterator["Attempt"]:
        """Listen to the connection for as long as the block lasts."""
        hooks: list[tuple[Any, str, Callable[..., Any]]] = [
            (self.connection, "before_cursor_execute", self._begins),
            (self.connection, "after_cursor_execute", self._ran),
            (self.connection, "commit", self._committed),
            (self.connection.engine, "handle_error", self._failed),
        ]
        for target, name, hook in hooks:
            event.listen(target, name, hook)
        try:
            with self.journaling.listening() if self.journaling else nullcontext():
                yield self
        finally:
            if self.journaling:
                with suppress(Exception):  # a connection that is gone leaves it to the next run
                    self.connection.rollback()
                    self.journaling.journal.drop_if_empty()
            for target, name, hook in hooks:
                event.remove(target, name, hook)

    def _begins(self, connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        if self._looking:
            return
        if waits_by_design(connection, sql):
            cursor.execute("SET lock_timeout = 0")
        self.sql, self._since = undoubled(sql, connection.dialect).strip(), time.perf_counter()

    def _ran(self, connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        if self._looking:
            return
        milliseconds = (time.perf_counter() - self._since) * 1000
        sent, self.sql = undoubled(sql, connection.dialect).strip(), ""
        if waits_by_design(connection, sql):
            connection.connection.driver_connection.execute("SET lock_timeout = '500ms'")
        if self.running is None or keeps_the_version(sql, self.version_table):
            return
        self.statements.append(Statement(sent, milliseconds, cursor.rowcount))
        if not in_transaction(self.connection):
            self._committed(connection)
        self._tell()
        if self._leaves_nothing():
            self.refuse_cancelled()

    def refuse_cancelled(self) -> None:
        """Stop here if somebody has asked for it.

        Raises a CancelledError if so.
        """
        if self.hooks.cancelled is not None and self.hooks.cancelled():
            raise CancelledError("Cancelled.")

    def _leaves_nothing(self) -> bool:
        """Say whether a rollback takes back all that has run of the running revision."""
        rolls_back = self.journaling is None and in_transaction(self.connection)
        return rolls_back and self._standing <= self._first

    def _tell(self) -> None:
        """Hand the last statement on; what is read meanwhile is none of the revision's."""
        on_statement = self.hooks.on_statement
        if on_statement is None or is_stamp(self.running):
            return
        self._looking = True
        try:
            revision, direction = self.running.revision.revision, direction_of(self.running)
            on_statement(self.connection, revision, direction, self.statements[-1])
        finally:
            self._looking = False

    def _committed(self, connection: Any) -> None:
        self._standing = len(self.statements)

    def _failed(self, context: Any) -> None:
        if context.connection in (self.connection, None):
            code = getattr(context.original_exception, "sqlstate", "")
            self.lock_timed_out = code == "55P03"

    def run(self, work: Callable[[], None]) -> None:
        """Run `work` while watching, again while a lock of somebody else's is in its way."""

        def once() -> None:
            self.forget()
            work()

        with self.watching():
            patiently(self.patience, once, lambda: self.lock_timed_out and not self.standing())

    def standing(self) -> list[str]:
        """Roll back what is open, and list the running revision's statements that stand."""
        self.connection.rollback()
        if self.journaling is not None:
            stopped = self.journaling.journal.stopped()
            return [one.statement for one in stopped.entries if one.done] if stopped else []
        return [one.sql for one in self.statements[self._first : self._standing]]


def is_stamp(step: Any) -> bool:
    """Say whether one of Alembic's steps only writes the version table."""
    return isinstance(step, StampStep)


def direction_of(step: Any) -> str:
    """Say whether one of Alembic's steps goes up or down."""
    return "upgrade" if step.is_upgrade else "downgrade"


def _is_first(steps: list[Any], stopped: Any) -> bool:
    return bool(steps) and (steps[0].revision.revision, direction_of(steps[0])) == (
        stopped.revision,
        stopped.direction,
    )
