"""The downgrade recreates a column or table without its values."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.review.change import Change
from schema_lab.review.effects import dropped_columns, dropped_tables
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import of_rows, on
from schema_lab.views.plain import counted

CODE = "SL402"
NAME = "values-stay-lost"
SEVERITY: Severity = "note"
TITLE = "The downgrade recreates a column or table without its values."

_WHY = (
    "A downgrade that succeeds looks reversible, but it recreates the columns without their values."
)
_RECIPE = (
    "Take a snapshot before the upgrade (lab.snapshot()). Or copy the values to another table "
    "in the upgrade, and restore them from there in the downgrade."
)


def find(change: Change) -> Iterator[Finding]:
    """Find what the upgrade drops with values and the downgrade recreates."""
    if change.direction == "downgrade" or change.live is None:
        return
    recreated = _recreated(change)
    for effect in dropped_columns(change):
        values = change.live.values(effect.place, effect.column)
        if values and (effect.place, effect.column) in recreated:
            sentence = (
                f"the downgrade recreates `{effect.what}` without its {counted(values, 'value')}"
            )
            yield on(
                *(effect.step, CODE, SEVERITY, sentence, _WHY, _RECIPE),
                place=effect.place,
                column=effect.column,
            )
    for effect in dropped_tables(change):
        if change.live.rows(effect.place) and (effect.place, "") in recreated:
            rows = of_rows(change, effect.place).strip(" ()")
            sentence = f"the downgrade recreates `{effect.place}` without its {rows}"
            yield on(effect.step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=effect.place)


def _recreated(change: Change) -> set[tuple[object, str]]:
    found: set[tuple[object, str]] = set()
    for step in change.downgrade:
        if isinstance(step.operation, ops.AddColumnOp):
            found.add((step.place, step.column))
        elif isinstance(step.operation, ops.CreateTableOp):
            found.add((step.place, ""))
    return found
