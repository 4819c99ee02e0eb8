"""The downgrade adds a NOT NULL column without a default to existing rows."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.change import Change
from schema_lab.review.effects import is_filled, needs_a_value
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import of_rows, on

CODE = "SL405"
NAME = "downgrade-over-rows"
SEVERITY: Severity = "warning"
TITLE = "The downgrade adds a NOT NULL column without a default to a table that has rows."

_FAILS = (
    "Existing rows have no value for the column, so the downgrade fails just when it is needed."
)
_INVENTS = "MariaDB and MySQL invent a value for existing rows: 0 or ''."
_RECIPE = (
    "In downgrade(), add the column nullable or with a server default, fill it, then make it "
    "NOT NULL."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each such column of the downgrade; a table without rows is fine."""
    if change.direction == "downgrade":
        return
    for step in change.downgrade:
        operation = step.operation
        if not isinstance(operation, ops.AddColumnOp) or step.new or step.place is None:
            continue
        if is_filled(change, step.place) and needs_a_value(operation.column):
            rows = of_rows(change, step.place)
            what = f"`{step.table}.{step.column}`"
            sentence = f"the downgrade adds {what} NOT NULL without a default{rows}"
            why = _INVENTS if is_mysql(change.dialect) else _FAILS
            yield on(step, CODE, SEVERITY, sentence, why, _RECIPE)
