"""A column takes no NULL any more, and rows have it."""

from collections.abc import Iterator

from schema_lab.review.acts import altered_columns
from schema_lab.review.change import Change
from schema_lab.review.filling import is_written_before
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.words import counted

CODE = "SL201"
NAME = "not-null-over-nulls"
SEVERITY: Severity = "error"
TITLE = "A column becomes NOT NULL while rows have NULL in it."

_WHY = "The database refuses the rows with NULL, and the upgrade fails there."
_RECIPE = "Give these rows a value first, in the same migration or an earlier one; then NOT NULL."


def find(change: Change) -> Iterator[Finding]:
    """Give each such column; one that the migration itself fills before passes."""
    for step, place, operation in altered_columns(change):
        if operation.modify_nullable is not False or change.live is None:
            continue
        nulls = change.live.nulls(place, step.column)
        if nulls and not is_written_before(change, step, place, step.column):
            sentence = f"makes {place}.{step.column} NOT NULL over {counted(nulls, 'NULL')}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)
