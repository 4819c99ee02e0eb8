"""A type gets narrower than the values are."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.effects import (
    altered_columns,
    demands_on_values,
)
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.rows import Demand, LiveTables, Violations, violations_of
from schema_lab.schema.words import TableKey

CODE = "SL103"
NAME = "narrow-type"
SEVERITY: Severity = "error"
TITLE = "A column's type becomes narrower than the column's values."

_REFUSED = "The database rejects the values that do not fit, and the upgrade fails."
_CHANGED = "The database changes these values silently, and no downgrade restores them."
_SQLITE = (
    "SQLite stores longer values whatever the type says. They then violate the model's rule, and "
    "the upgrade fails on any other database."
)
_RECIPE = (
    "First fix the values in a separate data migration, then narrow the type. Or keep the wider "
    "type."
)
_KINDS = ("length", "range", "part")


def find(change: Change) -> Iterator[Finding]:
    """Give each narrowed column with the values that do not fit; if all fit, nothing."""
    for step, place, operation in altered_columns(change):
        what = f"narrows `{place}.{operation.column_name}`"
        for demand in demands_on_values(change, step, place, operation):
            if demand.kind not in _KINDS:
                continue
            why = _SQLITE if change.dialect == "sqlite" else _CHANGED
            why = _REFUSED if demand.refused and change.dialect != "sqlite" else why
            severity: Severity = "warning" if change.dialect == "sqlite" else SEVERITY
            if change.live is None:
                sentence = f"{what}: values that {demand.plural} do not fit"
                yield on(step, CODE, severity, sentence, why, _RECIPE)
            elif found := _violations(change, place, demand):
                sentence = f"{what}: {found.values(demand)}"
                yield on(step, CODE, severity, sentence, why, _RECIPE, rows=found)


def _violations(change: Change, place: TableKey, demand: Demand) -> Violations | None:
    assert change.live is not None
    rows = LiveTables(change.live.connection)
    return violations_of(rows, (place.name, place.schema), demand)
