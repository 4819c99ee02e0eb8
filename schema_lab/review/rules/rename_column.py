"""A column gets another name under a running application."""

from collections.abc import Iterator

from schema_lab.review.acts import renamed_columns
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import of_rows, on

CODE = "SL301"
NAME = "rename-column"
SEVERITY: Severity = "warning"
TITLE = "A column gets another name, which a version that still runs does not know."
REPLACES = ("renaming-column",)

_WHY = (
    "Until every process runs the new version, those with the old one fail on each read and write "
    "of the column; and the new version fails until the migration has run."
)
_RECIPE = (
    "In a running system: add the new column, keep both in step, release a version that uses the "
    "new one, drop the old one in a later migration. With a pause in service the rename is fine."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each renamed column of a table that is there."""
    for act in renamed_columns(change):
        expand = f'candidate.expand("{act.what}", "{act.new_name}")'
        sentence = f"renames {act.what}{of_rows(change, act.place)} to {act.new_name}"
        yield on(
            *(act.step, CODE, SEVERITY, sentence, _WHY, _RECIPE),
            call=expand if change.dialect == "postgresql" else "",
            place=act.place,
            column=act.column,
        )
