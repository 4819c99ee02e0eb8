"""A column becomes NOT NULL while rows have NULL in it."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.effects import altered_columns, is_written_before
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.rows import LiveTables, violations_of
from schema_lab.rows.demand import not_null
from schema_lab.views.plain import counted

CODE = "SL201"
NAME = "not-null-over-nulls"
SEVERITY: Severity = "error"
TITLE = "A column becomes NOT NULL while rows have NULL in it."

_WHY = "The database rejects the rows with NULL, and the upgrade fails."
_RECIPE = "First fill these rows, in the same migration or an earlier one."


def find(change: Change) -> Iterator[Finding]:
    """Give each such column; one that the migration itself fills before passes."""
    for step, place, operation in altered_columns(change):
        if operation.modify_nullable is not False or change.live is None:
            continue
        rows, table = LiveTables(change.live.connection), (place.name, place.schema)
        if is_written_before(change, step, place, step.column) or not rows.has(
            table, [step.column]
        ):
            continue
        found = violations_of(rows, table, not_null(step.column))
        if found:
            nulls = counted(found.total, "NULL")
            sentence = f"makes `{place}.{step.column}` NOT NULL over {nulls}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, rows=found)
