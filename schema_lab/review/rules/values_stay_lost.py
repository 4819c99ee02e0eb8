"""The downgrade brings a column or table back, but not what was in it."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.review.acts import dropped_columns, dropped_tables
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import of_rows, on
from schema_lab.review.words import counted

CODE = "SL402"
NAME = "values-stay-lost"
SEVERITY: Severity = "note"
TITLE = "The downgrade brings a column or table back without its values."

_WHY = "A downgrade that runs without an error looks like a way back, but it gives empty columns."
_RECIPE = (
    "Take a snapshot before the upgrade (lab.snapshot()), or let the upgrade copy the values to a "
    "table from which the downgrade reads them."
)


def find(change: Change) -> Iterator[Finding]:
    """Give what the upgrade drops with values and the downgrade makes again."""
    if change.direction == "downgrade" or change.live is None:
        return
    back = _brought_back(change)
    for act in dropped_columns(change):
        values = change.live.values(act.place, act.column)
        if values and (act.place, act.column) in back:
            sentence = f"downgrade brings {act.what} back without its {counted(values, 'value')}"
            yield on(
                *(act.step, CODE, SEVERITY, sentence, _WHY, _RECIPE),
                place=act.place,
                column=act.column,
            )
    for act in dropped_tables(change):
        if change.live.rows(act.place) and (act.place, "") in back:
            rows = of_rows(change, act.place).strip(" ()")
            sentence = f"downgrade brings {act.place} back without its {rows}"
            yield on(act.step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=act.place)


def _brought_back(change: Change) -> set[tuple[object, str]]:
    made: set[tuple[object, str]] = set()
    for step in change.downgrade:
        if isinstance(step.operation, ops.AddColumnOp):
            made.add((step.place, step.column))
        elif isinstance(step.operation, ops.CreateTableOp):
            made.add((step.place, ""))
    return made
