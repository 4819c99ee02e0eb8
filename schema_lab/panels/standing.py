"""What the panel shows, read from the lab at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema_lab.history import History
    from schema_lab.lab import Status


@dataclass(frozen=True)
class Standing:
    """Where a lab stands at one moment."""

    status: Status
    history: History
