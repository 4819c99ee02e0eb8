"""SQLite copies a table, and its triggers go with the old one."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.copies import batch_steps, of_table, outcome_of
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on

CODE = "SL501"
NAME = "copy-loses-triggers"
SEVERITY: Severity = "error"
TITLE = "SQLite copies a table, and its triggers go with the old one."

_WHY = (
    "Batch mode makes a new table, copies the rows and drops the old table; SQLite drops the "
    "triggers of a table with it, without a word. The lab refuses such a run; plain Alembic loses "
    "them."
)
_RECIPE = (
    "Let the revision create the triggers again after the batch, with op.execute; or add, drop and "
    "rename columns outside of a batch, which copies nothing."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each copied table with the triggers that the migration does not make again."""
    lost = outcome_of(change)[0].lost
    for step in batch_steps(change):
        names = [one.split(" ")[1] for one in of_table(lost, step) if one.startswith("trigger ")]
        if names:
            word = "trigger" if len(names) == 1 else "triggers"
            sentence = f"copies {step.table}, which loses its {word} {', '.join(names)}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)
