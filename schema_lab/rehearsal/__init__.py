"""What would happen? The same migration code, on a throwaway copy of the database."""

from schema_lab.rehearsal.copies import sweep
from schema_lab.rehearsal.fingerprint import Fingerprint
from schema_lab.rehearsal.gate import Accepted, Gate, Going
from schema_lab.rehearsal.rehearse import rehearse, rehearse_candidate
from schema_lab.rehearsal.report import Rehearsal
from schema_lab.rehearsal.stepping import CopySteps
from schema_lab.rehearsal.values import (
    ChangedValues,
    ColumnChange,
    Failure,
    LostValues,
    Performed,
    RoundTrip,
    Sample,
)
from schema_lab.rehearsal.whole_history import Roundtrip, Trip, roundtrip

__all__ = [
    "Accepted",
    "ChangedValues",
    "ColumnChange",
    "CopySteps",
    "Failure",
    "Fingerprint",
    "Gate",
    "Going",
    "LostValues",
    "Performed",
    "Rehearsal",
    "RoundTrip",
    "Roundtrip",
    "Sample",
    "Trip",
    "rehearse",
    "rehearse_candidate",
    "roundtrip",
    "sweep",
]
