"""Where the lab stands, what to do next, and the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Layout, ToggleButton

from schema_lab import views
from schema_lab.panels.controls import button, heading, row, section, show, together, widened, words

if TYPE_CHECKING:
    from schema_lab.panels.standing import Standing


class WherePart:
    """Shows a standing; the history unfolds by a button."""

    def __init__(self) -> None:
        self.status_box, self.next_box, self.history_box = words(), words(), words()
        self.refresh_button = button("Refresh", "Read models, revisions and database again")
        self.history_toggle = ToggleButton(
            description="History",
            tooltip="Show every revision, and which of them the database has",
            layout=Layout(width="auto", margin="0"),
        )
        self.box = section(
            heading("Where it stands", 1),
            row(widened(self.status_box), together(self.history_toggle, self.refresh_button)),
            self.next_box,
            self.history_box,
        )
        self.history_toggle.observe(lambda _: self._unfold(), "value")
        self._unfold()

    def show(self, standing: Standing) -> None:
        """Show where the lab stands."""
        self.status_box.value = views.status.piece(standing.status)
        self.history_box.value = views.history.piece(standing.history)

    def _unfold(self) -> None:
        show(self.history_box, self.history_toggle.value)
