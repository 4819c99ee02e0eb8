"""Which migration makes them equal? The candidate, its questions, and the code that it writes."""

from schema_lab.candidate.answering import Callbacks
from schema_lab.candidate.candidate import Candidate
from schema_lab.candidate.comparison import (
    Comparison,
    Metadata,
    compare,
    drift_of,
    env_options,
    explained_drift,
    overlaid,
)
from schema_lab.candidate.options import comparison_options
from schema_lab.candidate.proposal import Proposal, propose
from schema_lab.candidate.questions.asking import ASKING, Asking
from schema_lab.candidate.questions.question import Answer, Choice, Question

__all__ = [
    "ASKING",
    "Answer",
    "Asking",
    "Callbacks",
    "Candidate",
    "Choice",
    "Comparison",
    "Metadata",
    "Proposal",
    "Question",
    "compare",
    "comparison_options",
    "drift_of",
    "env_options",
    "explained_drift",
    "overlaid",
    "propose",
]
