"""A column is renamed while old versions of the application run."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.effects import renamed_columns
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import of_rows, on

CODE = "SL301"
NAME = "rename-column"
SEVERITY: Severity = "warning"
TITLE = "A column is renamed, but running versions of the application still use the old name."
REPLACES = ("renaming-column",)

_WHY = (
    "Until every process runs the new version, processes with the old version fail on every "
    "read and write of the column. The new version fails until the migration has run."
)
_RECIPE = (
    "In a running system: add the new column, keep both columns in sync, release a version "
    "that uses the new column, and drop the old column in a later migration. If the service is "
    "paused, the rename is safe."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each renamed column of an existing table."""
    for effect in renamed_columns(change):
        expand = f'candidate.expand("{effect.what}", "{effect.new_name}")'
        sentence = f"renames `{effect.what}`{of_rows(change, effect.place)} to `{effect.new_name}`"
        yield on(
            *(effect.step, CODE, SEVERITY, sentence, _WHY, _RECIPE),
            call=expand if change.dialect == "postgresql" else "",
            place=effect.place,
            column=effect.column,
        )
