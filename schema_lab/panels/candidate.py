"""From models to a revision: drift, message, candidate, Write revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Tab

from schema_lab import views
from schema_lab.panels import calls, tabs
from schema_lab.panels.controls import button, heading, line, row, section, show, show_words, words
from schema_lab.panels.questions import QuestionsPart
from schema_lab.panels.report import Report

if TYPE_CHECKING:
    from ipywidgets import Button

    from schema_lab.autogenerate import Candidate, Drift
    from schema_lab.lab import Lab, Status
    from schema_lab.panels.presses import Presses


class CandidatePart:
    """Holds at most one candidate; Write revision is bound to it."""

    def __init__(self, lab: Lab, presses: Presses) -> None:
        self._lab = lab
        self._presses = presses
        self._candidate: Candidate | None = None
        self._written = self._applied = False
        self._made_for: Drift | None = None
        self._drift: Drift | None = None
        self.drift_box, self.same_box = words(), words()
        self.message_box = line(
            "Message",
            placeholder="what this revision does",
            tooltip="One line; it names the file, and stands at the head of the script",
        )
        self.autogenerate_button = button(
            "Autogenerate", "Compare models and database; writes nothing"
        )
        self.candidate_box = words()
        self.questions = QuestionsPart(presses, changed=self._show)
        self.findings_box = words()
        self.code_tabs = Tab(children=[words() for _ in tabs.titles()], titles=tabs.titles())
        self.write_button = button("Write revision", "Write this candidate to alembic/versions")
        self.rehearse_button = button(
            "Rehearse candidate", "Run it on a throwaway copy of the database; writes nothing"
        )
        self.report = Report()
        self.waits_box = words()
        self.written_box = words()
        self.call_box, self.write_call_box = words(), words()
        self._arrange()
        presses.bind(self.autogenerate_button, self._autogenerate)
        presses.bind(self.rehearse_button, self._rehearse, aside=True)
        presses.bind(self.write_button, self._write)
        self.message_box.observe(lambda _: presses.forget(self.autogenerate_button), "value")
        self.message_box.observe(lambda _: self._show_calls(), "value")
        self.drop()

    def _arrange(self) -> None:
        self.drift_section = section(heading("What changed", 2), self.drift_box, self.same_box)
        self.box = section(
            heading("Candidate", 3),
            row(self.message_box, self.autogenerate_button),
            self.candidate_box,
            self.questions.box,
            self.findings_box,
            self.code_tabs,
            row(self.rehearse_button),
            self.report.box,
            self.call_box,
        )
        self.write_section = section(
            heading("Write", 4),
            row(self.write_button, self.waits_box, self.written_box),
            self.write_call_box,
        )

    def show(self, status: Status) -> None:
        """Show the drift while no candidate says the same; one that is done makes room for it."""
        applied = self._written and not status.pending
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
        html = views.drift.piece(status.drift) if status.drift is not None else ""
        fresh = self._candidate is not None and not self.outdated and bool(status.drift)
        show_words(self.drift_box, "" if fresh else html)
        show_words(self.same_box, views.html.muted(self._instead) if fresh or not html else "")
        self._show_reason()

    @property
    def _instead(self) -> str:
        """What stands in the place of the drift."""
        if self._candidate is None:
            return "It cannot be seen yet: see above."
        return "It is written, see 4." if self._written else "The candidate below holds it."

    @property
    def outdated(self) -> bool:
        """Whether models or database have changed since the candidate was made."""
        known = self._made_for is not None and self._drift is not None
        return known and not self._written and self._drift != self._made_for

    def enable(self) -> None:
        """Enable what can be pressed now."""
        self.rehearse_button.disabled = not self._waits
        self.write_button.disabled = not self.can_write
        self._show_calls()

    def rest(self) -> None:
        """Take no press, while a migration waits between two statements."""
        for each in (*self.buttons, self.message_box):
            each.disabled = True
        for box in (self.call_box, self.write_call_box):
            show_words(box, "")

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
        if self.outdated:
            return self.autogenerate_button
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
        if self.outdated:
            return "What differs has changed since: press Autogenerate again."
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
        self._presses.done(calls.autogenerate(self.message_box.value))

    def _rehearse(self) -> None:
        if self._candidate is not None:
            self.report.rehearse("the candidate", self._candidate.rehearse)
            self._presses.done(*calls.answers(self._candidate), "candidate.rehearse()")

    def _write(self) -> None:
        if self._candidate is None:
            return
        revision = self._candidate.write()
        self._presses.done(*calls.answers(self._candidate), calls.WRITE)
        self._written = True
        self._show()
        name = revision.path.name if revision.path else revision.id
        self.written_box.value = (
            f"{views.html.badge('✓ written', 'good')} <code>{views.html.escape(name)}</code>"
        )

    def _show_candidate(self, candidate: Candidate | None) -> None:
        self._candidate, self._made_for = candidate, None
        self._written = self._applied = False
        self.code_tabs.selected_index = 0
        self._show()

    def _show(self) -> None:
        """Show the candidate as it is now."""
        candidate = self._candidate
        self.written_box.value = ""
        self._presses.guard(self._review)
        self._unfold()
        self._show_reason()
        self._show_calls()
        if candidate is not None:
            for tab, html in zip(self.code_tabs.children, tabs.pieces(candidate), strict=True):
                tab.value = html

    def _unfold(self) -> None:
        """Show the candidate with its controls; folded into a line once the database has it."""
        candidate = None if self._applied else self._candidate
        self.report.clear()
        self.questions.show(candidate, changeable=not self._written)
        for widget in (self.code_tabs, self.rehearse_button):
            show(widget, candidate is not None)
        view = views.candidate.folded if self._applied else views.candidate.what_it_does
        show_words(self.candidate_box, "" if self._candidate is None else view(self._candidate))

    def _show_reason(self) -> None:
        """Say why Write revision waits."""
        reason = self._in_the_way if self._waits else ""
        if self._candidate is None:
            reason = "There is no candidate yet."
        show_words(self.waits_box, views.html.muted(reason) if reason else "")

    def _show_calls(self) -> None:
        """Show the lines of code of the buttons that can be pressed."""
        candidate = self._candidate
        lines = [calls.autogenerate(candidate.message if candidate else self.message_box.value)]
        if candidate is not None and self._waits:
            lines += [*calls.answers(candidate), "candidate.rehearse()"]
        show_words(self.call_box, views.call.piece(lines))
        show_words(self.write_call_box, views.call.piece([calls.WRITE] if self.can_write else []))

    def _review(self) -> None:
        """Show what is dangerous about the candidate; without it the candidate is shown too."""
        show_words(self.findings_box, "")
        if self._candidate is not None and self._waits:
            show_words(self.findings_box, views.findings.piece(self._candidate.review()))
