"""A NOT NULL column without a default is added to a table that has rows."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.change import Change
from schema_lab.review.effects import is_filled, needs_a_value
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import of_rows, on

CODE = "SL202"
NAME = "add-required-column"
SEVERITY: Severity = "error"
TITLE = "A NOT NULL column without a default is added to a table that has rows."
REPLACES = ("adding-required-field",)

_WHY = (
    "The existing rows have no value for the column: the database refuses, and the upgrade "
    "fails. Running versions of the application do not write the column either."
)
_RECIPE = (
    "Add the column nullable, fill it, then make it NOT NULL. Or give it a server default, "
    "which existing rows get too."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each such column; MariaDB and MySQL invent a value, which SL603 reports."""
    if is_mysql(change.dialect):
        return
    for step in change.steps:
        operation = step.operation
        if not isinstance(operation, ops.AddColumnOp) or step.place is None:
            continue
        filled = is_filled(change, step.place)
        if filled is not False and needs_a_value(operation.column):
            severity: Severity = "warning" if filled is None else SEVERITY
            rows = of_rows(change, step.place) or ", which fails if the table has rows"
            sentence = f"adds `{step.table}.{step.column}` NOT NULL without a default{rows}"
            yield on(
                *(step, CODE, severity, sentence, _WHY, _RECIPE),
                call=f'candidate.fill("{step.table}.{step.column}", …)',
            )
