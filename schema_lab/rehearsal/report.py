"""The report of a rehearsal: what happened when a migration ran on a temporary copy.

If the copy is a sample, the report also estimates how long each statement takes on the real
tables, from their sizes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlglot import exp

from schema_lab.compare import Drift
from schema_lab.database.dialects import shared_name
from schema_lab.history import Environment, as_lab_errors
from schema_lab.rehearsal.outcome import (
    ChangedValues,
    ColumnChange,
    Failure,
    LostValues,
    Performed,
    RoundTrip,
    Sample,
)
from schema_lab.rehearsal.rehearsed_state import RehearsedState
from schema_lab.rehearsal.row_differences import parsed
from schema_lab.schema.words import TableKey
from schema_lab.views import rehearsal as view

if TYPE_CHECKING:
    import pandas as pd

_ESTIMATES = {
    "postgresql": sa.text(
        "SELECT n.nspname = current_schema(), n.nspname, c.relname, c.reltuples::bigint"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'"
    ),
    "mysql": sa.text(
        "SELECT TRUE, table_schema, table_name, table_rows FROM information_schema.tables"
        " WHERE table_schema = DATABASE()"
    ),
}


@dataclass(frozen=True)
class Size:
    """How many of a table's rows were copied; on servers, `rows` is the server's estimate."""

    table: str
    taken: int
    rows: int

    @property
    def factor(self) -> float:
        """How many times larger the real table is."""
        return max(1.0, self.rows / self.taken) if self.taken else 1.0


def sizes_of(environment: Environment, sampled: Mapping[TableKey, int]) -> tuple[Size, ...]:
    """Read the sizes of the sampled tables from the live database. Read-only."""
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        known = _estimated(connection)
        return tuple(
            Size(".".join(filter(None, key)), taken, max(taken, _rows(connection, key, known)))
            for key, taken in sampled.items()
        )


def _rows(connection: sa.Connection, key: TableKey, known: Mapping[TableKey, int]) -> int:
    estimate = known.get(key, -1)
    if estimate >= 0:
        return estimate
    counted = sa.select(sa.func.count()).select_from(sa.table(key[1], schema=key[0]))
    return int(connection.scalar(counted) or 0)


def _estimated(connection: sa.Connection) -> dict[TableKey, int]:
    name = shared_name(connection.dialect.name)
    if name not in _ESTIMATES:
        return {}
    found = connection.execute(_ESTIMATES[name]).all()
    return {
        TableKey(None if here else schema, table): rows or 0 for here, schema, table, rows in found
    }


def with_estimates(
    statements: Sequence[Performed], sizes: Sequence[Size], dialect: str
) -> tuple[Performed, ...]:
    """Estimate how long each statement takes on the real tables, in proportion to their rows."""
    factors = {size.table.rpartition(".")[2].casefold(): size.factor for size in sizes}
    return tuple(
        replace(
            statement, estimated=statement.milliseconds * _factor(statement.sql, factors, dialect)
        )
        for statement in statements
    )


def _factor(sql: str, factors: Mapping[str, float], dialect: str) -> float:
    named = [
        table.name.casefold().removeprefix("_alembic_tmp_")
        for tree in parsed(sql, dialect)
        for table in tree.find_all(exp.Table)
    ]
    return max((factors.get(name, 1.0) for name in named), default=1.0)


def sample_note(sizes: Sequence[Size]) -> str:
    """Say how much of the database was rehearsed."""
    listed = ", ".join(
        f"{size.taken} of {size.rows} rows of `{size.table}`"
        for size in sizes
        if size.rows > size.taken
    )
    return (
        f"Only a sample was rehearsed: {listed or 'all rows, because the tables are small'}. "
        "All counts refer to the sample. Times on the real tables are estimated in proportion."
    )


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
    "estimated_milliseconds": "Float64",
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
    """What happened when a migration ran on a temporary copy, or in a rolled-back transaction."""

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
    rehearsed_state: RehearsedState = field(repr=False)
    samples: tuple[Sample, ...] = ()
    round_trip: RoundTrip | None = None
    drift: Drift | None = None
    sampled: tuple[Size, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether the migration ran to the end."""
        return self.failure is None

    def fits(self, environment: Environment) -> bool:
        """Tell whether the database and the scripts are unchanged. Read-only."""
        return not self.changed_since(environment)

    def changed_since(self, environment: Environment) -> str:
        """Say what has changed since; "" if nothing has. Read-only."""
        return self.rehearsed_state.changed_since(environment)

    @property
    def frame(self) -> pd.DataFrame:
        """The columns of all tables, before and after.

        Returns
        -------
        DataFrame
            table, column, mark ("+", "-", "~" or ""), type_before, type_after (string);
            rows_before, rows_after, nulls_before, nulls_after, lost, changed (Int64; values).
        """
        from schema_lab.schema.frames.frames import stated_frame

        return stated_frame(COLUMNS, map(_column_row, self.columns))

    @property
    def timings(self) -> pd.DataFrame:
        """The statements, with milliseconds, rows affected and locks taken.

        Returns
        -------
        DataFrame
            sql (string), milliseconds (float64), rows (int64; -1 if the driver does not say),
            locks (string), estimated_milliseconds (Float64; on the real table, for a sample).
        """
        from schema_lab.schema.frames.frames import stated_frame

        rows = [
            (
                statement.sql,
                statement.milliseconds,
                statement.rows,
                ", ".join(statement.locks),
                statement.estimated,
            )
            for statement in self.statements
        ]
        return stated_frame(STATEMENTS, rows)

    @property
    def rows(self) -> pd.DataFrame:
        """Some values before and after, side by side: table, key, column, before, after, mark."""
        from schema_lab.schema.frames.frames import stated_frame

        found = [(s.table, s.key, s.column, s.before, s.after, s.mark) for s in self.samples]
        return stated_frame(SAMPLES, found)

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


def _column_row(column: ColumnChange) -> tuple[object, ...]:
    return (
        column.table,
        column.name,
        column.mark,
        column.type_before,
        column.type_after,
        *(column.rows_before, column.rows_after, column.nulls_before, column.nulls_after),
        column.lost,
        column.changed,
    )
