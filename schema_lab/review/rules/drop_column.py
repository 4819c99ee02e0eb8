"""A column is dropped that holds values."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.words import counted

CODE = "SL101"
NAME = "drop-column"
SEVERITY: Severity = "error"
TITLE = "A column that holds values is dropped."

_WHY = "The values are gone for good: the downgrade brings the column back, but empty."
_RECIPE = (
    "Copy the values to where they are needed first, or rename the column. Stop reading and "
    "writing it in the application, release, and drop it in a later migration."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each dropped column; one that is empty in the live database passes."""
    for step in change.steps:
        if not isinstance(step.operation, ops.DropColumnOp) or step.place is None:
            continue
        values = change.live.values(step.place, step.column) if change.live else None
        if values == 0:
            continue
        yield Finding(
            code=CODE,
            severity=SEVERITY,
            table=step.table,
            column=step.column,
            sentence=_sentence(values, f"{step.table}.{step.column}"),
            why=_WHY,
            recipe=_RECIPE,
            step=step,
        )


def _sentence(values: int | None, column: str) -> str:
    if values is None:
        return f"drops {column} with all its values"
    return f"drops {counted(values, 'non-null value')} of {column}"
