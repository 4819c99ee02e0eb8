"""From models to a revision: differences, message, candidate, Write revision."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from ipywidgets import Tab

from schema_lab import views
from schema_lab.panels import calls
from schema_lab.panels.controls import (
    RehearsalReport,
    button,
    heading,
    line,
    link_to,
    row,
    section,
    show,
    show_words,
    words,
)
from schema_lab.panels.question_section import QuestionSection
from schema_lab.panels.rows_section import BlockingRowsControls

if TYPE_CHECKING:
    from ipywidgets import Button

    from schema_lab.candidate import Candidate
    from schema_lab.compare import Drift
    from schema_lab.history import Revision
    from schema_lab.lab import Lab, Status
    from schema_lab.panels.presses import Presses


ENTER_SETTLES = 0.15
"""Seconds after Enter in Message in which a browser sends the text: it sends the Enter first."""

TAB_TITLES = ("upgrade()", "downgrade()", *views.candidate.DIALECTS.values())


class CandidateSection:
    """Holds at most one candidate, which Write revision writes."""

    def __init__(self, lab: Lab, presses: Presses) -> None:
        self._lab = lab
        self._presses = presses
        self._candidate: Candidate | None = None
        self._written: Revision | None = None
        self._applied = False
        self._made_for: Drift | None = None
        self._recorded: dict[tuple[str, str], str] = {}
        self._drift: Drift | None = None
        self.drift_box, self.same_box = words(), words()
        self.message_box = line(
            "Message",
            placeholder='Describe this revision, such as "Add a city"',
            tooltip="One line. It becomes the file name and the first line of the script.",
        )
        self.autogenerate_button = button(
            "Autogenerate", "Compare the models with the database. Nothing is written."
        )
        self.candidate_box = words()
        self.questions = QuestionSection(presses, changed=self._show)
        self.fixing = BlockingRowsControls(lab, presses, changed=self._propose_again)
        self.findings_box = words()
        self.code_tabs = Tab(children=[words() for _ in TAB_TITLES], titles=TAB_TITLES)
        self.write_button = button("Write revision", "Write this candidate to alembic/versions")
        self.rehearse_button = button(
            "Rehearse candidate",
            "Run this migration on a temporary copy of the database. Nothing is written.",
        )
        self.report = RehearsalReport()
        self.waits_box = words()
        self.written_box = words()
        self.read_button = button(
            "Read script again", "Review the written script again after you have edited it"
        )
        self.script_box = words()
        self.call_box, self.write_call_box = words(), words()
        self._arrange()
        self._bind(presses)
        self.drop()

    def _bind(self, presses: Presses) -> None:
        presses.bind(self.autogenerate_button, self._autogenerate)
        presses.bind(self.rehearse_button, self._rehearse, in_thread=True)
        presses.bind(self.write_button, self._write)
        presses.bind(self.read_button, self._read_script)
        self.message_box.on_msg(self._entered)
        self.message_box.observe(lambda _: presses.forget(self.autogenerate_button), "value")
        self.message_box.observe(lambda _: self._show_calls(), "value")

    def _arrange(self) -> None:
        self.drift_section = section(heading("Differences", 2), self.drift_box, self.same_box)
        self.box = section(
            heading("Candidate", 3),
            row(self.message_box, self.autogenerate_button),
            self.candidate_box,
            self.questions.box,
            self.fixing.box,
            self.findings_box,
            self.code_tabs,
            row(self.rehearse_button),
            self.report.box,
            self.call_box,
        )
        self.write_section = section(
            heading("Write", 4),
            row(self.write_button, self.waits_box, self.written_box, self.read_button),
            self.script_box,
            self.write_call_box,
        )

    def show(self, status: Status) -> None:
        """Show the drift unless a candidate covers it; an applied candidate is dropped for it."""
        applied = self._written is not None and status.pending == 0
        if applied and status.drift:
            if self._candidate and self.message_box.value.strip() == self._candidate.message:
                self.message_box.value = ""
            self.drop()
        elif applied != self._applied:
            self._applied = applied
            self._unfold()
        self._drift = status.drift
        if self._candidate is not None and self._made_for is None:
            self._made_for = status.drift
        html = views.drift.drift_piece(status.drift) if status.drift is not None else ""
        fresh = self._candidate is not None and not self.outdated and bool(status.drift)
        show_words(self.drift_box, "" if fresh else html)
        show_words(self.same_box, views.html.muted(self._instead) if fresh or not html else "")
        self._show_reason()

    @property
    def _instead(self) -> str:
        """The sentence that replaces the drift."""
        if self._candidate is None:
            return "The differences are unknown. See the error above."
        if self._written:
            return "The candidate is written as a revision (section 4)."
        return "The candidate below covers these differences."

    @property
    def outdated(self) -> bool:
        """Whether the models or the database have changed since the candidate was proposed."""
        known = self._made_for is not None and self._drift is not None
        return known and not self._written and self._drift != self._made_for

    def enable(self) -> None:
        """Enable the buttons that can be pressed now."""
        self.autogenerate_button.disabled = self._drift is None
        self.rehearse_button.disabled = not self._unwritten
        self.write_button.disabled = not self.can_write
        self.read_button.disabled = self._written is None
        self.fixing.enable()
        self._show_calls()

    def disable(self) -> None:
        """Accept no input while a migration is paused between two statements."""
        for control in (*self.buttons, self.message_box):
            control.disabled = True
        self.fixing.disable()
        for box in (self.call_box, self.write_call_box):
            show_words(box, "")

    @property
    def can_write(self) -> bool:
        """Tell whether there is a candidate to write, and nothing prevents that."""
        return self._unwritten and not self._blocked_by

    @property
    def has_blocking_rows(self) -> bool:
        """Tell whether existing rows prevent that the candidate is written."""
        return bool(self._candidate and self._unwritten and self._candidate.obstacles)

    @property
    def buttons(self) -> list[Button]:
        """Every button of this section."""
        last = (self.rehearse_button, self.write_button, self.read_button)
        return [self.autogenerate_button, *self.questions.buttons, *self.fixing.buttons, *last]

    @property
    def suggested(self) -> Button | None:
        """The button to press next for the candidate, if there is one to press."""
        if self._written:
            return None
        if self.outdated:
            return self.autogenerate_button
        fixing = self.fixing.suggested if self.has_blocking_rows else None
        written = self.write_button if self.can_write else None
        return self.questions.suggested or fixing or written

    @property
    def candidate(self) -> Candidate | None:
        """The candidate that is shown."""
        return self._candidate

    @property
    def _unwritten(self) -> bool:
        return bool(self._candidate and self._candidate.operations and not self._written)

    @property
    def _blocked_by(self) -> str:
        """Say why the candidate cannot be written yet; "" when it can."""
        if self._candidate is None:
            return ""
        if self.outdated:
            return "The models or the database have changed. Press Autogenerate again."
        unanswered = len(self._candidate.questions.blocking)
        if unanswered:
            return f"Answer {views.plain.count(unanswered, 'question')} first."
        if self._candidate.obstacles:
            return "Existing rows block this: fix them first."
        return ""

    def drop(self) -> None:
        """Show no candidate."""
        self._show_candidate(None)

    def drop_unwritten(self) -> None:
        """Drop a candidate that was proposed for another state of the database."""
        if not self._written:
            self.drop()

    def _autogenerate(self) -> None:
        self.drop()
        self._show_candidate(self._lab.autogenerate(self.message_box.value))
        self._presses.done(calls.autogenerate(self.message_box.value))

    def _propose_again(self) -> None:
        """Propose the same for the rows as they are now; answers are remembered."""
        if self._candidate is not None:
            message = self._candidate.message
            self._show_candidate(self._lab.autogenerate(message))
            self._presses.done(calls.autogenerate(message))

    def _rehearse(self) -> None:
        if self._candidate is not None:
            self.report.rehearse("the candidate", self._candidate.rehearse)
            self._record_answers(self._candidate)
            self._presses.done("candidate.rehearse()")

    def _entered(self, _box: Any, content: dict[str, Any], _buffers: Any) -> None:
        """Let Enter in Message act as Autogenerate, once the browser has sent the text too."""
        if content.get("event") != "submit":
            return
        try:
            asyncio.get_running_loop().call_later(ENTER_SETTLES, self.autogenerate_button.click)
        except RuntimeError:  # no kernel runs: the text is there
            self.autogenerate_button.click()

    def _read_script(self) -> None:
        """Show how the script on disk differs from the candidate, and its review."""
        if self._candidate is None or self._written is None:
            return
        name = self._written.id
        now = next((each for each in self._lab.history() if each.id == name), self._written)
        differs = views.code.diff_piece(self._candidate.diff(now))
        show_words(self.script_box, differs + views.findings.piece(self._lab.review(name)))
        self._presses.done(f"lab.review({calls.text(name)})")

    def _write(self) -> None:
        if self._candidate is None:
            return
        revision = self._candidate.write()
        self._record_answers(self._candidate)
        self._presses.done(calls.WRITE)
        self._written = revision
        self._show()
        name = link_to(revision.path) if revision.path else views.html.escape(revision.id)
        self.written_box.value = f"{views.html.badge('✓ written', 'good')} {name}"

    def _record_answers(self, candidate: Candidate) -> None:
        self._presses.done(*calls.answers_since(candidate, self._recorded))
        self._recorded = calls.answers(candidate)

    def _show_candidate(self, candidate: Candidate | None) -> None:
        self._candidate, self._made_for, self._recorded = candidate, None, {}
        self._written, self._applied = None, False
        self.code_tabs.selected_index = 0
        self._show()

    def _show(self) -> None:
        """Show the candidate as it is now."""
        candidate = self._candidate
        self.written_box.value = ""
        show_words(self.script_box, "")
        show(self.read_button, self._written is not None)
        self._presses.guard(self._review)
        self._unfold()
        self._show_reason()
        self._show_calls()
        if candidate is not None:
            for tab, html in zip(self.code_tabs.children, _tabs(candidate), strict=True):
                tab.value = html

    def _unfold(self) -> None:
        """Show the candidate with its controls; folded into one line once it is applied."""
        candidate = None if self._applied else self._candidate
        self.report.clear()
        self.questions.show(candidate, changeable=not self._written)
        self.fixing.show(None if self._written else candidate)
        for widget in (self.code_tabs, self.rehearse_button):
            show(widget, candidate is not None)
        view = views.candidate.folded_piece if self._applied else views.candidate.summary_piece
        show_words(self.candidate_box, "" if self._candidate is None else view(self._candidate))

    def _show_reason(self) -> None:
        """Say why Write revision is disabled."""
        reason = self._blocked_by if self._unwritten else ""
        if self._candidate is None:
            reason = "There is no candidate yet: press Autogenerate."
        show_words(self.waits_box, views.html.muted(reason) if reason else "")

    def _show_calls(self) -> None:
        """Show the lines of code of the buttons that can be pressed."""
        candidate = self._candidate
        lines = [calls.autogenerate(candidate.message if candidate else self.message_box.value)]
        if candidate is not None and self._unwritten:
            lines += [*calls.answers(candidate).values(), "candidate.rehearse()"]
        show_words(self.call_box, views.code.calls_piece(lines))
        write = [calls.WRITE] if self.can_write else []
        show_words(self.write_call_box, views.code.calls_piece(write))

    def _review(self) -> None:
        """Show the risks of the candidate; the candidate is shown even if the review fails."""
        show_words(self.findings_box, "")
        if self._candidate is not None and self._unwritten:
            show_words(self.findings_box, views.findings.piece(self._candidate.review()))


def _tabs(candidate: Candidate) -> list[str]:
    """Fill the tabs, in the order of their titles; the keyboard reaches code that scrolls."""
    filled = [
        views.code.block(candidate.upgrade_code),
        views.code.block(candidate.downgrade_code),
        *(views.candidate.sql_piece(candidate, dialect) for dialect in views.candidate.DIALECTS),
    ]
    return [views.code.reachable(code) for code in filled]
