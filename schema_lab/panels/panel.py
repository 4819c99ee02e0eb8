"""The panel: its sections from top to bottom, and one place for every failure.

While a panel is shown it follows the models, the files and the database, without a thread.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ipywidgets import VBox

from schema_lab import views
from schema_lab.history import History
from schema_lab.lab import Status
from schema_lab.panels.advice import Advisor
from schema_lab.panels.candidate_section import CandidateSection
from schema_lab.panels.controls import emphasize, section, show_words, words
from schema_lab.panels.merge_section import MergeSection
from schema_lab.panels.migrate_section import MigrateSection
from schema_lab.panels.presses import Failures, Presses
from schema_lab.panels.record_section import RecordSection
from schema_lab.panels.snapshot_section import SnapshotSection
from schema_lab.panels.status_section import PanelState, StatusSection
from schema_lab.panels.tables_section import TablesSection
from schema_lab.panels.watching import ModelWatcher, OutsideWatcher

if TYPE_CHECKING:
    from ipywidgets import Button

    from schema_lab.candidate import Candidate
    from schema_lab.lab import Lab

_UNKNOWN_HISTORY = History((), "The revisions are unknown. See the error above.")


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
    """A lab as buttons: the current state, a candidate, a revision, migrations, the tables.

    Each button calls one method of the lab and shows one view. A failure is shown in
    `error_box`; nothing is raised. A press also works without a front end:
    `panel.upgrade_button.click()`. While the panel is shown it follows the models: when a cell
    redefines a model, the panel shows the new differences.
    """

    def __init__(self, lab: Lab) -> None:
        super().__init__(_view_count=0)
        self.lab = lab
        self._dialect = self._problem = ""
        self._presses = Presses(self._be_busy, self._fail, self._read, self._look)
        self._changed_outside = False
        self._candidate = CandidateSection(lab, self._presses)
        self._status = StatusSection()
        self._merge = MergeSection(lab, self._presses)
        self._tables = TablesSection(lab, self._presses)
        self._migrate = MigrateSection(
            lab,
            self._presses,
            begins=self._tables.remember,
            moved=self._candidate.drop_unwritten,
        )
        self._snapshots = SnapshotSection(
            lab,
            self._presses,
            begins=self._tables.remember,
            moved=self._restored,
        )
        self._record = RecordSection()
        self._failures = self._shown_failures()
        self._state: PanelState | None = None
        self._advisor = Advisor(
            self._status.refresh_button, self._merge.merge_button, self._candidate, self._migrate
        )
        self._watcher = ModelWatcher(lab.models, self._presses.changed)
        self._outside = OutsideWatcher(lab, self._is_idle, self._follow_others)
        self._name_controls()
        self._arrange()
        self._presses.bind(self.refresh_button, self._look_again)
        self.observe(lambda change: self._count_views(change["new"]), "_view_count")
        self.confirm_tick.observe(lambda _: self._follow_tick(), "value")
        self.refresh()

    def _shown_failures(self) -> Failures:
        candidate = self._candidate
        return Failures(
            self._status.box,
            self._merge.box,
            candidate.box,
            candidate.write_section,
            self._migrate.box,
            self._snapshots.box,
            self._tables.box,
            answers=lambda: [controls.box for controls in candidate.questions.controls],
        )

    def _name_controls(self) -> None:
        self.status_box = self._status.status_box
        self.next_box = self._status.next_box
        self.history_box = self._status.history_box
        self.history_toggle = self._status.history_toggle
        self.refresh_button = self._status.refresh_button
        self.merge_message_box = self._merge.message_box
        self.merge_button = self._merge.merge_button

        self.drift_box = self._candidate.drift_box
        self.message_box = self._candidate.message_box
        self.autogenerate_button = self._candidate.autogenerate_button
        self.candidate_box = self._candidate.candidate_box
        self.code_tabs = self._candidate.code_tabs
        self.findings_box = self._candidate.findings_box
        self.fixing = self._candidate.fixing
        self.questions = self._candidate.questions
        self.ask_again_button = self._candidate.questions.ask_again_button
        self.write_button = self._candidate.write_button
        self.rehearse_candidate_button = self._candidate.rehearse_button
        self.read_button = self._candidate.read_button
        self.script_box = self._candidate.script_box
        self.candidate_rehearsal_box = self._candidate.report.box
        self.waits_box = self._candidate.waits_box
        self.written_box = self._candidate.written_box

        self.error_box = self._failures.box
        self.table_chooser = self._tables.table_chooser
        self.rows_box = self._tables.rows_box
        self._name_move_controls()

    def _name_move_controls(self) -> None:
        migrate = self._migrate
        self.upgrade_button = migrate.controls.upgrade_button
        self.upgrade_one_button = migrate.controls.upgrade_one_button
        self.downgrade_button = migrate.controls.downgrade_button
        self.resume_button = migrate.controls.resume_button
        self.close_button = migrate.controls.close_button
        self.snapshot_tick = migrate.controls.snapshot_tick
        self.target_chooser = migrate.controls.target_chooser
        self.target_button = migrate.controls.target_button
        self.rehearse_button = migrate.controls.rehearse_button
        self.step_button = migrate.controls.step_button
        self.stepping = migrate.stepping
        self.rehearsal_box = migrate.report.box
        self.rehearse_step_button = migrate.consent.rehearse_button
        self.confirm_box = migrate.consent.box
        self.losses_box = migrate.consent.losses_box
        self.confirm_tick = migrate.consent.tick
        self.cancel_button = migrate.consent.cancel_button
        self.accept_button = migrate.consent.go_button
        self.progress_bar = migrate.progress.bar
        self.progress_label = migrate.progress.label
        self.cancel_run_button = migrate.progress.cancel_button
        self.run_box = migrate.run_box
        self.record_box = self._record.record_box
        self.record_toggle = self._record.toggle
        self.snapshot_chooser = self._snapshots.chooser
        self.take_snapshot_button = self._snapshots.take_button
        self.restore_button = self._snapshots.restore_button
        self.restore_tick = self._snapshots.tick
        self.seed_rows = self._tables.seed_rows
        self.seed_button = self._tables.seed_button

    def _arrange(self) -> None:
        self.add_class("schema-lab")
        self.add_class("sl-panel")
        candidate = self._candidate
        flow = section(
            self._status.box,
            self._merge.box,
            candidate.drift_section,
            candidate.box,
            candidate.write_section,
            self._migrate.box,
            self._snapshots.box,
        )
        flow.add_class("sl-flow")
        body = section(flow, self._tables.box)
        body.add_class("sl-body")
        style = words(f"<style>{views.style.whole()}</style>")
        self.children = (style, body, self._record.box)

    def refresh(self) -> None:
        """Read the current state and show it; read-only. A failure is shown."""
        self._presses.forget(*self._buttons)
        self._failures.clear()
        self._presses.guard(self._read)
        self._be_busy(False)

    def close(self) -> None:
        """Close the panel: it stops following the models and abandons a paused migration."""
        self._watcher.stop()
        self._outside.stop()
        self._migrate.stepping.leave()
        super().close()

    @property
    def candidate(self) -> Candidate | None:
        """The candidate that is shown, for lines of code that do the same as the controls."""
        return self._candidate.candidate

    def __repr__(self) -> str:
        return f"Panel({self._dialect})"

    @property
    def _buttons(self) -> list[Button]:
        return [
            self.refresh_button,
            self.merge_button,
            *self._candidate.buttons,
            *self._migrate.buttons,
            *self._snapshots.buttons,
            *self._tables.buttons,
        ]

    def _repr_mimebundle_(self, **wanted: Any) -> Any:
        """Show the panel and follow the models; programs without widgets show text instead."""
        self._watcher.start()
        return super()._repr_mimebundle_(**wanted) | views.without_buttons.bundle(self._dialect)

    def _count_views(self, views_open: int) -> None:
        """Follow the models and other programs only while a browser shows the panel."""
        if views_open > 0 and not self._watcher.on:
            self._watcher.start()
            self._presses.changed()
        if views_open > 0:
            self._outside.start()
        else:
            self._watcher.stop()
            self._outside.stop()
            self._migrate.stepping.leave()

    def _restored(self) -> None:
        self._candidate.drop_unwritten()
        self._migrate.forget()

    def _is_idle(self) -> bool:
        return not (self._presses.busy or self._migrate.stepping.running)

    def _follow_others(self) -> None:
        """Read all again: another program has changed the files or the database."""
        self._changed_outside = True
        self._presses.changed()

    def _look(self) -> None:
        """Show what has changed without a press."""
        everything, self._changed_outside = self._changed_outside, False
        if everything:
            self._read()
        else:
            self._show_state()

    def _look_again(self) -> None:
        self._migrate.clear()
        self._tables.forget()
        self._snapshots.clear()

    def _read(self) -> None:
        """Show each section; a section that cannot be read does not hide the others."""
        self._outside.resting = False
        self._record.show(self._presses.record.lines)
        self._presses.guard(self._show_state)
        self._presses.guard(self._snapshots.show)
        if not self._migrate.stepping.running:
            self._presses.guard(self._tables.show)

    def _show_state(self) -> None:
        """Show the current state; while a migration is paused, nothing else may read it."""
        if self._migrate.stepping.running:
            show_words(self.next_box, self._advisor.next_step(None).piece)
            return
        self._state = None
        status = self._status_now()
        self._dialect, self._problem = status.dialect, status.problem
        self._status.status_box.value = views.status.status_piece(status)
        self._candidate.show(status)
        state = self._state_of(status)
        self._status.show(state)
        self._merge.show(state)
        self._migrate.show(state)
        show_words(self.next_box, self._advisor.next_step(state).piece)

    def _status_now(self) -> Status:
        """Read the status; what fails in a way that nobody knows is shown, and all is unknown."""
        try:
            return self.lab.status()
        except Exception as problem:  # noqa: BLE001 - shown in the panel
            self._fail(problem)
            return Status(self._dialect, self.lab.url, None, None, None, None)

    def _state_of(self, status: Status) -> PanelState:
        """Read the history; what cannot be read is unknown, and shown as a failure."""
        self._presses.guard(lambda: self._read_history(status))
        return self._state or PanelState(replace(status, pending=None), _UNKNOWN_HISTORY)

    def _read_history(self, status: Status) -> None:
        self._state = PanelState(status, self.lab.history(), self.lab.stopped())

    def _be_busy(self, busy: bool) -> None:
        """Accept no press while another runs; then enable the buttons that can be pressed."""
        paused = self._migrate.stepping.running
        for control in (*self._buttons, self._candidate.message_box):
            control.disabled = busy or (paused and control not in self._migrate.stepping.buttons)
        if busy:
            for disabled in (self._migrate.controls, self._snapshots, self._tables):
                disabled.disable()
            self._failures.clear(self._presses.pressed)
            self._snapshots.clear()
            return
        if paused:
            self._enable_only_stepping()
        else:
            for enabled in (self._candidate, self._migrate, self._snapshots, self._tables):
                enabled.enable()
        self._emphasize()

    def _follow_tick(self) -> None:
        if not self._presses.busy:
            self._emphasize()

    def _emphasize(self) -> None:
        emphasize(self._buttons, self._advisor.next_step(self._state).button)

    def _enable_only_stepping(self) -> None:
        for section_ in (self._candidate, self._snapshots, self._tables):
            section_.disable()
        self._migrate.enable()

    def _fail(self, problem: BaseException) -> None:
        """Show a failure, unless the status already shows the same failure."""
        if str(problem) != self._problem:
            self._failures.add(problem)
