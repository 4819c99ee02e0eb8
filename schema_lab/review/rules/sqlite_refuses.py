"""SQLite refuses a change because something still uses what is dropped."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.review.sqlite_copies import outcome_of

CODE = "SL504"
NAME = "sqlite-refuses"
SEVERITY: Severity = "error"
TITLE = "SQLite refuses the change because a view, trigger or index still uses what is dropped."

_WHY = (
    "SQLite parses every view, trigger and index again when a column is dropped or a table is "
    "renamed, and a batch renames a table. If one of them names what no longer exists, the "
    "upgrade fails."
)
_RECIPE = (
    "Drop the view, trigger or index first (op.execute, op.drop_index), and recreate it after "
    "the change, without what was dropped."
)


def find(change: Change) -> Iterator[Finding]:
    """Find the operation at which the migration stops on an empty copy of the schema."""
    outcome, step = outcome_of(change)
    if outcome.stops.startswith("error in ") and step is not None:
        what = f"{step.table}.{step.column}" if step.column and not step.copies else step.table
        sentence = f"stops at `{what}`: {outcome.stops}"
        yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)
