"""The controls of upgrade and downgrade: where they lead, and what they say in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Checkbox, Dropdown, Layout

from schema_lab.panels import calls
from schema_lab.panels.controls import button
from schema_lab.panels.step import DOWNGRADE_ONE, UPGRADE, UPGRADE_ONE, Step
from schema_lab.panels.targets import direction_of, options_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ipywidgets import Button

    from schema_lab.panels.standing import Standing


class StepControls:
    """Offers the steps that lead away from where the database stands.

    Parameters
    ----------
    throwaway
        Whether the database is a scratch one, which Step may change.
    """

    def __init__(self, throwaway: bool) -> None:
        self.throwaway = throwaway
        self.standing: Standing | None = None
        self.upgrade_button = button("Upgrade", "Run every pending revision")
        self.upgrade_one_button = button("Upgrade one", "Run the next pending revision")
        self.downgrade_button = button("Downgrade one", "Take the last revision back")
        self.resume_button = button("Resume", "Finish the revision that stopped half-way")
        self.snapshot_tick = Checkbox(
            description="Take a snapshot first",
            tooltip="Copy the database into a file, to go back to",
            indent=False,
            layout=Layout(width="auto"),
        )
        self.target_chooser = Dropdown(
            options=["head"],
            description="Target",
            tooltip="The revision to go to, to rehearse or to step through",
            layout=Layout(width="auto", flex="0 1 320px", margin="0"),
        )
        self.target_button = button("Upgrade to head", "Go to the chosen target")
        self.rehearse_button = button("Rehearse", "Run it on a throwaway copy, and see the rows")
        where = "this scratch database" if throwaway else "a throwaway copy"
        self.step_button = button("Step", f"Statement by statement to the target, on {where}")

    @property
    def ways(self) -> Sequence[Button]:
        """The buttons of the first row."""
        three = (self.upgrade_button, self.upgrade_one_button, self.downgrade_button)
        return (*three, self.resume_button)

    @property
    def to_target(self) -> Sequence[Button]:
        """The buttons that take the chosen target."""
        return (self.target_button, self.rehearse_button, self.step_button)

    def offer(self, standing: Standing) -> None:
        """List the targets, and name the button after the chosen one."""
        self.standing = standing
        options = options_of(standing)
        chosen = self.target_chooser.value
        self.target_chooser.options = options
        targets = [target for _, target in options]
        self.target_chooser.value = chosen if chosen in targets else targets[0]
        self.name_target()

    def enable(self) -> None:
        """Enable the steps that lead somewhere; all of them while that is not known."""
        status = self.standing.status if self.standing else None
        pending = status is None or status.pending > 0
        self.upgrade_button.disabled = self.upgrade_one_button.disabled = not pending
        self.downgrade_button.disabled = status is not None and not status.current
        for each in (self.resume_button, self.target_chooser, self.snapshot_tick):
            each.disabled = False
        for each in self.to_target:
            each.disabled = not self.direction

    def disable(self) -> None:
        """Take no other choice while a step runs."""
        for each in (*self.ways, *self.to_target, self.target_chooser, self.snapshot_tick):
            each.disabled = True

    def name_target(self) -> None:
        """Say on the button where it leads."""
        place = f"{self.direction.capitalize()} to" if self.direction else "Already at"
        self.target_button.description = f"{place} {self.target_chooser.value}"

    @property
    def direction(self) -> str:
        """Whether the chosen target is reached by upgrade or downgrade; "" if it is reached."""
        if self.standing is None:
            return ""
        return direction_of(str(self.target_chooser.value), self.standing)

    @property
    def chosen(self) -> Step:
        """The step to the chosen target."""
        target = str(self.target_chooser.value)
        return Step(f"{self.direction} to {target}", self.direction, target)

    def button_of(self, step: Step) -> Button:
        """Give the button that takes a step."""
        known = {
            UPGRADE: self.upgrade_button,
            UPGRADE_ONE: self.upgrade_one_button,
            DOWNGRADE_ONE: self.downgrade_button,
        }
        return known.get(step, self.target_button)

    def lines(self, losing: Callable[[Step], Sequence[str]]) -> list[str]:
        """Spell each button that leads somewhere, with what `losing` says of its step."""
        if self.standing is not None and self.standing.stopped is not None:
            return calls.labelled(("lab.resume()", "Resume"))
        snapshot = bool(self.snapshot_tick.value)
        steps = [
            (calls.of_step(one, snapshot=snapshot, accepted=losing(one)), one.button)
            for one in self._possible()
        ]
        if self.direction:
            begun = calls.stepping(self.chosen, not self.throwaway)[0]
            steps.append((calls.rehearsal(self.chosen.target), "Rehearse"))
            steps.append((f"{begun}; next(steps)", "Step"))
        return calls.labelled(*steps) if steps else []

    def _possible(self) -> Iterator[Step]:
        status = self.standing.status if self.standing else None
        if status is None or status.pending:
            yield from (UPGRADE, UPGRADE_ONE)
        if status is None or status.current:
            yield DOWNGRADE_ONE
        if self.direction:
            yield self.chosen
