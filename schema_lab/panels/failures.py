"""How a failure is shown: the fact and the cure; of an unknown one the details, folded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_lab import views
from schema_lab.errors import CancelledError, SchemaLabError
from schema_lab.panels.controls import show_words, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipywidgets import Button, VBox


class Failures:
    """Shows what has failed in the section of the button that was pressed.

    Parameters
    ----------
    sections
        The sections that have buttons; the first one shows what no button has brought about.
    """

    def __init__(self, *sections: VBox) -> None:
        self.box = words()
        self._sections = sections
        self._move_to(sections[0])
        self.clear()

    def clear(self, pressed: Button | None = None) -> None:
        """Show none; what comes next has to do with a button that was pressed."""
        show_words(self.box, "")
        if pressed is not None:
            holding = (one for one in self._sections if pressed in _within(one))
            self._move_to(next(holding, self._sections[0]))

    def add(self, problem: BaseException) -> None:
        """Show a failure below those that the same press has shown already."""
        html = shown(problem)
        if html not in self.box.value:
            show_words(self.box, self.box.value + html)

    def _move_to(self, section: VBox) -> None:
        """Stand at the end of a section, above its lines of code."""
        if self.box in section.children:
            return
        for one in self._sections:
            one.children = tuple(child for child in one.children if child is not self.box)
        section.children = (*section.children[:-1], self.box, section.children[-1])


def shown(problem: BaseException) -> str:
    """Give the HTML of a failure."""
    if isinstance(problem, CancelledError):
        return views.html.box(
            "plain", *(f"<p>{views.html.escape(one)}</p>" for one in problem.args)
        )
    if isinstance(problem, SchemaLabError):
        return views.error.piece(problem.fact, problem.cure)
    if isinstance(problem, KeyboardInterrupt):
        return views.error.piece("Interrupted.", "The panel shows where the database stands now.")
    return views.error.piece(
        "The lab met an error that it does not know.",
        "See the details; the panel shows where the database stands now.",
        f"{type(problem).__name__}: {problem}",
    )


def _within(box: VBox) -> Iterable[object]:
    for child in box.children:
        yield child
        yield from _within(child) if hasattr(child, "children") else ()
