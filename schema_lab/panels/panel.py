"""The panel: its parts from top to bottom, and one place for every failure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipywidgets import VBox

from schema_lab import views
from schema_lab.panels.advice import STEPPING, advice, next_button
from schema_lab.panels.candidate import CandidatePart
from schema_lab.panels.controls import (
    emphasize,
    section,
    show_words,
    words,
)
from schema_lab.panels.failures import Failures
from schema_lab.panels.following import Following
from schema_lab.panels.presses import Presses
from schema_lab.panels.standing import Standing
from schema_lab.panels.steps import StepsPart
from schema_lab.panels.tables import TablesPart
from schema_lab.panels.where import WherePart

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
    `panel.upgrade_button.click()`. While it is shown it follows the models: a cell that
    redefines one changes what it shows.
    """

    def __init__(self, lab: Lab) -> None:
        super().__init__(_view_count=0)
        self.lab = lab
        self._dialect = self._problem = ""
        self._presses = Presses(self._be_busy, self._fail, self._read)
        self._candidate = CandidatePart(lab, self._presses)
        self._where = WherePart()
        self._tables = TablesPart(lab, self._presses)
        self._steps = StepsPart(
            lab,
            self._presses,
            begins=self._tables.remember,
            moved=self._candidate.drop_unwritten,
        )
        candidate = self._candidate
        sections = (self._where.box, candidate.box, candidate.write_section, self._steps.box)
        self._failures = Failures(*sections)
        self._following = Following(lab.models, self._models_changed)
        self._name_controls()
        self._arrange()
        self._presses.bind(self.refresh_button, self._look_again)
        self.observe(lambda change: self._count_views(change["new"]), "_view_count")
        self.refresh()

    def _name_controls(self) -> None:
        self.status_box = self._where.status_box
        self.next_box = self._where.next_box
        self.history_box = self._where.history_box
        self.history_toggle = self._where.history_toggle
        self.refresh_button = self._where.refresh_button

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

        self.error_box = self._failures.box
        self.table_chooser = self._tables.table_chooser
        self.rows_box = self._tables.rows_box
        self._name_the_steps()

    def _name_the_steps(self) -> None:
        steps = self._steps
        self.upgrade_button = steps.controls.upgrade_button
        self.upgrade_one_button = steps.controls.upgrade_one_button
        self.downgrade_button = steps.controls.downgrade_button
        self.resume_button = steps.controls.resume_button
        self.snapshot_tick = steps.controls.snapshot_tick
        self.target_chooser = steps.controls.target_chooser
        self.target_button = steps.controls.target_button
        self.rehearse_button = steps.controls.rehearse_button
        self.step_button = steps.controls.step_button
        self.stepping = steps.stepping
        self.rehearsal_box = steps.report.box
        self.rehearse_step_button = steps.confirmation.rehearse_button
        self.confirm_box = steps.confirmation.box
        self.losses_box = steps.confirmation.losses_box
        self.confirm_tick = steps.confirmation.tick
        self.cancel_button = steps.confirmation.cancel_button
        self.progress_bar = steps.progress.bar
        self.progress_label = steps.progress.label
        self.cancel_run_button = steps.progress.cancel_button
        self.run_box = steps.run_box
        self.record_box = words()

    def _arrange(self) -> None:
        self.add_class("schema-lab")
        self.add_class("sl-panel")
        candidate, record = self._candidate, section(self.record_box)
        record.add_class("sl-record")
        flow = section(
            self._where.box,
            candidate.drift_section,
            candidate.box,
            candidate.write_section,
            self._steps.box,
            record,
        )
        flow.add_class("sl-flow")
        body = section(flow, self._tables.box)
        body.add_class("sl-body")
        self.children = (words(f"<style>{views.style.whole()}</style>"), body)

    def refresh(self) -> None:
        """Read where the lab stands and show it; read-only. A failure is shown."""
        self._presses.forget(*self._buttons)
        self._failures.clear()
        self._presses.guard(self._read)
        self._be_busy(False)

    def close(self) -> None:
        """Take the panel away: it follows no model, and a migration that waits is left."""
        self._following.stop()
        self._steps.stepping.leave()
        super().close()

    @property
    def candidate(self) -> Candidate | None:
        """The candidate that is shown, for the lines of code that do what the controls do."""
        return self._candidate.candidate

    def __repr__(self) -> str:
        return f"Panel({self._dialect})"

    @property
    def _buttons(self) -> list[Button]:
        return [self.refresh_button, *self._candidate.buttons, *self._steps.buttons]

    def _repr_mimebundle_(self, **wanted: Any) -> Any:
        """Show it, and follow the models from now on; with words for programs without widgets."""
        self._following.start()
        return super()._repr_mimebundle_(**wanted) | views.without_buttons.bundle(self._dialect)

    def _count_views(self, views_open: int) -> None:
        """Follow the models while a browser shows the panel, and no longer."""
        if views_open > 0 and not self._following.on:
            self._following.start()
            self._models_changed()
        elif views_open == 0:
            self._following.stop()
            self._steps.stepping.leave()

    def _models_changed(self) -> None:
        """Show the drift anew, unless a press runs, which does so at its end."""
        if not self._presses.busy:
            self._presses.guard(self._show_standing)
            self._be_busy(False)

    def _look_again(self) -> None:
        self._steps.clear()
        self._tables.forget()

    def _read(self) -> None:
        """Show each part; one that cannot be read does not hide the others."""
        show_words(self.record_box, views.call.piece(self._presses.record.lines, _RECORDED))
        self._presses.guard(self._show_standing)
        if not self._steps.stepping.running:
            self._presses.guard(self._tables.show)

    def _show_standing(self) -> None:
        """Show where the lab stands; while a migration waits, nobody else may look."""
        if self._steps.stepping.running:
            show_words(self.next_box, STEPPING)
            return
        status = self.lab.status()
        self._dialect, self._problem = status.dialect, status.problem
        self._where.status_box.value = views.status.piece(status)
        self._candidate.show(status)
        standing = Standing(status, self.lab.history(), self.lab.stopped())
        self._where.show(standing)
        self._steps.show(standing)
        show_words(self.next_box, advice(standing, self._candidate, self._steps))

    def _be_busy(self, busy: bool) -> None:
        """Take no press while one runs; then enable what leads somewhere."""
        waits = self._steps.stepping.running
        for each in (*self._buttons, self._candidate.message_box):
            each.disabled = busy or (waits and each not in self._steps.stepping.buttons)
        if busy:
            self._steps.controls.disable()
            self._failures.clear(self._presses.pressed)
            return
        if waits:
            self._leave_only_the_stepping()
        else:
            for part in (self._candidate, self._steps, self._tables):
                part.enable()
        emphasize(self._buttons, next_button(self._steps, self._candidate))

    def _leave_only_the_stepping(self) -> None:
        self._candidate.rest()
        self._steps.enable()
        self._tables.table_chooser.disabled = True

    def _fail(self, problem: BaseException) -> None:
        """Show a failure, unless it is the one that the status tells."""
        if str(problem) != self._problem:
            self._failures.add(problem)


_RECORDED = "What was pressed here, as code: click it, copy it, and run it in a cell"
