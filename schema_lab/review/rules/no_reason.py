"""A comment allows a finding without a reason."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity

CODE = "SL002"
NAME = "allowed-without-reason"
SEVERITY: Severity = "warning"
TITLE = "A comment allows a finding without a reason."

_WHY = "Readers of the script cannot tell a decision from an oversight."
_RECIPE = "Write the reason after a colon: # schema_lab: allow SL101: this column is never read."


def find(change: Change) -> Iterator[Finding]:
    """Find each comment that is ignored."""
    for allowance in change.allowances:
        if not allowance.code or not allowance.reason:
            yield Finding(
                code=CODE,
                severity=SEVERITY,
                table="",
                column="",
                sentence=_sentence(allowance.code),
                why=_WHY,
                recipe=_RECIPE,
                line=allowance.line,
            )


def _sentence(code: str) -> str:
    if not code:
        return "a comment allows a code that cannot be read, so it is ignored"
    return f"the comment that allows {code} gives no reason, so it is ignored"
