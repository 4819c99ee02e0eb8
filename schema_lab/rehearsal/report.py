"""A rehearsal: what happened when a migration ran on a throwaway copy of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schema_lab.autogenerate import Drift
from schema_lab.history import Environment
from schema_lab.rehearsal.fingerprint import Fingerprint
from schema_lab.rehearsal.foreseeing import Size
from schema_lab.rehearsal.values import (
    ChangedValues,
    ColumnChange,
    Failure,
    LostValues,
    Performed,
    RoundTrip,
    Sample,
)
from schema_lab.views import rehearsal as view

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "table": "string",
    "column": "string",
    "mark": "string",
    "type_before": "string",
    "type_after": "string",
    "rows_before": "Int64",
    "rows_after": "Int64",
    "nulls_before": "Int64",
    "nulls_after": "Int64",
    "lost": "Int64",
    "changed": "Int64",
}
STATEMENTS = {
    "sql": "string",
    "milliseconds": "float64",
    "rows": "int64",
    "locks": "string",
    "foreseen_milliseconds": "Float64",
}
SAMPLES = {
    "table": "string",
    "key": "string",
    "column": "string",
    "before": "string",
    "after": "string",
    "mark": "string",
}


@dataclass(frozen=True)
class Rehearsal:
    """What happened when a migration ran on a throwaway copy, or in a rolled-back transaction."""

    direction: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    how: str
    why: str
    revisions: tuple[str, ...]
    statements: tuple[Performed, ...]
    columns: tuple[ColumnChange, ...]
    losses: tuple[LostValues, ...]
    changes: tuple[ChangedValues, ...]
    failure: Failure | None
    notes: tuple[str, ...]
    fingerprint: Fingerprint = field(repr=False)
    samples: tuple[Sample, ...] = ()
    round_trip: RoundTrip | None = None
    drift: Drift | None = None
    sampled: tuple[Size, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the migration ran to its end."""
        return self.failure is None

    def fits(self, environment: Environment) -> bool:
        """Tell whether database and scripts are still as they were. Read-only."""
        return not self.changed_since(environment)

    def changed_since(self, environment: Environment) -> str:
        """Say what has changed since; "" when nothing has. Read-only."""
        return self.fingerprint.changed_since(environment)

    @property
    def frame(self) -> pd.DataFrame:
        """The columns of all tables, before and after.

        Returns
        -------
        DataFrame
            table, column, mark ("+", "-", "~" or ""), type_before, type_after (string);
            rows_before, rows_after, nulls_before, nulls_after, lost, changed (Int64; values).
        """
        from schema_lab.database.frames import stated_frame

        return stated_frame(COLUMNS, map(_column_row, self.columns))

    @property
    def timings(self) -> pd.DataFrame:
        """The statements, with milliseconds, rows touched and locks taken.

        Returns
        -------
        DataFrame
            sql (string), milliseconds (float64), rows (int64; -1 where the driver does not say),
            locks (string), foreseen_milliseconds (Float64; for the real table, of a sample).
        """
        from schema_lab.database.frames import stated_frame

        rows = [
            (one.sql, one.milliseconds, one.rows, ", ".join(one.locks), one.foreseen)
            for one in self.statements
        ]
        return stated_frame(STATEMENTS, rows)

    @property
    def rows(self) -> pd.DataFrame:
        """Some values before and after, side by side: table, key, column, before, after, mark."""
        from schema_lab.database.frames import stated_frame

        found = [(s.table, s.key, s.column, s.before, s.after, s.mark) for s in self.samples]
        return stated_frame(SAMPLES, found)

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


def _column_row(one: ColumnChange) -> tuple[object, ...]:
    return (
        one.table,
        one.name,
        one.mark,
        one.type_before,
        one.type_after,
        *(one.rows_before, one.rows_after, one.nulls_before, one.nulls_after),
        one.lost,
        one.changed,
    )
