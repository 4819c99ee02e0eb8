"""What a rule is: one module under `review/rules/` with five names.

CODE
    Its code, such as "SL101"; `docs/rules/SL101.md` is its page.
NAME
    A slug that says it, such as "drop-column-with-values".
SEVERITY
    "error", "warning" or "note": of its gravest finding.
TITLE
    One sentence without numbers, for the index.
find
    From a `Change` to the findings, in the order of its steps. Pure but for questions to
    `change.live`.

Two more are optional, since nothing is said twice of a step. SQUAWK: names of squawk's rules that
say the same; where squawk has said one of them, ours is silent. REPLACES: names of squawk's rules
that say less, for instance without a number; where ours speaks, squawk's is left out.
"""

from collections.abc import Iterator
from typing import Protocol

from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity


class Rule(Protocol):
    """A module under `review/rules/`."""

    CODE: str
    NAME: str
    SEVERITY: Severity
    TITLE: str

    def find(self, change: Change) -> Iterator[Finding]:
        """Give what the rule finds in a change. Read-only."""
        ...


def same_as(rule: Rule) -> frozenset[str]:
    """Name squawk's rules that say the same as a rule of ours."""
    return frozenset(getattr(rule, "SQUAWK", ()))


def replaced_by(rule: Rule) -> frozenset[str]:
    """Name squawk's rules that say less than a rule of ours."""
    return frozenset(getattr(rule, "REPLACES", ()))
