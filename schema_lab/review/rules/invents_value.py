"""MariaDB and MySQL invent a value for the rows that are there."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.acts import is_filled
from schema_lab.review.change import Change
from schema_lab.review.defaults import needs_a_value
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.mysql import invented
from schema_lab.review.saying import of_rows, on

CODE = "SL603"
NAME = "invents-value"
SEVERITY: Severity = "error"
TITLE = "MariaDB and MySQL invent a value for a NOT NULL column without a default."

_WHY = (
    "Also in strict mode ADD COLUMN gives the rows that are there the type's own empty value, "
    "which nobody has chosen and nobody can tell from a real one later."
)
_RECIPE = "Add the column nullable, fill it, then make it NOT NULL; or give it a server default."


def find(change: Change) -> Iterator[Finding]:
    """Give each such column added to a table with rows."""
    if not is_mysql(change.dialect):
        return
    for step in change.steps:
        one = step.operation
        if not isinstance(one, ops.AddColumnOp) or step.place is None:
            continue
        filled = is_filled(change, step.place)
        if filled is not False and needs_a_value(one.column):
            severity: Severity = "warning" if filled is None else SEVERITY
            rows = of_rows(change, step.place).strip(" ()") or "the rows"
            sentence = f"invents {invented(one.column)} in {step.table}.{step.column} for {rows}"
            yield on(
                *(step, CODE, severity, sentence, _WHY, _RECIPE),
                call=f'candidate.fill("{step.table}.{step.column}", …)',
            )
