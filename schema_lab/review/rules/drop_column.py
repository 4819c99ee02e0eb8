"""A column that contains values is dropped."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.effects import dropped_columns
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.views.plain import counted

CODE = "SL101"
NAME = "drop-column-with-values"
SEVERITY: Severity = "error"
TITLE = "A column that contains values is dropped."
REPLACES = ("ban-drop-column",)

_WHY = (
    "The values are lost permanently: downgrading recreates the column, but empty. Running "
    "versions of the application that read the column fail."
)
_RECIPE = (
    "First copy the values to where they are needed, or rename the column instead. Remove the "
    "column from the application, release that version, and drop the column in a later "
    "migration."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each dropped column; a column without values in the live database is fine."""
    for effect in dropped_columns(change):
        values = change.live.values(effect.place, effect.column) if change.live else None
        if values != 0:
            sentence = _sentence(values, effect.what)
            yield on(
                *(effect.step, CODE, SEVERITY, sentence, _WHY, _RECIPE),
                place=effect.place,
                column=effect.column,
            )


def _sentence(values: int | None, column: str) -> str:
    if values is None:
        return f"drops `{column}` with all its values"
    return f"drops {counted(values, 'non-null value')} of `{column}`"
