"""A unique constraint or index is created on columns with duplicate values."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.rows import blocking

CODE = "SL203"
NAME = "unique-over-duplicates"
SEVERITY: Severity = "error"
TITLE = "A unique constraint or index is created on columns with duplicate values."

_WHY = "The database rejects the duplicates, and the upgrade fails."
_RECIPE = (
    "Decide which row of each group to keep. Merge or delete the others in a separate migration, "
    "then create the constraint."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each rule with the values that violate it; if none does, nothing."""
    for step in change.steps:
        operation = step.operation
        if not isinstance(operation, ops.CreateUniqueConstraintOp | ops.CreateIndexOp):
            continue
        names = (getattr(operation, name, None) for name in ("constraint_name", "index_name"))
        name = next(filter(None, names), None)
        for rows in blocking([operation], change.live.connection) if change.live else ():
            rule = f"`{name}`" if name else "a unique constraint"
            sentence = f"creates {rule}: {rows.sentence.removesuffix('.')}"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, rows=rows)
