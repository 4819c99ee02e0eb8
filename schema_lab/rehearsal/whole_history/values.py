"""The report of a round trip through a history: one trip for each revision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema_lab.autogenerate import Drift
from schema_lab.rehearsal.values import Failure, LostValues
from schema_lab.views import roundtrip as view

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "revision": "string",
    "finding": "string",
    "table": "string",
    "column": "string",
    "count": "Int64",
    "sentence": "string",
}


@dataclass(frozen=True)
class Trip:
    """One revision gone up, down and up again, over sample rows.

    Attributes
    ----------
    revision, message
        Which.
    rows
        How many sample rows were there on the way down.
    failure, failed_at
        Why a way failed, and which: "upgrade", "downgrade" or "second upgrade".
    traces
        Differences of the schema that down, or down and up, leaves behind.
    destroyed
        What the upgrade itself destroys of the rows before it.
    lost
        What does not survive the way down and up again.
    untried
        Why the revision was not tried; "" where it was.
    """

    revision: str
    message: str
    rows: int = 0
    failure: Failure | None = None
    failed_at: str = ""
    traces: tuple[str, ...] = ()
    destroyed: tuple[LostValues, ...] = ()
    lost: tuple[LostValues, ...] = ()
    untried: str = ""

    @property
    def leaves_no_trace(self) -> bool:
        """Whether all ways were gone, and the schema was the same again; rows are not looked at."""
        return self.failure is None and not self.traces

    def found(self) -> Iterator[tuple[str, str | None, str | None, int | None, str]]:
        """List what was found as (finding, table, column, count, sentence)."""
        if self.failure is not None:
            yield "failure", self.failure.table or None, None, None, self._failed(self.failure)
        for trace in self.traces:
            yield "trace", None, None, None, trace
        for one in self.destroyed:
            sentence = f"the upgrade: {one.sentence}"
            yield "destroyed", one.table, one.column, one.count, sentence
        for one in self.lost:
            sentence = f"down and up: {one.sentence}"
            yield "lost", one.table, one.column, one.count, sentence
        if self.untried:
            yield "untried", None, None, None, self.untried

    def _failed(self, failure: Failure) -> str:
        return f"the {self.failed_at} fails: {failure.sentence}"


@dataclass(frozen=True)
class Roundtrip:
    """A history gone through on an empty database, revision by revision: up, down and up again.

    `drift` is what the models still differ in at the head; None where that was not looked at.
    """

    dialect: str
    trips: tuple[Trip, ...]
    drift: Drift | None = None
    notes: tuple[str, ...] = ()

    @property
    def leaves_no_trace(self) -> bool:
        """Whether every revision can be taken back and the schema is the same again."""
        return all(one.leaves_no_trace for one in self.trips)

    @property
    def keeps_rows(self) -> bool:
        """Whether all sample rows and values survive, up as well as down and up."""
        return not any(one.lost or one.destroyed for one in self.trips)

    @property
    def ok(self) -> bool:
        """Whether no trace is left and the models show no drift at the head."""
        return self.leaves_no_trace and not self.drift

    @property
    def frame(self) -> pd.DataFrame:
        """All findings as a table.

        Returns
        -------
        DataFrame
            revision, finding ("failure", "trace", "destroyed", "lost", "untried" or "drift"),
            table, column, sentence (string), count (Int64: rows or values).
        """
        from schema_lab.database.frames import stated_frame

        rows = [(one.revision, *found) for one in self.trips for found in one.found()]
        rows += [
            ("", "drift", one.table, one.column, None, one.sentence) for one in self.drift or ()
        ]
        return stated_frame(COLUMNS, rows)

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)
