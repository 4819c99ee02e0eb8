"""A column is dropped that holds values."""

from collections.abc import Iterator

from schema_lab.review.acts import dropped_columns
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.words import counted

CODE = "SL101"
NAME = "drop-column-with-values"
SEVERITY: Severity = "error"
TITLE = "A column that holds values is dropped."
REPLACES = ("ban-drop-column",)

_WHY = (
    "The values are gone for good: the downgrade brings the column back, but empty. A version of "
    "the application that still runs and reads the column fails."
)
_RECIPE = (
    "Copy the values to where they are needed first, or rename the column. Stop reading and "
    "writing it in the application, release, and drop it in a later migration."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each dropped column; one that is empty in the live database passes."""
    for act in dropped_columns(change):
        values = change.live.values(act.place, act.column) if change.live else None
        if values != 0:
            sentence = _sentence(values, act.what)
            yield on(
                *(act.step, CODE, SEVERITY, sentence, _WHY, _RECIPE),
                place=act.place,
                column=act.column,
            )


def _sentence(values: int | None, column: str) -> str:
    if values is None:
        return f"drops {column} with all its values"
    return f"drops {counted(values, 'non-null value')} of {column}"
