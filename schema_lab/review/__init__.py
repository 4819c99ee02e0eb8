"""Is it safe? Findings on a migration: data lost, rows in the way, locks, running programs."""

from schema_lab.review.change import Change
from schema_lab.review.engine import found_in
from schema_lab.review.finding import Finding, Findings
from schema_lab.review.live import Live
from schema_lab.review.place import Place
from schema_lab.review.reviews import review_candidate, review_scripts
from schema_lab.review.step import Batch, Step

__all__ = [
    "Batch",
    "Change",
    "Finding",
    "Findings",
    "Live",
    "Place",
    "Step",
    "found_in",
    "review_candidate",
    "review_scripts",
]
