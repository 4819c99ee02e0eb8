"""A table that has rows is dropped."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.effects import dropped_tables, is_filled
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import of_rows, on

CODE = "SL102"
NAME = "drop-table-with-rows"
SEVERITY: Severity = "error"
TITLE = "A table that has rows is dropped."
REPLACES = ("ban-drop-table",)

_WHY = (
    "The rows are lost permanently: downgrading recreates the table, but empty. Running "
    "versions of the application that read the table fail."
)
_RECIPE = (
    "Rename the table and keep it for a release, or copy its rows to where they are needed. "
    "Take a snapshot (lab.snapshot()), and drop the table in a later migration."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each dropped table; a table without rows in the live database is fine."""
    for effect in dropped_tables(change):
        if is_filled(change, effect.place) is not False:
            rows = of_rows(change, effect.place).strip(" ()") or "all its rows"
            sentence = f"drops `{effect.place}` with {rows}"
            yield on(effect.step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=effect.place)
