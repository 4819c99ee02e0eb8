"""Upgrade and downgrade: a step is bound to where the database stood when it was offered."""

from __future__ import annotations

from dataclasses import dataclass
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
from schema_lab.panels.progress import Progress
from schema_lab.panels.targets import direction_of, options_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Button

    from schema_lab.lab import Lab
    from schema_lab.migrate import Run
    from schema_lab.panels.presses import Presses
    from schema_lab.panels.standing import Standing


@dataclass(frozen=True)
class Step:
    """One upgrade or downgrade, as a button names it."""

    name: str
    direction: str
    target: str


UPGRADE = Step("upgrade", "upgrade", "head")
UPGRADE_ONE = Step("upgrade one", "upgrade", "+1")
DOWNGRADE_ONE = Step("downgrade one", "downgrade", "-1")


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
        self.confirmation = Confirmation()
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
            row(self.target_chooser, self.target_button),
            self.snapshot_tick,
            self.confirmation.box,
            self.progress.box,
            self.run_box,
        )
        self._bind(presses)
        show_words(self.run_box, "")

    def show(self, standing: Standing) -> None:
        """Offer the steps that lead away from where the database stands."""
        if self._standing and self._standing.current != standing.current:
            self.confirmation.clear()
        self._standing = standing
        show(self.resume_button, standing.stopped)
        options = options_of(standing)
        chosen = self.target_chooser.value
        self.target_chooser.options = options
        targets = [target for _, target in options]
        self.target_chooser.value = chosen if chosen in targets else targets[0]
        self._name_target()

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

    def _bind(self, presses: Presses) -> None:
        presses.bind(self.upgrade_button, lambda: self._take(UPGRADE))
        presses.bind(self.upgrade_one_button, lambda: self._take(UPGRADE_ONE))
        presses.bind(self.downgrade_button, lambda: self._take(DOWNGRADE_ONE))
        presses.bind(self.target_button, lambda: self._take(self._chosen()))
        presses.bind(self.resume_button, self._resume)
        presses.bind(self.confirmation.cancel_button, self.confirmation.clear)
        self.confirmation.tick.observe(lambda _: presses.forget(*self._buttons), "value")
        self.target_chooser.observe(lambda _: presses.guard(self._choose), "value")
        self.target_chooser.observe(lambda _: presses.forget(self.target_button), "value")

    @property
    def _buttons(self) -> tuple[Button, ...]:
        return (
            self.upgrade_button,
            self.upgrade_one_button,
            self.downgrade_button,
            self.resume_button,
            self.target_button,
        )

    def _choose(self) -> None:
        self.confirmation.clear()
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
        losses = self._lab.losses(step.direction, step.target)
        if not self.confirmation.allows(step.name, losses):
            self.confirmation.ask(step.name, losses)
            return
        self.confirmation.clear()
        self._run(step)

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

    def _run(self, step: Step) -> None:
        run = self._lab.upgrade if step.direction == "upgrade" else self._lab.downgrade
        snapshot, advance = bool(self.snapshot_tick.value), self.progress.advance
        self._show_run(step.name, lambda: run(step.target, on_revision=advance, snapshot=snapshot))

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
