"""The current state of the lab as the panel shows it, and its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipywidgets import Layout, ToggleButton

from schema_lab import views
from schema_lab.panels.controls import button, heading, row, section, show, together, widened, words

if TYPE_CHECKING:
    from schema_lab.history import History
    from schema_lab.lab import Status
    from schema_lab.migrate import Stopped


@dataclass(frozen=True)
class PanelState:
    """What the panel shows, read at one moment; `stopped` is a revision that stopped partway."""

    status: Status
    history: History
    stopped: Stopped | None = None

    @property
    def known(self) -> bool:
        """Whether the current and the pending revisions could be read."""
        return self.status.current is not None and self.status.pending is not None

    @property
    def branched(self) -> bool:
        """Whether the history has several heads."""
        return len(self.status.heads or ()) > 1

    @property
    def current(self) -> tuple[str, ...]:
        """The current revisions of the database that have a script."""
        known = self.status.current or ()
        return tuple(revision.id for revision in self.history if revision.id in known)

    @property
    def one_up(self) -> bool:
        """Whether exactly one revision comes next, so that "+1" is unambiguous."""
        current = self.current
        above = [each for each in self.history if set(each.down) & set(current)]
        bases = [each for each in self.history if not each.down]
        return len(current) <= 1 and len(above if current else bases) == 1

    @property
    def one_down(self) -> bool:
        """Whether exactly one revision is current, and joins no others: "-1" is unambiguous."""
        current = [each for each in self.history if each.id in self.current]
        return len(current) == 1 and len(current[0].down) <= 1

    @property
    def pending(self) -> tuple[str, ...]:
        """The pending revisions with their messages, oldest first."""
        pending = [revision for revision in self.history if not revision.applied]
        return tuple(f"{revision.id} {revision.message}" for revision in reversed(pending))

    @property
    def messages(self) -> dict[str, str]:
        """The message of each revision."""
        return {revision.id: revision.message for revision in self.history}


class StatusSection:
    """Shows the current state; a button unfolds the history."""

    def __init__(self) -> None:
        self.status_box, self.next_box, self.history_box = words(), words(), words()
        self.refresh_button = button(
            "Refresh", "Read the models, the revisions and the database again"
        )
        self.history_toggle = ToggleButton(
            description="History",
            tooltip="Show every revision and whether it is applied",
            layout=Layout(width="auto", margin="0"),
        )
        self.box = section(
            heading("Current state", 1),
            row(widened(self.status_box), together(self.history_toggle, self.refresh_button)),
            self.next_box,
            self.history_box,
        )
        self.history_toggle.observe(lambda _: self._unfold(), "value")
        self._unfold()

    def show(self, state: PanelState) -> None:
        """Show a state and its history."""
        self.status_box.value = views.status.status_piece(state.status)
        self.history_box.value = views.history.history_piece(state.history)

    def _unfold(self) -> None:
        show(self.history_box, self.history_toggle.value)
