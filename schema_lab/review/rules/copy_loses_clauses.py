"""SQLite copies a table, and the copy lacks some of its clauses."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.review.sqlite_copies import batch_steps, of_table, outcome_of

CODE = "SL502"
NAME = "copy-loses-clauses"
SEVERITY: Severity = "error"
TITLE = "SQLite copies a table, and the copy loses collations, CHECKs, AUTOINCREMENT or indexes."

_WHY = (
    "Batch mode copies what SQLAlchemy reflects, which does not include COLLATE, "
    "AUTOINCREMENT, ON CONFLICT, unnamed CHECKs and more. The lab refuses such a run; plain "
    "Alembic loses the clauses silently."
)
_RECIPE = (
    "Add, drop and rename columns outside a batch, which copies nothing. Or give the batch the "
    "whole table (copy_from=…), or recreate what the copy lacks after the batch."
)


def find(change: Change) -> Iterator[Finding]:
    """Find what each copied table loses, in the words of the check before a run."""
    lost = outcome_of(change)[0].lost
    for step in batch_steps(change):
        clauses = [loss for loss in of_table(lost, step) if not loss.startswith("trigger ")]
        if clauses:
            sentence = f"copies `{step.table}`, which loses {'; '.join(clauses)}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)
