"""A CHECK is made over rows that break it."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.autogenerate.data_checks import obstacles_to
from schema_lab.autogenerate.members.checks import columns_named
from schema_lab.review.change import Change
from schema_lab.review.filling import is_written_before
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.step import Step
from schema_lab.review.words import counted

CODE = "SL205"
NAME = "check-over-violations"
SEVERITY: Severity = "error"
TITLE = "A CHECK constraint is made over rows that break it."

_WHY = "The database refuses these rows, and the upgrade fails there."
_RECIPE = "First mend the rows in a migration of its own, or weaken the CHECK."


def find(change: Change) -> Iterator[Finding]:
    """Give each CHECK with the number of rows for which it is false; NULL passes a CHECK."""
    for step in change.steps:
        one = step.operation
        if not isinstance(one, ops.CreateCheckConstraintOp) or step.place is None:
            continue
        if _is_mended_before(change, step, str(one.condition)):
            continue
        for rows in obstacles_to([one], change.live.connection) if change.live else ():
            name = one.constraint_name or "without a name"
            sentence = f"adds CHECK {name} to {step.table}, which {counted(rows.total, 'row')} "
            sentence += "breaks" if rows.total == 1 else "break"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, rows=rows)


def _is_mended_before(change: Change, step: Step, condition: str) -> bool:
    """Say whether the migration itself has written a column of the CHECK before."""
    place = step.place
    return place is not None and any(
        is_written_before(change, step, place, name)
        for name in columns_named(condition, change.dialect)
    )
