"""The report of a rehearsal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_lab import views
from schema_lab.panels.controls import show_words, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema_lab.rehearsal import Rehearsal


class Report:
    """Shows one rehearsal at a time."""

    def __init__(self) -> None:
        self.box = words()
        self.clear()

    def rehearse(self, name: str, run: Callable[[], Rehearsal]) -> None:
        """Rehearse, and show the report; while that runs, say so."""
        show_words(self.box, views.html.muted(f"Rehearsing {name} on a throwaway copy …"))
        try:
            report = run()
        except BaseException:
            self.clear()
            raise
        show_words(self.box, views.rehearsal.piece(report, times=True))

    def clear(self) -> None:
        """Show none."""
        show_words(self.box, "")
