"""A rule failed on a migration; the other rules still report their findings."""

from collections.abc import Iterator

from schema_lab.review.change import Change
from schema_lab.review.findings import Finding, Severity

CODE = "SL003"
NAME = "rule-failed"
SEVERITY: Severity = "note"
TITLE = "A rule failed, so a migration was not checked for its risk."

_WHY = "The rule met an operation that it does not support, so its findings are missing."
_RECIPE = "Read the rule's page and check the script by hand. Please report the operation."


def find(change: Change) -> Iterator[Finding]:
    """Find nothing: the review itself reports when another rule fails."""
    yield from ()


def rule_failed(code: str, error: Exception) -> Finding:
    """Report which rule failed, and how.

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
