"""Several heads: what a merge joins, its message, and the button that writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_lab import views
from schema_lab.panels import calls
from schema_lab.panels.controls import button, heading, line, row, section, show, show_words, words

if TYPE_CHECKING:
    from schema_lab.lab import Lab
    from schema_lab.panels.presses import Presses
    from schema_lab.panels.status_section import PanelState

DEFAULT_MESSAGE = "Merge heads"


class MergeSection:
    """Offers to merge the heads, while there are several."""

    def __init__(self, lab: Lab, presses: Presses) -> None:
        self._lab, self._presses = lab, presses
        self.heads_box, self.call_box = words(), words()
        self.message_box = line(
            "Merge title",
            value=DEFAULT_MESSAGE,
            tooltip="One line. It becomes the file name and the first line of the script.",
        )
        self.merge_button = button("Merge heads", "Write a revision that joins these heads")
        self.box = section(
            heading("Heads"),
            self.heads_box,
            row(self.message_box, self.merge_button),
            self.call_box,
        )
        presses.bind(self.merge_button, self._merge)
        self.message_box.observe(lambda _: self._show_call(), "value")
        self.message_box.observe(lambda _: presses.forget(self.merge_button), "value")
        self._show_call()
        show(self.box, False)

    def show(self, state: PanelState) -> None:
        """Name the heads that a merge joins; with one head, show nothing."""
        show(self.box, state.branched)
        heads = state.status.heads or ()
        escape, messages = views.html.escape, state.messages
        named = " and ".join(
            f"<code>{escape(head)}</code> {escape(messages.get(head, ''))}" for head in heads
        )
        self.heads_box.value = (
            f"<p>The history has {len(heads)} heads: {named}. Merge heads writes a revision that"
            " joins them. It changes no table.</p>"
        )

    def _merge(self) -> None:
        message = self.message_box.value
        self._lab.merge(message)
        self._presses.done(calls.merge(message))
        self.message_box.value = DEFAULT_MESSAGE

    def _show_call(self) -> None:
        show_words(self.call_box, views.code.calls_piece([calls.merge(self.message_box.value)]))
