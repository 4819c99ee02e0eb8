"""The bar that moves on with each revision."""

from ipywidgets import IntProgress, Layout

from schema_lab import views
from schema_lab.panels.controls import row, show, words


class Progress:
    """Shows how many revisions of a run are done, and the last one's name."""

    def __init__(self) -> None:
        self.bar = IntProgress(
            value=0, max=1, description="Revisions", layout=Layout(width="300px", margin="0")
        )
        self.label = words()
        self.box = row(self.bar, self.label)
        show(self.box, False)

    def start(self, step: str) -> None:
        """Show an empty bar for a step that begins."""
        self.bar.value, self.bar.max, self.bar.bar_style = 0, 1, ""
        self._say(step)
        show(self.box, True)

    def advance(self, revision: str, done: int, total: int) -> None:
        """Move on: `done` of `total` revisions have run, `revision` is the last of them."""
        self.bar.max, self.bar.value = total, done
        self._say(f"{revision} ({done} of {total})")

    def end(self, succeeded: bool) -> None:
        """Colour the bar by how the run ended."""
        self.bar.bar_style = "success" if succeeded else "danger"

    def _say(self, text: str) -> None:
        self.label.value = f'<span class="sl-mono">{views.html.escape(text)}</span>'
