"""From models to a revision: drift, message, candidate, Write revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Layout, Tab, Text

from schema_lab import views
from schema_lab.panels.controls import button, heading, row, section, show, show_words, words
from schema_lab.panels.questions import QuestionsPart
from schema_lab.panels.report import Report

if TYPE_CHECKING:
    from ipywidgets import Button

    from schema_lab.autogenerate import Candidate
    from schema_lab.lab import Lab, Status
    from schema_lab.panels.presses import Presses


class CandidatePart:
    """Holds at most one candidate; Write revision is bound to it."""

    def __init__(self, lab: Lab, presses: Presses) -> None:
        self._lab = lab
        self._presses = presses
        self._candidate: Candidate | None = None
        self._written = False
        self.drift_box = words()
        self.message_box = Text(
            description="Message",
            placeholder="what this revision does",
            # A press overtakes what is still being typed, letter by letter: send it whole, on
            # leaving the box (https://github.com/jupyter-widgets/ipywidgets/pull/1383).
            continuous_update=False,
            layout=Layout(width="auto", flex="1 1 260px", margin="0"),
        )
        self.autogenerate_button = button(
            "Autogenerate", "Compare models and database; writes nothing"
        )
        self.candidate_box = words()
        self.questions = QuestionsPart(presses, changed=self._show)
        self.findings_box = words()
        self.code_tabs = Tab(children=[words() for _ in _tab_titles()], titles=_tab_titles())
        self.write_button = button("Write revision", "Write this candidate to alembic/versions")
        self.rehearse_button = button(
            "Rehearse candidate", "Run it on a throwaway copy of the database; writes nothing"
        )
        self.report = Report()
        self.waits_box = words()
        self.written_box = words()
        self._arrange()
        presses.bind(self.autogenerate_button, self._autogenerate)
        presses.bind(self.rehearse_button, self._rehearse)
        presses.bind(self.write_button, self._write)
        self.message_box.observe(lambda _: presses.forget(self.autogenerate_button), "value")
        self.drop()

    def _arrange(self) -> None:
        self.box = section(
            heading("Autogenerate"),
            self.drift_box,
            row(self.message_box, self.autogenerate_button),
            self.candidate_box,
            self.questions.box,
            self.findings_box,
            self.code_tabs,
            row(self.rehearse_button, self.write_button, self.waits_box, self.written_box),
            self.report.box,
        )

    def show(self, status: Status) -> None:
        """Show the drift while no candidate says the same; one that is done makes room for it."""
        if self._written and status.drift and not status.pending:
            self.drop()
        html = views.drift.piece(status.drift) if status.drift is not None else ""
        show_words(self.drift_box, "" if self._candidate else html)

    def enable(self) -> None:
        """Enable what can be pressed now."""
        self.autogenerate_button.disabled = False
        self.rehearse_button.disabled = not self._waits
        self.write_button.disabled = not self.can_write

    @property
    def can_write(self) -> bool:
        """Tell whether a candidate waits to be written, and nothing stands in its way."""
        return self._waits and not self._in_the_way

    @property
    def buttons(self) -> list[Button]:
        """Every button of this part."""
        last = (self.rehearse_button, self.write_button)
        return [self.autogenerate_button, *self.questions.buttons, *last]

    @property
    def next_one(self) -> Button | None:
        """The button that leads on, if a candidate waits for one."""
        if self._written:
            return None
        return self.questions.next_one or (self.write_button if self.can_write else None)

    @property
    def candidate(self) -> Candidate | None:
        """The candidate that is shown."""
        return self._candidate

    @property
    def _waits(self) -> bool:
        return bool(self._candidate and self._candidate.operations and not self._written)

    @property
    def _in_the_way(self) -> str:
        """Say why the candidate cannot be written yet; "" when it can."""
        if self._candidate is None:
            return ""
        unanswered = len(self._candidate.questions.in_the_way)
        if unanswered:
            return f"{views.plain.count(unanswered, 'question')} to be answered first."
        if self._candidate.obstacles:
            return "Live rows stand in the way: mend them, then press Autogenerate again."
        return ""

    def drop(self) -> None:
        """Show no candidate."""
        self._show_candidate(None)

    def drop_unwritten(self) -> None:
        """Show no candidate that was made for another state of the database."""
        if not self._written:
            self.drop()

    def _autogenerate(self) -> None:
        self.drop()
        self._show_candidate(self._lab.autogenerate(self.message_box.value))

    def _rehearse(self) -> None:
        if self._candidate is not None:
            self.report.rehearse("the candidate", self._candidate.rehearse)

    def _write(self) -> None:
        if self._candidate is None:
            return
        revision = self._candidate.write()
        self._written = True
        self._show()
        name = revision.path.name if revision.path else revision.id
        self.written_box.value = (
            f"{views.html.badge('✓ written', 'good')} <code>{views.html.escape(name)}</code>"
        )

    def _show_candidate(self, candidate: Candidate | None) -> None:
        self._candidate, self._written = candidate, False
        self.code_tabs.selected_index = 0
        self._show()

    def _show(self) -> None:
        """Show the candidate as it is now."""
        candidate = self._candidate
        self.written_box.value = ""
        self.report.clear()
        for widget in (self.code_tabs, self.rehearse_button, self.write_button):
            show(widget, candidate is not None)
        self._presses.guard(self._review)
        self.questions.show(candidate, changeable=not self._written)
        reason = self._in_the_way if self._waits else ""
        show_words(self.waits_box, views.html.muted(reason) if reason else "")
        if candidate is None:
            show_words(self.candidate_box, "")
            return
        view = views.candidate
        pieces = (view.lead, view.operations_html, view.obstacles_html)
        show_words(self.candidate_box, "".join(piece(candidate) for piece in pieces))
        for tab, html in zip(self.code_tabs.children, _tab_pieces(candidate), strict=True):
            tab.value = html

    def _review(self) -> None:
        """Show what is dangerous about the candidate; without it the candidate is shown too."""
        show_words(self.findings_box, "")
        if self._candidate is not None and self._waits:
            show_words(self.findings_box, views.findings.piece(self._candidate.review()))


def _tab_titles() -> list[str]:
    return ["upgrade()", "downgrade()", *views.candidate.DIALECTS.values()]


def _tab_pieces(candidate: Candidate) -> list[str]:
    return [
        views.code.block(candidate.upgrade_code),
        views.code.block(candidate.downgrade_code),
        *(views.candidate.sql_html(candidate, dialect) for dialect in views.candidate.DIALECTS),
    ]
