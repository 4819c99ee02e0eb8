"""A table is dropped that has rows."""

from collections.abc import Iterator

from schema_lab.review.acts import dropped_tables, is_filled
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import of_rows, on

CODE = "SL102"
NAME = "drop-table-with-rows"
SEVERITY: Severity = "error"
TITLE = "A table that has rows is dropped."
REPLACES = ("ban-drop-table",)

_WHY = (
    "The rows are gone for good: the downgrade brings the table back, but empty. A version of the "
    "application that still runs and reads the table fails."
)
_RECIPE = (
    "Rename the table and let it rest for a release, or copy its rows to where they are needed; "
    "take a snapshot (lab.snapshot()) and drop it in a later migration."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each dropped table; one that is empty in the live database passes."""
    for act in dropped_tables(change):
        if is_filled(change, act.place) is not False:
            rows = of_rows(change, act.place).strip(" ()") or "all its rows"
            sentence = f"drops {act.place} with {rows}"
            yield on(act.step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=act.place)
