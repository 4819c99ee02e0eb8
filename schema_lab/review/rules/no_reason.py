"""A comment allows a finding without saying why."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity

CODE = "SL002"
NAME = "allowed-without-reason"
SEVERITY: Severity = "warning"
TITLE = "A comment allows a finding without a reason."

_WHY = "Whoever reads the script later cannot tell a decision from an oversight."
_RECIPE = "Write the reason behind a colon: # schema_lab: allow SL101: nobody reads this column."


def find(change: Change) -> Iterator[Finding]:
    """Give each comment that does not count."""
    for one in change.allowances:
        if not one.code or not one.reason:
            yield Finding(
                code=CODE,
                severity=SEVERITY,
                table="",
                column="",
                sentence=_sentence(one.code),
                why=_WHY,
                recipe=_RECIPE,
                line=one.line,
            )


def _sentence(code: str) -> str:
    if not code:
        return "a comment allows no code that can be read, so it does not count"
    return f"the comment that allows {code} gives no reason, so it does not count"
