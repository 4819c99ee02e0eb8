"""The baton between a migration in its own thread and whoever steps through it."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import sqlalchemy as sa

from schema_lab.errors import InputError

_JOIN = 30.0
"""Seconds to wait for a migration that was given up to roll back."""


class Abandoned(Exception):  # noqa: N818 - a person left; nothing went wrong
    """Whoever stepped through the migration has left it."""


class Baton:
    """Only its holder moves: the migration runs a statement, or a person looks.

    A reading of the tables is done by the migration's thread too, so that its connection is used
    by one thread only.
    """

    def __init__(self, work: Callable[["Baton"], Any]) -> None:
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
        except BaseException as error:  # noqa: BLE001 - handed on to whoever steps
            answer = ("error", error)
        self._answers.put(answer)

    def pause(self, step: Any, connection: sa.Connection) -> None:
        """Hand a step over, and wait until the migration may go on.

        Raises
        ------
        Abandoned
            When it shall not.
        """
        self.refuse_abandoned()
        self._answers.put(("step", step))
        while (order := self._orders.get()) is not None:
            if isinstance(order, Abandoned):
                self._abandoned = True
                raise order
            self._answers.put(_tried(order, connection))

    def refuse_abandoned(self) -> None:
        """Stop a migration that went on although it was told to stop."""
        if self._abandoned:
            raise Abandoned

    # the person's side -------------------------------------------------------------------------

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
        """Read something on the migration's own connection, while it waits.

        Raises
        ------
        InputError
            When the migration does not wait.
        """
        if not self.paused:
            raise InputError(
                "This step is over.", "Look at a step before the next one, or use lab.rows(…)."
            )
        self._orders.put(read)
        kind, answer = self._answers.get()
        if kind == "error":
            raise answer
        return answer

    def abandon(self) -> None:
        """End the migration where it stands, and wait until it has rolled back what it can."""
        if self.over or self._thread.ident is None:
            self.over = True
            return
        self._orders.put(Abandoned())
        self._thread.join(_JOIN)
        self.paused, self.over = False, True


def _tried(read: Callable[[sa.Connection], Any], connection: sa.Connection) -> tuple[str, Any]:
    """Read inside a savepoint on PostgreSQL, where an error would end the transaction."""
    try:
        if connection.dialect.name == "postgresql" and _in_transaction(connection):
            with connection.begin_nested():
                return "looked", read(connection)
        return "looked", read(connection)
    except Exception as error:  # noqa: BLE001 - handed on to whoever looks
        return "error", error


def _in_transaction(connection: sa.Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.info.transaction_status) if connection.dialect.driver == "psycopg" else True
