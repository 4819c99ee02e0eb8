"""SQLite copies a table, and its triggers are dropped with the old table."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.review.sqlite_copies import batch_steps, of_table, outcome_of

CODE = "SL501"
NAME = "copy-loses-triggers"
SEVERITY: Severity = "error"
TITLE = "SQLite copies a table, and its triggers are dropped with the old table."

_WHY = (
    "Batch mode creates a new table, copies the rows and drops the old table. SQLite silently "
    "drops a table's triggers with it. The lab refuses such a run; plain Alembic loses the "
    "triggers."
)
_RECIPE = (
    "Recreate the triggers in the revision after the batch, with op.execute. Or add, drop and "
    "rename columns outside a batch, which copies nothing."
)


def find(change: Change) -> Iterator[Finding]:
    """Find the triggers of copied tables that the migration does not recreate."""
    lost = outcome_of(change)[0].lost
    for step in batch_steps(change):
        names = [loss.split(" ")[1] for loss in of_table(lost, step) if loss.startswith("trigger ")]
        if names:
            word = "trigger" if len(names) == 1 else "triggers"
            listed = ", ".join(f"`{name}`" for name in names)
            sentence = f"copies `{step.table}`, which loses its {word} {listed}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)
