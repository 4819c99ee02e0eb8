"""Blocking rows: a ready statement to edit, tried in a transaction before it is committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Layout, Textarea

from schema_lab import views
from schema_lab.panels import calls
from schema_lab.panels.controls import button, row, section, show, show_words, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Button

    from schema_lab.candidate import Candidate
    from schema_lab.lab import Lab
    from schema_lab.panels.presses import Presses


class BlockingRowsControls:
    """Fixes the first of the blocking rows at a time.

    Parameters
    ----------
    lab
        The lab whose rows are changed.
    presses
        What runs the buttons.
    changed
        Called after rows were changed.
    """

    def __init__(self, lab: Lab, presses: Presses, changed: Callable[[], None]) -> None:
        self._lab, self._presses, self._changed = lab, presses, changed
        self._sentence = ""
        self._tried: tuple[str, int] | None = None
        self.lead_box, self.said_box = words(), words()
        self.statement_box = Textarea(
            description="Statement",
            tooltip="One UPDATE, DELETE or INSERT that fixes the rows; edit it as you need",
            continuous_update=False,
            layout=Layout(width="auto", height="110px"),
        )
        self.try_button = button(
            "Try statement", "Run the statement, count its rows, and roll it back"
        )
        self.commit_button = button(
            "Commit statement", "Run the statement again and keep its changes"
        )
        self.box = section(
            self.lead_box,
            self.statement_box,
            row(self.try_button, self.commit_button, self.said_box),
        )
        self.box.add_class("sl-question")
        presses.bind(self.try_button, self._try)
        presses.bind(self.commit_button, self._commit)
        self.statement_box.observe(lambda _: self._edited(), "value")

    @property
    def buttons(self) -> tuple[Button, Button]:
        """Its buttons."""
        return (self.try_button, self.commit_button)

    @property
    def suggested(self) -> Button | None:
        """The button to press next, while rows block."""
        if not self._sentence:
            return None
        return self.commit_button if self._tried else self.try_button

    def show(self, candidate: Candidate | None) -> None:
        """Offer a statement for the first of a candidate's blocking rows.

        Answers come first: they decide on values, and what they leave blocks in fact.
        """
        asked = candidate is None or candidate.questions.blocking
        blocking = next(iter(candidate.offending if candidate and not asked else ()), None)
        show(self.box, blocking is not None)
        sentence = "" if blocking is None else blocking.sentence
        if blocking is None or sentence == self._sentence:
            self._sentence = sentence
            return
        self._sentence = sentence
        lead = f"To fix: {sentence} Edit the statement, try it, then commit it."
        self.lead_box.value = f'<p class="sl-lead">{views.html.escape(lead)}</p>'
        self.statement_box.value = blocking.ready
        self._edited()

    def enable(self) -> None:
        """Enable Commit statement once the statement has been tried as it stands."""
        self.statement_box.disabled = self.try_button.disabled = False
        self.commit_button.disabled = self._tried is None

    def disable(self) -> None:
        """Accept no input."""
        for control in (self.statement_box, *self.buttons):
            control.disabled = True

    def _edited(self) -> None:
        self._tried = None
        show_words(self.said_box, "")
        self._presses.forget(*self.buttons)
        if not self._presses.busy:
            self.enable()

    def _try(self) -> None:
        self._tried = None
        sql = str(self.statement_box.value)
        found = self._lab.change_rows(sql)
        self._tried = (sql, found.rows)
        self._say(found)

    def _commit(self) -> None:
        if self._tried is None:
            return
        (sql, rows), self._tried = self._tried, None
        done = self._lab.change_rows(sql, rows)
        self._presses.done(calls.change_rows(sql, rows))
        self._sentence = ""
        self._changed()
        self._say(done)

    def _say(self, text: object) -> None:
        show_words(self.said_box, f'<span role="status">{views.html.escape(str(text))}</span>')
