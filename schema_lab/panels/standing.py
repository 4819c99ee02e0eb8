"""What the panel shows, read from the lab at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema_lab.history import History
    from schema_lab.lab import Status
    from schema_lab.migrate import Stopped


@dataclass(frozen=True)
class Standing:
    """Where a lab stands at one moment; `stopped` when a revision stopped half-way."""

    status: Status
    history: History
    stopped: Stopped | None = None

    @property
    def current(self) -> tuple[str, ...]:
        """The revisions at which the database stands, those without a script left out."""
        return tuple(one.id for one in self.history if one.id in self.status.current)

    @property
    def pending(self) -> tuple[str, ...]:
        """The revisions that are written and not applied yet, oldest first, each with its name."""
        waiting = [one for one in self.history if not one.applied]
        return tuple(f"{one.id} {one.message}" for one in reversed(waiting))

    @property
    def names(self) -> dict[str, str]:
        """The message of each revision."""
        return {one.id: one.message for one in self.history}
