"""What should change? The drift between models and database, and the candidate that mends it."""

from schema_lab.autogenerate.candidate import Candidate
from schema_lab.autogenerate.compare import (
    Comparison,
    Metadata,
    compare,
    drift_of,
    env_options,
    explained_drift,
)
from schema_lab.autogenerate.doors import Doors
from schema_lab.autogenerate.drift import Drift
from schema_lab.autogenerate.memory import Memory
from schema_lab.autogenerate.metadata import overlaid
from schema_lab.autogenerate.noise import IGNORING, Ignoring, Noise, Noises
from schema_lab.autogenerate.operations import Operation, full_name
from schema_lab.autogenerate.options import comparison_options, completed
from schema_lab.autogenerate.proposal import Proposal
from schema_lab.autogenerate.propose import propose
from schema_lab.autogenerate.questions import ASKING, Answer, Asking, Choice, Question, Questions

__all__ = [
    "ASKING",
    "IGNORING",
    "Answer",
    "Asking",
    "Candidate",
    "Choice",
    "Comparison",
    "Doors",
    "Drift",
    "Ignoring",
    "Memory",
    "Metadata",
    "Noise",
    "Noises",
    "Operation",
    "Proposal",
    "Question",
    "Questions",
    "compare",
    "comparison_options",
    "completed",
    "drift_of",
    "env_options",
    "explained_drift",
    "full_name",
    "overlaid",
    "propose",
]
