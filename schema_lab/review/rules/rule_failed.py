"""A rule failed on a change: a fault of the rule, which must not hide what the others find."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity

CODE = "SL003"
NAME = "rule-failed"
SEVERITY: Severity = "note"
TITLE = "A rule could not judge a change."

_WHY = "The rule met an operation that it does not understand. What it would have said is missing."
_RECIPE = "Read the rule's page and check the script by hand; please report the operation."


def find(change: Change) -> Iterator[Finding]:
    """Find nothing: the review itself says when another rule fails."""
    yield from ()


def rule_failed(code: str, error: Exception) -> Finding:
    """Say which rule failed, and how.

    Examples
    --------
    >>> rule_failed("SL101", TypeError("no column")).sentence
    'rule SL101 failed on this migration: TypeError: no column'
    """
    said = (str(error).strip().splitlines() or [""])[0][:120]
    return Finding(
        code=CODE,
        severity=SEVERITY,
        table="",
        column="",
        sentence=f"rule {code} failed on this migration: {type(error).__name__}: {said}",
        why=_WHY,
        recipe=_RECIPE,
    )
