"""A CHECK constraint is created on rows that violate it."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.candidate.rewrite.members.operation import columns_named
from schema_lab.review.change import Change
from schema_lab.review.effects import is_written_before
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.review.rule import on
from schema_lab.rows import blocking
from schema_lab.views.plain import counted

CODE = "SL205"
NAME = "check-over-violations"
SEVERITY: Severity = "error"
TITLE = "A CHECK constraint is created on rows that violate it."

_WHY = "The database rejects these rows, and the upgrade fails."
_RECIPE = "First fix the rows in a separate migration, or relax the CHECK."


def find(change: Change) -> Iterator[Finding]:
    """Give each CHECK with the number of rows for which it is false; NULL passes a CHECK."""
    for step in change.steps:
        operation = step.operation
        if not isinstance(operation, ops.CreateCheckConstraintOp) or step.place is None:
            continue
        if _is_fixed_before(change, step, str(operation.condition)):
            continue
        for rows in blocking([operation], change.live.connection) if change.live else ():
            name = operation.constraint_name
            rule = f"CHECK `{name}`" if name else "a CHECK without a name"
            verb = "violates" if rows.total == 1 else "violate"
            broken = f"{counted(rows.total, 'row')} {verb} it"
            sentence = f"creates {rule} on `{step.table}`: {broken}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, rows=rows)


def _is_fixed_before(change: Change, step: ReviewedOperation, condition: str) -> bool:
    """Say whether the migration itself has written a column of the CHECK before."""
    place = step.place
    return place is not None and any(
        is_written_before(change, step, place, name)
        for name in columns_named(condition, change.dialect)
    )
