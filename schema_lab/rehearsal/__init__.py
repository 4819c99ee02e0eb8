"""What would happen? A migration is run on a temporary copy of the database."""

from schema_lab.rehearsal.copies import sweep
from schema_lab.rehearsal.gate import Gate, PlannedLoss
from schema_lab.rehearsal.outcome import (
    ChangedValues,
    ColumnChange,
    Failure,
    LostValues,
    Performed,
    RoundTrip,
    Sample,
)
from schema_lab.rehearsal.rehearse import CopySteps, rehearse, rehearse_candidate
from schema_lab.rehearsal.rehearsed_state import RehearsedState
from schema_lab.rehearsal.report import Rehearsal

__all__ = [
    "ChangedValues",
    "ColumnChange",
    "CopySteps",
    "Failure",
    "Gate",
    "LostValues",
    "Performed",
    "PlannedLoss",
    "Rehearsal",
    "RehearsedState",
    "RoundTrip",
    "Sample",
    "rehearse",
    "rehearse_candidate",
    "sweep",
]
