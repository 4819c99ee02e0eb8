"""The upgrade does something, and the downgrade nothing."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on

CODE = "SL401"
NAME = "no-downgrade"
SEVERITY: Severity = "warning"
TITLE = "The downgrade is missing, empty or only raises an error."

_WHY = (
    "An empty downgrade is worse than none: alembic downgrade says that it worked and moves the "
    "version back, while the schema stays; the next upgrade then fails (already exists)."
)
_RECIPE = (
    "Write the steps that take the upgrade back; or, where there is no way back, let downgrade() "
    "raise an error that says so, and allow this finding with the reason."
)


def find(change: Change) -> Iterator[Finding]:
    """Give one finding for a migration whose downgrade has no step."""
    if change.direction == "downgrade":
        return
    if change.upgrade and not change.downgrade:
        sentence = "has no downgrade, so that nothing takes it back"
        yield on(change.upgrade[0], CODE, SEVERITY, sentence, _WHY, _RECIPE)
