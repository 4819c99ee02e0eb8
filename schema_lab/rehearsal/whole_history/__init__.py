"""Does every revision go up, down and up again? The whole history, on an empty database."""

from schema_lab.rehearsal.whole_history.values import Roundtrip, Trip
from schema_lab.rehearsal.whole_history.walk import roundtrip

__all__ = ["Roundtrip", "Trip", "roundtrip"]
