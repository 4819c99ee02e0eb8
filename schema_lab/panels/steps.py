"""Upgrade and downgrade: a step is bound to where the database stood when it was offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_lab import views
from schema_lab.errors import InputError, SchemaLabError
from schema_lab.panels import calls
from schema_lab.panels.confirmation import Confirmation
from schema_lab.panels.controls import heading, row, section, show, show_words, words
from schema_lab.panels.demand import Demand
from schema_lab.panels.progress import Progress
from schema_lab.panels.report import Report
from schema_lab.panels.step import DOWNGRADE_ONE, UPGRADE, UPGRADE_ONE, Step
from schema_lab.panels.step_controls import StepControls
from schema_lab.panels.stepping import StepThrough

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Button

    from schema_lab.lab import Lab
    from schema_lab.migrate import Run
    from schema_lab.panels.presses import Presses
    from schema_lab.panels.standing import Standing


class StepsPart:
    """The buttons that change the database.

    Parameters
    ----------
    lab
        The lab that runs each step.
    presses
        What runs the buttons.
    begins
        Called before a step that changes the database.
    moved
        Called after it.
    """

    def __init__(
        self,
        lab: Lab,
        presses: Presses,
        begins: Callable[[], None],
        moved: Callable[[], None],
    ) -> None:
        self._lab, self._presses = lab, presses
        self._begins, self._moved = begins, moved
        self.controls = StepControls(lab.throwaway)
        self.report = Report()
        self.confirmation = Confirmation(lab)
        self.stepping = StepThrough(lab, presses, begins, moved)
        self.progress = Progress()
        self.run_box, self.call_box = words(), words()
        self.box = section(
            heading("Upgrade and downgrade", 5),
            row(*self.controls.ways, self.controls.snapshot_tick),
            row(self.controls.target_chooser, *self.controls.to_target),
            self.report.box,
            self.confirmation.box,
            self.stepping.box,
            self.progress.box,
            self.run_box,
            self.call_box,
        )
        self._bind()
        self._follow()
        show_words(self.run_box, "")

    def show(self, standing: Standing) -> None:
        """Offer the steps that lead away from where the database stands."""
        former = self.controls.standing
        if former and former.current != standing.current:
            self.clear()
        show(self.controls.resume_button, standing.stopped is not None)
        self.controls.offer(standing)
        self._show_calls()

    def clear(self) -> None:
        """Drop the question and the report of a rehearsal."""
        self.confirmation.clear()
        self.report.clear()

    def enable(self) -> None:
        """Enable the steps that lead somewhere; while one is stepped through, only its own."""
        if self.stepping.running:
            self.controls.disable()
        else:
            self.controls.enable()
        self._show_calls()

    def _bind(self) -> None:
        controls, confirmation = self.controls, self.confirmation
        ways = {
            controls.upgrade_button: lambda: self._take(UPGRADE),
            controls.upgrade_one_button: lambda: self._take(UPGRADE_ONE),
            controls.downgrade_button: lambda: self._take(DOWNGRADE_ONE),
            controls.target_button: lambda: self._take(controls.chosen),
            controls.resume_button: self._resume,
            controls.rehearse_button: lambda: self._rehearse(controls.chosen),
            confirmation.rehearse_button: self._rehearse_the_asked,
        }
        for each, action in ways.items():
            self._presses.bind(each, action, aside=True)
        self._presses.bind(controls.step_button, lambda: self._step_through(controls.chosen))
        self._presses.bind(confirmation.cancel_button, self.clear)

    def _follow(self) -> None:
        """Follow what is chosen and ticked."""
        controls, presses, tick = self.controls, self._presses, self.confirmation.tick
        controls.snapshot_tick.observe(lambda _: self._show_calls(), "value")
        tick.observe(lambda _: self._show_calls(), "value")
        tick.observe(lambda _: presses.forget(*self.buttons), "value")
        controls.target_chooser.observe(lambda _: presses.guard(self._choose), "value")
        controls.target_chooser.observe(lambda _: presses.forget(controls.target_button), "value")

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button of this part."""
        own = (*self.controls.ways, *self.controls.to_target)
        return (*own, *self.confirmation.buttons, *self.stepping.buttons)

    @property
    def next_one(self) -> Button | None:
        """The button that ends what was begun here: a stepping, a question, half a revision."""
        if self.stepping.running:
            return self.stepping.next_button
        if self.confirmation.step is not None:
            asked = self.controls.button_of(self.confirmation.step)
            return self.confirmation.rehearse_button if self.confirmation.locked else asked
        stopped = self.controls.standing and self.controls.standing.stopped
        return self.controls.resume_button if stopped else None

    def _choose(self) -> None:
        self.clear()
        self.controls.name_target()
        self._show_calls()
        if not self._presses.busy:
            self.controls.enable()

    def _begin_anew(self) -> None:
        """Put away what the last step has left, so that what comes stands alone."""
        show_words(self.run_box, "")
        self.progress.hide()
        self.stepping.clear()
        self._refuse_if_moved()

    def _take(self, step: Step) -> None:
        self._begin_anew()
        accepted = self.confirmation.accepted(step)
        if accepted is None:
            if self.confirmation.outdated(step):
                self.report.clear()
            return
        self.clear()
        self._run(step, accepted)

    def _rehearse(self, step: Step) -> None:
        """Rehearse a step; where values go, ask for the tick that the step needs."""
        self._begin_anew()
        self.confirmation.clear()
        impossible = None
        try:
            self.report.rehearse(step.name, lambda: self._lab.rehearse(step.target))
        except SchemaLabError as problem:
            impossible = problem
        self._presses.done(calls.rehearsal(step.target))
        demand = Demand.of(self._lab, step)
        if not demand.nothing:
            self.confirmation.ask(demand, impossible)
        elif impossible is not None:
            raise impossible

    def _rehearse_the_asked(self) -> None:
        if self.confirmation.step is not None:
            self._rehearse(self.confirmation.step)

    def _step_through(self, step: Step) -> None:
        """Begin to step; what a scratch database would lose for good is asked first."""
        self._begin_anew()
        if not self.stepping.on_copy and self.confirmation.accepted(step) is None:
            return
        self.clear()
        self.stepping.begin(step)

    def _refuse_if_moved(self) -> None:
        """Refuse a press that was meant for another state than the database's now."""
        if self.controls.standing is None:
            return
        shown = self.controls.standing.current
        now = tuple(one.id for one in self._lab.current())
        if shown != now:
            raise InputError(
                f"The database has moved from {views.plain.names(shown)} to"
                f" {views.plain.names(now)} since the panel was shown, so nothing was run.",
                "The panel now shows where it stands: press again if it is still what you want.",
            )

    def _run(self, step: Step, accepted: tuple[str, ...]) -> None:
        run = self._lab.upgrade if step.direction == "upgrade" else self._lab.downgrade
        snapshot, progress = bool(self.controls.snapshot_tick.value), self.progress
        self._presses.done(calls.of_step(step, snapshot=snapshot, accepted=accepted))
        self._show_run(
            step.name,
            lambda: run(
                step.target,
                on_revision=progress.advance,
                snapshot=snapshot,
                accept_loss=accepted,
                cancelled=progress.cancelled,
            ),
        )

    def _resume(self) -> None:
        self._presses.done("lab.resume()")
        self._show_run("resume", lambda: self._lab.resume(on_revision=self.progress.advance))

    def _show_run(self, name: str, run: Callable[[], Run]) -> None:
        show_words(self.run_box, "")
        self.stepping.clear()
        self._begins()
        standing = self.controls.standing
        self.progress.start(name, standing.names if standing else {})
        succeeded = False
        try:
            done = run()
            succeeded = True
        finally:
            self.progress.end(succeeded)
            self._moved()
        show_words(self.run_box, views.run.piece(done, times=True))

    def _show_calls(self) -> None:
        """Show the line of code of each button that can be pressed."""
        own = self.stepping.running and calls.WHILE_STEPPING
        lines = own or self.controls.lines(self.confirmation.names_for)
        show_words(self.call_box, views.call.piece(lines))
