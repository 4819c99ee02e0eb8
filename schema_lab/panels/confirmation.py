"""The tick that a destructive step needs; its label names what goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Checkbox, Layout

from schema_lab import views
from schema_lab.panels.controls import button, row, section, show, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_lab.migrate import Loss

Lost = frozenset[tuple[str, str | None, str]]

MOST_NAMED = 3
"""Losses that the tick's label names; the list above it names all."""


class Confirmation:
    """Holds one question, what a step would drop, until it is ticked or dropped."""

    def __init__(self) -> None:
        self.losses_box = words()
        self.tick = Checkbox(value=False, indent=False, layout=Layout(width="auto"))
        self.cancel_button = button("Cancel", "Leave the database as it is")
        self.box = section(self.losses_box, row(self.tick, self.cancel_button))
        self._asked: tuple[str, Lost] | None = None
        self.clear()

    def allows(self, step: str, losses: Sequence[Loss]) -> bool:
        """Tell whether exactly this step with these losses has been ticked."""
        return not losses or (bool(self.tick.value) and self._asked == (step, _what(losses)))

    def ask(self, step: str, losses: Sequence[Loss]) -> None:
        """Show what a step would drop, with an empty tick."""
        self._asked = (step, _what(losses))
        self.tick.value = False
        self.tick.description = _label(losses)
        self.losses_box.value = views.losses.piece(losses, step) + _hint(step)
        show(self.box, True)

    def clear(self) -> None:
        """Drop the question."""
        self._asked = None
        self.tick.value = False
        show(self.box, False)


def _hint(step: str) -> str:
    name = views.html.escape(step[:1].upper() + step[1:])
    return f'<p class="sl-muted">To go on, tick what goes and press {name} again.</p>'


def _what(losses: Sequence[Loss]) -> Lost:
    return frozenset((loss.table, loss.column, loss.statement) for loss in losses)


def _label(losses: Sequence[Loss]) -> str:
    named = [views.plain.visible(loss.sentence) for loss in losses[:MOST_NAMED]]
    more = len(losses) - MOST_NAMED
    return "Drop " + ", ".join(named) + (f" and {more} more" if more > 0 else "")
