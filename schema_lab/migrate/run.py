"""A run: what one upgrade or downgrade did, statement by statement."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from schema_lab.views import run as view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Statement:
    """One SQL statement that ran: its text, milliseconds and rows (-1 where unknown)."""

    sql: str
    milliseconds: float
    rows: int


@dataclass(frozen=True)
class Run:
    """A finished upgrade, downgrade or stamp; the heads were read on fresh connections."""

    direction: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    revisions: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The statements as a table.

        Returns
        -------
        DataFrame
            Columns sql (str), milliseconds (float), rows (int; -1 where the driver does not say).
        """
        import pandas as pd

        rows = [(one.sql, one.milliseconds, one.rows) for one in self.statements]
        return pd.DataFrame(rows, columns=["sql", "milliseconds", "rows"])

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


@dataclass
class Recorder:
    """Notes the statements on a connection while `recording()` is true."""

    recording: Callable[[], bool]
    statements: list[Statement] = field(default_factory=list)
    running: str = ""
    _since: float = 0.0

    @contextmanager
    def on(self, connection: sa.Connection) -> Iterator[Recorder]:
        """Listen for as long as the block lasts."""
        event.listen(connection, "before_cursor_execute", self._before)
        event.listen(connection, "after_cursor_execute", self._after)
        try:
            yield self
        finally:
            event.remove(connection, "before_cursor_execute", self._before)
            event.remove(connection, "after_cursor_execute", self._after)

    def _before(self, connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        self.running, self._since = sql, time.perf_counter()

    def _after(self, connection: Any, cursor: Any, sql: str, *rest: Any) -> None:
        milliseconds = (time.perf_counter() - self._since) * 1000
        if self.recording():
            self.statements.append(Statement(sql.strip(), milliseconds, cursor.rowcount))
        self.running = ""
