"""What differs between two schemas? Operations as sentences, noise, and a memory."""

from schema_lab.compare.drift import Drift
from schema_lab.compare.implementations import compare_with_ours
from schema_lab.compare.memory import Memory
from schema_lab.compare.noise import IGNORING, Ignoring, Noise, Noises, leave_ignored
from schema_lab.compare.noise_causes import noise_in
from schema_lab.compare.operations import Operation
from schema_lab.compare.others import OWNERSHIP, Ownership, leave_others

__all__ = [
    "IGNORING",
    "OWNERSHIP",
    "Drift",
    "Ignoring",
    "Memory",
    "Noise",
    "Noises",
    "Operation",
    "Ownership",
    "compare_with_ours",
    "leave_ignored",
    "leave_others",
    "noise_in",
]
