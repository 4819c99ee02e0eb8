"""A type is exchanged for one that the values do not survive."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.effects import (
    altered_columns,
    demands_on_values,
)
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.rows import Demand, LiveTables, plain_type, violations_of
from schema_lab.rows.violations import some
from schema_lab.schema.words import type_text
from schema_lab.views.plain import quoted

CODE = "SL206"
NAME = "cast-over-values"
SEVERITY: Severity = "error"
TITLE = "A column changes to a type that its values cannot be cast to."

_REFUSED = (
    "The database rejects values that it cannot cast, and the upgrade fails. A value in an unusual "
    "spelling, such as 'Jan 31 2026', counts as one of them."
)
_SQLITE = (
    "Batch mode casts while it copies, and SQLite casts anything silently: 'abc' becomes 0, "
    "2026-05-06 becomes 2026, 1.75 becomes 1."
)
_RECIPE = (
    "Add a column of the new type, fill it with an expression of your own and check the values "
    "that are left. Then drop the old column and rename the new one."
)
_SHOWN = 6


def find(change: Change) -> Iterator[Finding]:
    """Give each such column with the values that do not survive; if all do, nothing."""
    if change.live is None:
        return
    rows = LiveTables(change.live.connection)
    for step, place, operation in altered_columns(change):
        table = (place.name, place.schema)
        for demand in demands_on_values(change, step, place, operation):
            found = violations_of(rows, table, demand) if demand.kind == "cast" else None
            if found is None:
                continue
            after = type_text(plain_type(operation.modify_type), rows.connection.dialect)
            said = found.reason or f"{found.values(demand)}: {_shown(rows, table, demand)}"
            sentence = f"casts `{place}.{step.column}` to {after}: {said}"
            why = _SQLITE if change.dialect == "sqlite" else _REFUSED
            yield on(step, CODE, SEVERITY, sentence, why, _RECIPE, rows=found)


def _shown(rows: LiveTables, table: tuple[str, str | None], demand: Demand) -> str:
    return quoted(row[0] for row in some(rows, table, demand, demand.columns, _SHOWN))
