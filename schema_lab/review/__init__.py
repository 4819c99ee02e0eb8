"""Is it safe? Findings on a migration: lost data, blocking rows, locks, running applications."""

from schema_lab.review.change import Change
from schema_lab.review.engine import found_in
from schema_lab.review.findings import Finding, Findings
from schema_lab.review.live_facts import LiveFacts
from schema_lab.review.reviewed_operation import Batch, ReviewedOperation
from schema_lab.review.reviews import review_candidate, review_scripts

__all__ = [
    "Batch",
    "Change",
    "Finding",
    "Findings",
    "LiveFacts",
    "ReviewedOperation",
    "found_in",
    "review_candidate",
    "review_scripts",
]
