"""The panel: its parts from top to bottom, and one place for every failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import VBox

from schema_lab import views
from schema_lab.errors import SchemaLabError
from schema_lab.panels.candidate import CandidatePart
from schema_lab.panels.controls import (
    button,
    emphasize,
    heading,
    row,
    section,
    show_words,
    widened,
    words,
)
from schema_lab.panels.presses import Presses
from schema_lab.panels.standing import Standing
from schema_lab.panels.steps import StepsPart
from schema_lab.panels.tables import TablesPart

if TYPE_CHECKING:
    from ipywidgets import Button

    from schema_lab.autogenerate import Candidate
    from schema_lab.lab import Lab


def panel(lab: Lab) -> Panel:
    """Make the panel of a lab.

    Parameters
    ----------
    lab
        The lab whose methods the buttons call.

    Returns
    -------
    Panel
        A widget; every control is an attribute of it.
    """
    return Panel(lab)


class Panel(VBox):  # type: ignore[misc]  # ipywidgets has no type hints
    """A lab as buttons: where it stands, a candidate, a revision, the steps, the tables.

    Each button calls one method of the lab and shows one view. A failure is shown in
    `error_box`; nothing is raised. A press also works without a front end:
    `panel.upgrade_button.click()`.
    """

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self.lab = lab
        self._dialect = ""
        self._problem = ""
        self._presses = Presses(self._be_busy, self._fail, self._read)
        self._candidate = CandidatePart(lab, self._presses)
        self._steps = StepsPart(lab, self._presses, moved=self._candidate.drop_unwritten)
        self._tables = TablesPart(lab, self._presses)
        self._name_controls()
        self._arrange()
        self._presses.bind(self.refresh_button, self._steps.clear)
        self.refresh()

    def _name_controls(self) -> None:
        self.status_box = words()
        self.refresh_button = button("Refresh", "Read models, revisions and database again")

        self.drift_box = self._candidate.drift_box
        self.message_box = self._candidate.message_box
        self.autogenerate_button = self._candidate.autogenerate_button
        self.candidate_box = self._candidate.candidate_box
        self.code_tabs = self._candidate.code_tabs
        self.findings_box = self._candidate.findings_box
        self.questions = self._candidate.questions
        self.ask_again_button = self._candidate.questions.ask_again_button
        self.write_button = self._candidate.write_button
        self.rehearse_candidate_button = self._candidate.rehearse_button
        self.candidate_rehearsal_box = self._candidate.report.box
        self.waits_box = self._candidate.waits_box
        self.written_box = self._candidate.written_box

        self.error_box = words()
        self.history_box = words()
        self.table_chooser = self._tables.table_chooser
        self.rows_box = self._tables.rows_box
        self._name_the_steps()

    def _name_the_steps(self) -> None:
        self.upgrade_button = self._steps.upgrade_button
        self.upgrade_one_button = self._steps.upgrade_one_button
        self.downgrade_button = self._steps.downgrade_button
        self.resume_button = self._steps.resume_button
        self.snapshot_tick = self._steps.snapshot_tick
        self.target_chooser = self._steps.target_chooser
        self.target_button = self._steps.target_button
        self.rehearse_button = self._steps.rehearse_button
        self.rehearsal_box = self._steps.report.box
        self.rehearse_step_button = self._steps.confirmation.rehearse_button
        self.confirm_box = self._steps.confirmation.box
        self.losses_box = self._steps.confirmation.losses_box
        self.confirm_tick = self._steps.confirmation.tick
        self.cancel_button = self._steps.confirmation.cancel_button
        self.progress_bar = self._steps.progress.bar
        self.progress_label = self._steps.progress.label
        self.run_box = self._steps.run_box

    def _arrange(self) -> None:
        self.add_class("schema-lab")
        self.add_class("sl-panel")
        self.children = (
            words(f"<style>{views.style.whole()}</style>"),
            section(row(widened(self.status_box), self.refresh_button)),
            self._candidate.box,
            self.error_box,
            self._steps.box,
            section(heading("History"), self.history_box),
            self._tables.box,
        )

    def refresh(self) -> None:
        """Read where the lab stands and show it; read-only. A failure is shown."""
        self._presses.forget(*self._buttons)
        show_words(self.error_box, "")
        self._presses.guard(self._read)
        self._be_busy(False)

    @property
    def candidate(self) -> Candidate | None:
        """The candidate that is shown, for the lines of code that do what the controls do."""
        return self._candidate.candidate

    def __repr__(self) -> str:
        return f"Panel({self._dialect})"

    @property
    def _buttons(self) -> list[Button]:
        return [
            self.refresh_button,
            *self._candidate.buttons,
            *self._steps.buttons,
        ]

    def _read(self) -> None:
        """Show each part; one that cannot be read does not hide the others."""
        self._presses.guard(self._show_standing)
        self._presses.guard(self._tables.show)

    def _show_standing(self) -> None:
        status = self.lab.status()
        self._dialect, self._problem = status.dialect, status.problem
        self.status_box.value = views.status.piece(status)
        history = self.lab.history()
        self.history_box.value = views.history.piece(history)
        self._candidate.show(status)
        self._steps.show(Standing(status, history, self.lab.stopped() is not None))

    def _be_busy(self, busy: bool) -> None:
        """Take no press while one runs; then enable what leads somewhere."""
        for each in self._buttons:
            each.disabled = busy
        if busy:
            show_words(self.error_box, "")
            return
        for part in (self._candidate, self._steps, self._tables):
            part.enable()
        self._point_out_the_next_step()

    def _point_out_the_next_step(self) -> None:
        after = self.autogenerate_button if self.upgrade_button.disabled else self.upgrade_button
        emphasize(self._buttons, self._candidate.next_one or after)

    def _fail(self, problem: BaseException) -> None:
        """Show a failure below those that the same press has shown already."""
        shown = _error(problem)
        if str(problem) != self._problem and shown not in self.error_box.value:
            show_words(self.error_box, self.error_box.value + shown)


def _error(problem: BaseException) -> str:
    if isinstance(problem, SchemaLabError):
        return views.error.piece(problem.fact, problem.cure)
    if isinstance(problem, KeyboardInterrupt):
        return views.error.piece("Interrupted.", "The panel shows where the database stands now.")
    return views.error.piece(
        "The lab met an error that it does not know.",
        "See the details; the panel shows where the database stands now.",
        f"{type(problem).__name__}: {problem}",
    )
