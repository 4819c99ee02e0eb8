"""Stepping: a debugger for migrations, an iterator that pauses after each statement.

The migration runs in a thread of its own. A `StepController` lets it run to its next statement,
and lets the user look at the tables while it is paused.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from schema_lab.database import masked
from schema_lab.errors import DatabaseError, InputError
from schema_lab.history import ALEMBIC_LOCK, Environment, as_lab_errors, database_heads, look
from schema_lab.migrate.moves import downgrade, steps_to, upgrade
from schema_lab.migrate.run import Run, Statement
from schema_lab.migrate.safeguards import in_transaction
from schema_lab.migrate.statements import StatementKind, kind_of
from schema_lab.migrate.table_changes import TableChange, TablesSeen, changes
from schema_lab.views import run as view

_JOIN = 30.0
"""Seconds to wait until an abandoned migration has rolled back."""


class Abandoned(Exception):  # noqa: N818 - the user stopped; nothing went wrong
    """The user has abandoned the migration."""


class StepController:
    """Either the migration runs a statement, or the user looks at the tables.

    The migration's thread also reads the tables, so that a single thread uses its connection.
    """

    def __init__(self, work: Callable[[StepController], Any]) -> None:
        self._orders: SimpleQueue[Callable[[sa.Connection], Any] | Abandoned | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self._work = work
        self._thread = threading.Thread(target=self._run, name="schema_lab step", daemon=True)
        self._abandoned = False
        self.paused = self.over = False

    # the migration's side ----------------------------------------------------------------------

    def _run(self) -> None:
        try:
            answer = ("run", self._work(self))
        except BaseException as error:  # noqa: BLE001 - raised again in the user's thread
            answer = ("error", error)
        self._answers.put(answer)

    def pause(self, step: Any, connection: sa.Connection) -> None:
        """Hand a step to the user, and wait until the migration may continue.

        Raises
        ------
        Abandoned
            When the user has abandoned the migration.
        """
        self.refuse_abandoned()
        self._answers.put(("step", step))
        while (order := self._orders.get()) is not None:
            if isinstance(order, Abandoned):
                self._abandoned = True
                raise order
            self._answers.put(_tried(order, connection))

    def refuse_abandoned(self) -> None:
        """Stop a migration that continued although it was told to stop."""
        if self._abandoned:
            raise Abandoned

    # the user's side ---------------------------------------------------------------------------

    def next(self) -> tuple[str, Any]:
        """Let the migration run to its next statement: ("step" | "run" | "error", what)."""
        if self._thread.ident is None:
            self._thread.start()
        elif self.paused:
            self._orders.put(None)
        self.paused = False
        kind, answer = self._answers.get()
        self.paused, self.over = kind == "step", kind != "step"
        return kind, answer

    def look(self, read: Callable[[sa.Connection], Any]) -> Any:
        """Read something on the migration's own connection, while it is paused.

        Raises
        ------
        InputError
            When the migration is not paused.
        """
        if not self.paused:
            raise InputError(
                "This step is over.",
                "Look at a step before you run the next step, or use lab.rows(…).",
            )
        self._orders.put(read)
        kind, answer = self._answers.get()
        if kind == "error":
            raise answer
        return answer

    def abandon(self) -> None:
        """Stop the migration, and wait until it has rolled back what it can."""
        if self.over or self._thread.ident is None:
            self.over = True
            return
        self._orders.put(Abandoned())
        self._thread.join(_JOIN)
        self.paused, self.over = False, True


def _tried(read: Callable[[sa.Connection], Any], connection: sa.Connection) -> tuple[str, Any]:
    """Read inside a savepoint on PostgreSQL, where an error would end the transaction."""
    try:
        if connection.dialect.name == "postgresql" and in_transaction(connection):
            with connection.begin_nested():
                return "looked", read(connection)
        return "looked", read(connection)
    except Exception as error:  # noqa: BLE001 - raised again where the user looks
        return "error", error


if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Step:
    """One statement that has just run, and the tables that it changed.

    `affected` is the number of rows that the driver reports, -1 where it does not.
    """

    number: int
    revision: str
    direction: str
    sql: str
    milliseconds: float
    affected: int
    changes: tuple[TableChange, ...]
    controller: StepController = field(repr=False, compare=False)

    def rows(
        self, table: str, limit: int = 20, models: sa.MetaData | Sequence[sa.MetaData] | None = None
    ) -> pd.DataFrame:
        """Show a table's first rows as the migration sees them now, before a commit. Read-only.

        On MariaDB and MySQL the `models` say which TINYINT(1) holds true and false.

        Raises
        ------
        InputError
            When there is no such table, or the migration has continued.
        """
        from schema_lab.schema.frames import tables

        found: pd.DataFrame = self.controller.look(
            lambda connection: tables.rows_on(connection, table, limit, models)
        )
        return found

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that the statement changed."""
        return tuple(change.table for change in self.changes)

    def __repr__(self) -> str:
        return view.step_text(self)

    def _repr_html_(self) -> str:
        return view.step_html(self)


class Steps:
    """The steps of an upgrade or a downgrade; each `next()` runs the next statement, then pauses.

    `run` is what `lab.upgrade()` would have returned, once all steps are done. `close()`, or
    deleting the steps, rolls back what the database can roll back and releases the lock. What
    MariaDB and MySQL cannot roll back, `lab.resume()` continues.
    """

    def __init__(self, environment: Environment, direction: str, target: str) -> None:
        self.direction, self.target = direction, target
        self.done: list[Step] = []
        self.run: Run | None = None
        self._controller = StepController(partial(_migrate, environment, direction, target))
        self._finalizer: weakref.finalize[..., Steps] = weakref.finalize(
            self, self._controller.abandon
        )

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        if self._controller.over:
            raise StopIteration
        kind, answer = self._controller.next()
        if kind == "error":
            raise answer
        if kind == "run":
            self.run = answer
            raise StopIteration
        self.done.append(answer)
        return self.done[-1]

    def close(self) -> None:
        """Stop the migration and undo what it did, where the database can; changes the database."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def state(self) -> str:
        """How far the stepping has come: not begun, after statement 3, done or abandoned."""
        if self.run is not None:
            return "done"
        if self._controller.over:
            return "abandoned"
        return f"after statement {self.done[-1].number}" if self.done else "not begun"

    def __repr__(self) -> str:
        return view.steps_text(self)

    def _repr_html_(self) -> str:
        return view.steps_html(self)


def step_through(environment: Environment, target: str) -> Steps:
    """Step through an upgrade or a downgrade of a scratch database; changes it step by step.

    Parameters
    ----------
    environment
        The project and its scratch database.
    target
        "head", "+1", "-1", "base" or a revision; it decides between upgrade and downgrade.

    Raises
    ------
    DatabaseError
        When the database is not a scratch database: its tables would stay locked while the user
        looks.
    InputError
        When the target is empty.
    HistoryError
        When there is no such revision, or nothing in that direction.
    """
    if not environment.throwaway:
        raise DatabaseError(
            f"{masked(environment.url)} is not a scratch database: "
            "its tables would stay locked while you look.",
            "Step through the migration on a temporary copy with lab.rehearse_steps(…), "
            "or in Lab.scratch().",
        )
    direction, _ = steps_to(environment, target, database_heads(environment))
    return Steps(environment, direction, target)


def _migrate(
    environment: Environment, direction: str, target: str, controller: StepController
) -> Run:
    hidden = look(environment, lambda context: context.version_table)
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        first = TablesSeen.of(connection, hidden)
    watcher = _Watcher(environment.url, controller, first, hidden)
    move = upgrade if direction == "upgrade" else downgrade
    return move(environment, target, watcher.refuse_abandoned, on_statement=watcher.ran)


class _Watcher:
    """Makes a step of each statement that changes something, and pauses after it."""

    def __init__(
        self, url: sa.URL, controller: StepController, first: TablesSeen, hidden: str
    ) -> None:
        self._url, self._controller, self._seen, self._hidden = url, controller, first, hidden
        self._number = 0

    def ran(
        self, connection: sa.Connection, revision: str, direction: str, statement: Statement
    ) -> None:
        """Pause after a statement."""
        reads = kind_of(statement.sql) in (StatementKind.READ, StatementKind.SESSION)
        if reads or statement.sql.upper().startswith("PRAGMA"):
            return
        after = TablesSeen.of(connection, self._hidden)
        changed = changes(self._seen, after, statement, connection.dialect.name)
        self._seen, self._number = after, self._number + 1
        step = Step(
            self._number,
            revision,
            direction,
            statement.sql,
            statement.milliseconds,
            statement.rows,
            changed,
            self._controller,
        )
        with ALEMBIC_LOCK.paused(self._url):
            self._controller.pause(step, connection)

    def refuse_abandoned(self, *revision: Any) -> None:
        """Finish no revision whose code swallowed the order to stop."""
        self._controller.refuse_abandoned()
