"""What the floors above do with a candidate, handed in when it is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schema_lab.autogenerate.proposal import Proposal
from schema_lab.autogenerate.questions import Answer
from schema_lab.database.diagrams import Diagram
from schema_lab.history import Revision


@dataclass(frozen=True)
class Doors:
    """What the floors above do with a candidate."""

    propose: Callable[[tuple[Answer, ...]], Proposal]
    """Compare again, with these answers in the place of those that are kept."""
    keep: Callable[[tuple[Answer, ...]], None]
    """Keep answers for the next autogenerate of the same change; forget all others."""
    write: Callable[[Any], Revision]
    """Write the candidate that is handed in."""
    review: Callable[[Any], Any]
    """Give the findings on the candidate that is handed in."""
    rehearse: Callable[[Any, str | None], Any]
    """Rehearse it, in a way of one's choice: gives a `schema_lab.rehearsal.Rehearsal`."""
    live: Callable[[], Diagram]
    """Draw the live tables."""
