"""Values are to be unique that are not."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.autogenerate.data_checks import obstacles_to
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on

CODE = "SL203"
NAME = "unique-over-duplicates"
SEVERITY: Severity = "error"
TITLE = "A unique constraint or index is made over values that stand more than once."

_WHY = "The database refuses the duplicates, and the upgrade fails there."
_RECIPE = (
    "Decide which row of each group stays, and merge or delete the others in a migration of its "
    "own; then make the values unique."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each rule with the values that break it; if none does, nothing."""
    for step in change.steps:
        one = step.operation
        if not isinstance(one, ops.CreateUniqueConstraintOp | ops.CreateIndexOp):
            continue
        name = getattr(one, "constraint_name", None) or getattr(one, "index_name", None)
        for rows in obstacles_to([one], change.live.connection) if change.live else ():
            sentence = (
                f"makes unique by {name or 'a constraint'}: {rows.sentence.removesuffix('.')}"
            )
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, rows=rows)
