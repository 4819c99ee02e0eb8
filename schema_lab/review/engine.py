"""Run the rules over a change."""

from collections.abc import Iterator
from dataclasses import replace

from schema_lab.review.change import Change
from schema_lab.review.finding import Finding
from schema_lab.review.rules import RULES


def found_in(change: Change) -> Iterator[Finding]:
    """Give what the rules find in a change, in the order of the rules. Read-only."""
    for rule in RULES:
        for finding in rule.find(change):
            line = finding.step.line if finding.step else None
            yield replace(finding, revision=change.revision, line=line)
