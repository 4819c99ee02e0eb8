"""The upgrade has operations, but the downgrade has none."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on

CODE = "SL401"
NAME = "no-downgrade"
SEVERITY: Severity = "warning"
TITLE = "The downgrade is missing, empty, or only raises an error."

_WHY = (
    "An empty downgrade is worse than none: `alembic downgrade` reports success and sets the "
    "revision back, but the schema stays. The next upgrade then fails because the objects "
    "already exist."
)
_RECIPE = (
    "Write the operations that undo the upgrade. If it cannot be undone, let downgrade() raise "
    "an error that says so, and allow this finding with the reason."
)


def find(change: Change) -> Iterator[Finding]:
    """Report a migration whose downgrade has no operation."""
    if change.direction == "downgrade":
        return
    if change.upgrade and not change.downgrade:
        sentence = "has no downgrade, so it cannot be undone"
        yield on(change.upgrade[0], CODE, SEVERITY, sentence, _WHY, _RECIPE)
