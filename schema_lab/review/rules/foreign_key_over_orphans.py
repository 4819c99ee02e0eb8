"""A foreign key is made over rows whose parent is missing."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.autogenerate.data_checks import obstacles_to
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on

CODE = "SL204"
NAME = "foreign-key-over-orphans"
SEVERITY: Severity = "error"
TITLE = "A foreign key is made over values that have no row in the other table."

_WHY = (
    "The database refuses the orphans, and the upgrade fails there. SQLite takes them while "
    "foreign keys are off, as in a migration, and refuses later writes."
)
_RECIPE = (
    "First set the orphans to NULL, give them a parent or delete them, in a migration of its own."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each foreign key with the number of orphans; if there are none, nothing."""
    for step in change.steps:
        one = step.operation
        if not isinstance(one, ops.CreateForeignKeyOp) or change.live is None:
            continue
        for rows in obstacles_to([one], change.live.connection):
            name = one.constraint_name or "without a name"
            sentence = f"adds foreign key {name}: {rows.sentence.removesuffix('.')}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, rows=rows)
