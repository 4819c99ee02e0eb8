"""Upgrade and downgrade: a step is bound to where the database stood when it was offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Checkbox, Dropdown, Layout

from schema_lab import views
from schema_lab.errors import InputError
from schema_lab.panels.confirmation import Confirmation
from schema_lab.panels.controls import (
    button,
    heading,
    row,
    section,
    show,
    show_words,
    words,
)
from schema_lab.panels.demand import Demand
from schema_lab.panels.progress import Progress
from schema_lab.panels.report import Report
from schema_lab.panels.step import DOWNGRADE_ONE, UPGRADE, UPGRADE_ONE, Step
from schema_lab.panels.targets import direction_of, options_of

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
    moved
        Called after a step that has changed the database.
    """

    def __init__(self, lab: Lab, presses: Presses, moved: Callable[[], None]) -> None:
        self._lab = lab
        self._moved = moved
        self._standing: Standing | None = None
        self.upgrade_button = button("Upgrade", "Run every pending revision")
        self.upgrade_one_button = button("Upgrade one", "Run the next pending revision")
        self.downgrade_button = button("Downgrade one", "Take the last revision back")
        self.resume_button = button("Resume", "Finish the revision that stopped half-way")
        self.snapshot_tick = Checkbox(
            description="Take a snapshot first", indent=False, layout=Layout(width="auto")
        )
        self.target_chooser = Dropdown(
            options=["head"],
            description="Target",
            layout=Layout(width="auto", flex="0 1 320px", margin="0"),
        )
        self.target_button = button("Upgrade to head", "Go to the chosen target")
        self.rehearse_button = button("Rehearse", "Run it on a throwaway copy, and see the rows")
        self.report = Report()
        self.confirmation = Confirmation(lab)
        self.progress = Progress()
        self.run_box = words()
        self.box = section(
            heading("Upgrade and downgrade"),
            row(
                self.upgrade_button,
                self.upgrade_one_button,
                self.downgrade_button,
                self.resume_button,
            ),
            row(self.target_chooser, self.target_button, self.rehearse_button),
            self.snapshot_tick,
            self.report.box,
            self.confirmation.box,
            self.progress.box,
            self.run_box,
        )
        self._bind(presses)
        show_words(self.run_box, "")

    def show(self, standing: Standing) -> None:
        """Offer the steps that lead away from where the database stands."""
        if self._standing and self._standing.current != standing.current:
            self.clear()
        self._standing = standing
        show(self.resume_button, standing.stopped)
        options = options_of(standing)
        chosen = self.target_chooser.value
        self.target_chooser.options = options
        targets = [target for _, target in options]
        self.target_chooser.value = chosen if chosen in targets else targets[0]
        self._name_target()

    def clear(self) -> None:
        """Drop the question and the report of a rehearsal."""
        self.confirmation.clear()
        self.report.clear()

    def enable(self) -> None:
        """Enable the steps that lead somewhere; all of them while that is not known."""
        status = self._standing.status if self._standing else None
        pending = status is None or status.pending > 0
        self.upgrade_button.disabled = not pending
        self.upgrade_one_button.disabled = not pending
        self.downgrade_button.disabled = status is not None and not status.current
        self.resume_button.disabled = False
        self.target_chooser.disabled = False
        self.target_button.disabled = not self._direction()
        self.rehearse_button.disabled = not self._direction()
        for each in (self.confirmation.rehearse_button, self.confirmation.cancel_button):
            each.disabled = False

    def _bind(self, presses: Presses) -> None:
        presses.bind(self.upgrade_button, lambda: self._take(UPGRADE))
        presses.bind(self.upgrade_one_button, lambda: self._take(UPGRADE_ONE))
        presses.bind(self.downgrade_button, lambda: self._take(DOWNGRADE_ONE))
        presses.bind(self.target_button, lambda: self._take(self._chosen()))
        presses.bind(self.resume_button, self._resume)
        presses.bind(self.rehearse_button, lambda: self._rehearse(self._chosen()))
        presses.bind(self.confirmation.rehearse_button, self._rehearse_the_asked)
        presses.bind(self.confirmation.cancel_button, self.clear)
        self.confirmation.tick.observe(lambda _: presses.forget(*self.buttons), "value")
        self.target_chooser.observe(lambda _: presses.guard(self._choose), "value")
        self.target_chooser.observe(lambda _: presses.forget(self.target_button), "value")

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button of this part."""
        return (
            self.upgrade_button,
            self.upgrade_one_button,
            self.downgrade_button,
            self.resume_button,
            self.target_button,
            self.rehearse_button,
            self.confirmation.rehearse_button,
            self.confirmation.cancel_button,
        )

    def _choose(self) -> None:
        self.clear()
        self._name_target()
        self.enable()

    def _name_target(self) -> None:
        direction = self._direction()
        place = f"{direction.capitalize()} to" if direction else "Already at"
        self.target_button.description = f"{place} {self.target_chooser.value}"

    def _direction(self) -> str:
        if self._standing is None:
            return ""
        return direction_of(str(self.target_chooser.value), self._standing)

    def _chosen(self) -> Step:
        target, direction = str(self.target_chooser.value), self._direction()
        return Step(f"{direction} to {target}", direction, target)

    def _take(self, step: Step) -> None:
        show_words(self.run_box, "")
        self._refuse_if_moved()
        accepted = self.confirmation.accepted(step)
        if accepted is None:
            return
        self.clear()
        self._run(step, accepted)

    def _rehearse(self, step: Step) -> None:
        """Rehearse a step; where values go, ask for the tick that the step needs."""
        show_words(self.run_box, "")
        self._refuse_if_moved()
        self.confirmation.clear()
        self.report.rehearse(step.name, lambda: self._lab.rehearse(step.target))
        demand = Demand.of(self._lab, step)
        if not demand.nothing:
            self.confirmation.ask(demand)

    def _rehearse_the_asked(self) -> None:
        if self.confirmation.step is not None:
            self._rehearse(self.confirmation.step)

    def _refuse_if_moved(self) -> None:
        """Refuse a press that was meant for another state than the database's now."""
        if self._standing is None:
            return
        shown = self._standing.current
        now = tuple(one.id for one in self._lab.current())
        if shown != now:
            raise InputError(
                f"The database has moved from {views.plain.names(shown)} to"
                f" {views.plain.names(now)} since the panel was shown, so nothing was run.",
                "The panel now shows where it stands: press again if it is still what you want.",
            )

    def _run(self, step: Step, accepted: tuple[str, ...]) -> None:
        run = self._lab.upgrade if step.direction == "upgrade" else self._lab.downgrade
        snapshot, advance = bool(self.snapshot_tick.value), self.progress.advance
        self._show_run(
            step.name,
            lambda: run(step.target, on_revision=advance, snapshot=snapshot, accept_loss=accepted),
        )

    def _resume(self) -> None:
        self._show_run("resume", lambda: self._lab.resume(on_revision=self.progress.advance))

    def _show_run(self, name: str, run: Callable[[], Run]) -> None:
        show_words(self.run_box, "")
        self.progress.start(name)
        succeeded = False
        try:
            done = run()
            succeeded = True
        finally:
            self.progress.end(succeeded)
            self._moved()
        show_words(self.run_box, views.run.piece(done, times=True))
