"""Violations: the rows that violate a demand, counted, with a few of them. Read-only.

One query counts the rows of a demand. What is equal is for the database to say: queries group and
join by its own collation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.rows.demand import TIMES, Demand, TableName
from schema_lab.rows.demands import LiveTables, opened
from schema_lab.rows.ready import ready_statement
from schema_lab.schema.words import full_name
from schema_lab.views import findings as view
from schema_lab.views.frame import frame_of

if TYPE_CHECKING:
    import pandas as pd

ROWS_SHOWN = 10
"""The most rows that violations hold."""

_GROUPS, _LONGEST = 5, 60


@dataclass(frozen=True)
class Violations:
    """Rows that violate a demand.

    Attributes
    ----------
    sentence
        How many values or rows there are, and what is wrong with them.
    columns, rows
        The names of the table's columns, and the first of the rows, whole.
    total
        How many rows there are; 0 where the database only says that there are some.
    demand
        What the rows violate.
    reason
        For a demand without a condition: what the database says of the first value.
    ready
        A statement that lets the rows pass, for a person to edit and run; "" where none is known.
    """

    sentence: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = field(default=(), compare=False)
    total: int = 0
    demand: Demand | None = field(default=None, compare=False, repr=False)
    reason: str = ""
    ready: str = field(default="", compare=False, repr=False)

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as a table, with the table's own columns; at most ten."""
        return frame_of(self.rows, self.columns)

    def values(self, demand: Demand) -> str:
        """Say how many values violate the demand, without naming the column."""
        return f"{counted(self.total, 'value')} {demand.says(self.total)}"

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return view.blocking_rows_text(self)

    def _repr_html_(self) -> str:
        return view.blocking_rows_html(self)


def blocking(
    operations: Iterable[ops.MigrateOperation], connection: sa.Connection
) -> tuple[Violations, ...]:
    """Find the rows over which a migration fails.

    Parameters
    ----------
    operations
        Alembic's operations; batches are opened. An operation that is `settled` is left out: a
        person decides on its values, or has decided.
    connection
        The live database, as it is before the migration.

    Returns
    -------
    tuple of Violations
        Those of each demand whose rows are refused.
    """
    every = list(opened(operations))
    live = LiveTables.before(every, connection)
    return tuple(
        found
        for operation in every
        if not getattr(operation, "settled", False)
        for table, demand in live.demands_of(operation)
        if demand.refused and (found := violations_of(live, table, demand))
    )


def violations_of(live: LiveTables, table: TableName, demand: Demand) -> Violations | None:
    """Ask the rows of a table; None where no row violates the demand.

    A demand without a condition is tried on PostgreSQL, which then says what is wrong with the
    first value. Other databases cannot be asked without a change of the table.
    """
    if demand.violated is None:
        return _tried(live, table, demand)
    total = count(live, table, demand)
    if not total:
        return None
    columns, rows = _rows(live, table, demand)
    sentence = _sentence(live, table, demand, total)
    ready = ready_statement(live, table, demand)
    return Violations(sentence, columns, rows, total, demand, ready=ready)


def count(live: LiveTables, table: TableName, demand: Demand) -> int:
    """Count the rows that violate a demand; 0 where the database refuses the question."""
    found = _asked(live, _selected(live, table, demand, [sa.func.count()]))
    return int(found[0][0]) if found else 0


def some(
    live: LiveTables,
    table: TableName,
    demand: Demand,
    names: Sequence[str],
    most: int,
    *,
    ordered: bool = True,
) -> list[sa.Row[Any]]:
    """Give columns of the first rows that violate a demand, by their primary key if `ordered`."""
    wanted: list[Any] = [sa.column(live.column(table, name)) for name in names]
    query = _selected(live, table, demand, wanted)
    if ordered:
        query = query.order_by(*map(sa.column, keys_of(live, table)))
    return list(_asked(live, query.limit(most)))


def keys_of(live: LiveTables, table: TableName) -> list[str]:
    """Name the columns of a table's primary key."""
    return list(live.inspector.get_pk_constraint(*live.table(table))["constrained_columns"])


def _selected(live: LiveTables, table: TableName, demand: Demand, columns: Any) -> sa.Select[Any]:
    name, schema = live.table(table)
    source = sa.table(name, schema=schema) if demand.source is None else demand.source
    assert demand.violated is not None
    return sa.select(*columns).select_from(source).where(demand.violated)


def _asked(live: LiveTables, query: Any) -> Sequence[Any]:
    """Run a query; SQL given as text may name a column that does not exist yet."""
    try:
        with live.connection.begin_nested():
            return live.connection.execute(query).all()
    except (sa.exc.DBAPIError, sa.exc.CompileError):  # also a type that this database has not
        return []


def _tried(live: LiveTables, table: TableName, demand: Demand) -> Violations | None:
    if live.connection.dialect.name != "postgresql":
        return None
    name, schema = live.table(table)
    cast: Any = sa.literal_column(demand.using)
    query = sa.select(sa.func.count(cast)).select_from(sa.table(name, schema=schema))
    try:
        with live.connection.begin_nested():
            live.connection.scalar(query)
    except sa.exc.DBAPIError as error:
        reason = short(str(error.orig).splitlines()[0], 2 * _LONGEST)
        what = named(full_name(*table), demand.columns)
        sentence = f"PostgreSQL cannot cast the values of {what}: {reason}."
        return Violations(sentence, demand=demand, reason=reason)
    return None


def _sentence(live: LiveTables, table: TableName, demand: Demand, total: int) -> str:
    said = demand.says(total)
    if demand.kind == "unique":
        return _repeated(live, table, demand)
    if not demand.columns:
        return f"{counted(total, 'row')} of `{full_name(*table)}` {said}."
    sentence = f"{counted(total, 'value')} of {named(full_name(*table), demand.columns)} {said}."
    if demand.measure is None:
        return sentence
    most = _asked(live, _selected(live, table, demand, [sa.func.max(demand.measure)]))
    return f"{sentence} The longest has {most[0][0]:,}." if most else sentence


def _repeated(live: LiveTables, table: TableName, demand: Demand) -> str:
    """Name the values that occur more than once, the most frequent first."""
    keys = _labels(demand)
    times: Any = sa.column(TIMES)
    groups = _selected(live, table, demand, [*keys, times]).group_by(*keys, times)
    found = _asked(
        live,
        groups.add_columns(sa.func.count().over()).order_by(times.desc(), *keys).limit(_GROUPS),
    )
    number = found[0][-1] if found else 0
    shown = [f"{spelled(row[:-2])} ({row[-2]} rows)" for row in found]
    end = ", …" if number > len(found) else "."
    what = named(full_name(*table), demand.columns)
    return f"{counted(number, 'value')} of {what} {demand.says(number)}: {', '.join(shown)}{end}"


def _labels(demand: Demand) -> list[Any]:
    if demand.kind != "unique":
        return []
    return [sa.column(f"schema_lab_{place}") for place, _ in enumerate(demand.columns)]


def _rows(
    live: LiveTables, table: TableName, demand: Demand
) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Give the first rows, whole; those with the same values side by side."""
    name, schema = live.table(table)
    columns = live.inspector.get_columns(name, schema)
    names = [str(column["name"]) for column in columns]
    query = _selected(live, table, demand, map(sa.column, names))
    order = [*_labels(demand), *map(sa.column, keys_of(live, table))]
    found = _asked(live, query.order_by(*order).limit(ROWS_SHOWN))
    return tuple(names), tuple(map(tuple, live.truthful(table, names, found)))


def counted(number: int, noun: str) -> str:
    """Put a number before its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def named(table: str, columns: Sequence[str]) -> str:
    """Name a column with its table, or several in brackets."""
    listed = ", ".join(columns)
    return f"`{table}.{listed}`" if len(columns) == 1 else f"`{table}.({listed})`"


def spelled(values: Iterable[Any]) -> str:
    """Spell a value, or several in brackets; long ones are cut."""
    parts = [short(repr(value), _LONGEST) for value in values]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def short(text: str, longest: int) -> str:
    """Cut a long text."""
    return text if len(text) <= longest else f"{text[:longest]}…"
