"""The bar that moves on with each revision, and the button that stops it at a safe place."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

from ipywidgets import IntProgress, Layout

from schema_lab import views
from schema_lab.panels.controls import button, row, show, words

if TYPE_CHECKING:
    from collections.abc import Mapping


class Progress:
    """Shows how many revisions of a run are done, and the last one's name."""

    def __init__(self) -> None:
        self._cancel = Event()
        self._names: Mapping[str, str] = {}
        self.bar = IntProgress(
            value=0, max=1, description="Revisions", layout=Layout(width="300px", margin="0")
        )
        self.label = words()
        self.cancel_button = button("Cancel run", _TOOLTIP)
        self.cancel_button.on_click(lambda _: self.cancel())
        self.box = row(self.bar, self.cancel_button, self.label)
        show(self.cancel_button, False)
        show(self.box, False)

    def start(self, step: str, names: Mapping[str, str]) -> None:
        """Show an empty bar for a step that begins; `names` are the messages of revisions."""
        self._cancel.clear()
        self._names = names
        self.bar.value, self.bar.max, self.bar.bar_style = 0, 1, ""
        self.cancel_button.disabled = False
        self._say(f"{step} …")
        show(self.cancel_button, True)
        show(self.box, True)

    def hide(self) -> None:
        """Show no run."""
        show(self.box, False)

    def advance(self, revision: str, done: int, total: int) -> None:
        """Move on: `done` of `total` revisions have run, `revision` is the last of them."""
        self.bar.max, self.bar.value = total, done
        self._say(f"{revision} ({done} of {total}) {self._names.get(revision, '')}".strip())

    def cancel(self) -> None:
        """Ask the run to stop at the next place where no revision is left in half."""
        self._cancel.set()
        self.cancel_button.disabled = True
        self._say("Stopping at the next safe place …")

    def cancelled(self) -> bool:
        """Tell whether somebody has asked the run to stop."""
        return self._cancel.is_set()

    def end(self, succeeded: bool) -> None:
        """Colour the bar by how the run ended; one that did not get anywhere is not shown."""
        self.bar.bar_style = "success" if succeeded else "danger"
        show(self.cancel_button, False)
        if self.cancelled() and not succeeded:
            self._say("cancelled")
        elif not succeeded and self.bar.value == 0:
            self.hide()

    def _say(self, text: str) -> None:
        escaped = views.html.escape(text)
        self.label.value = f'<span class="sl-mono" role="status">{escaped}</span>'


_TOOLTIP = "Stop at the next safe place: no revision is left in half"
