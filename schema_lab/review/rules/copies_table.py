"""MariaDB and MySQL copy the whole table, and writers wait."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.acts import type_before
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.mysql import copies
from schema_lab.review.saying import of_rows, on

CODE = "SL601"
NAME = "copies-table"
SEVERITY: Severity = "warning"
TITLE = "MariaDB and MySQL copy the whole table, and nothing can be written meanwhile."

MANY = 10_000
"""Fewer rows are copied in well under a second: a note."""

_WHY = (
    "The statement needs ALGORITHM=COPY, LOCK=SHARED: every row is written to a new table while "
    "INSERT, UPDATE and DELETE wait, and the disk has to hold both."
)
_RECIPE = (
    "Run it in a quiet hour, or let gh-ost or pt-online-schema-change copy the table while the "
    "application writes; for a changed type: add a new column, fill it in batches, switch over."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each operation that copies a table; a note where the table is small or empty."""
    if not is_mysql(change.dialect):
        return
    for step in change.steps:
        one, place = step.operation, step.place
        if place is None:
            continue
        before = type_before(change, place, one) if isinstance(one, ops.AlterColumnOp) else None
        reason = copies(one, before)
        if reason:
            rows = change.live.rows(place) if change.live else None
            severity: Severity = "note" if rows is not None and rows < MANY else SEVERITY
            sentence = f"copies {place}{of_rows(change, place)} for {reason}"
            yield on(step, CODE, severity, sentence, _WHY, _RECIPE)
