"""SQLite refuses a change, since something else still uses what goes."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.copies import outcome_of
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on

CODE = "SL504"
NAME = "sqlite-refuses"
SEVERITY: Severity = "error"
TITLE = "SQLite refuses the change: a view, trigger or index still uses what goes."

_WHY = (
    "SQLite reads every view, trigger and index again when a column goes or a table is renamed, "
    "and a batch renames one: the upgrade fails there."
)
_RECIPE = (
    "Drop the view, trigger or index first (op.execute, op.drop_index) and make it again after "
    "the change, without what goes."
)


def find(change: Change) -> Iterator[Finding]:
    """Give the step at which the migration stops on an empty copy of the schema."""
    outcome, step = outcome_of(change)
    if outcome.stops.startswith("error in ") and step is not None:
        what = f"{step.table}.{step.column}" if step.column and not step.copies else step.table
        sentence = f"stops at {what}: {outcome.stops}"
        yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)
