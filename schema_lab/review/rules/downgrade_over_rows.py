"""The downgrade brings back a column that must have a value, over rows."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.acts import is_filled
from schema_lab.review.change import Change
from schema_lab.review.defaults import needs_a_value
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import of_rows, on

CODE = "SL405"
NAME = "downgrade-over-rows"
SEVERITY: Severity = "warning"
TITLE = "The downgrade adds a NOT NULL column without a default to a table that has rows."

_FAILS = "The rows have no value for it: the downgrade fails in the moment in which it is needed."
_INVENTS = "MariaDB and MySQL invent a value, 0 or '', for the rows that are there."
_RECIPE = (
    "Let downgrade() add the column nullable or with a server default, fill it, then NOT NULL."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each such column of the downgrade; on an empty table nothing."""
    if change.direction == "downgrade":
        return
    for step in change.downgrade:
        one = step.operation
        if not isinstance(one, ops.AddColumnOp) or step.new or step.place is None:
            continue
        if is_filled(change, step.place) and needs_a_value(one.column):
            rows = of_rows(change, step.place)
            sentence = f"downgrade adds {step.table}.{step.column} NOT NULL without a default{rows}"
            why = _INVENTS if is_mysql(change.dialect) else _FAILS
            yield on(step, CODE, SEVERITY, sentence, why, _RECIPE)
