"""A foreign key is created on values without a row in the other table."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.rows import blocking

CODE = "SL204"
NAME = "foreign-key-over-orphans"
SEVERITY: Severity = "error"
TITLE = "A foreign key is created on values that have no row in the other table."

_WHY = (
    "The database rejects these values, and the upgrade fails. SQLite accepts them while foreign "
    "keys are off, as in a migration, and rejects later writes."
)
_RECIPE = (
    "First set these values to NULL, add the missing rows or delete the rows with these values, "
    "in a separate migration."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each foreign key with the number of values without a row; if there are none, nothing."""
    for step in change.steps:
        operation = step.operation
        if not isinstance(operation, ops.CreateForeignKeyOp) or change.live is None:
            continue
        for rows in blocking([operation], change.live.connection):
            name = operation.constraint_name
            key = f"foreign key `{name}`" if name else "a foreign key without a name"
            sentence = f"creates {key}: {rows.sentence.removesuffix('.')}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, rows=rows)
