"""SQLite copies a table, and the copy has not all that the table had."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.copies import batch_steps, of_table, outcome_of
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on

CODE = "SL502"
NAME = "copy-loses-clauses"
SEVERITY: Severity = "error"
TITLE = "SQLite copies a table, and the copy lacks collations, CHECKs, AUTOINCREMENT or indexes."

_WHY = (
    "Batch mode copies what SQLAlchemy reflects: COLLATE, AUTOINCREMENT, ON CONFLICT, unnamed "
    "CHECKs and more are not in it. The lab refuses such a run; "
    "plain Alembic loses them."
)
_RECIPE = (
    "Add, drop and rename columns outside of a batch, which copies nothing; or give the batch a "
    "whole table (copy_from=…), or make again after it what the copy lacks."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each copied table with what it loses, as the guard of a run would say it."""
    lost = outcome_of(change)[0].lost
    for step in batch_steps(change):
        clauses = [one for one in of_table(lost, step) if not one.startswith("trigger ")]
        if clauses:
            sentence = f"copies {step.table}, which loses {'; '.join(clauses)}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)
