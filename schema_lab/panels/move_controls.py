"""The moves that the panel offers, upgrades and downgrades: their buttons and their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Checkbox, Dropdown, Layout

from schema_lab import views
from schema_lab.panels import calls
from schema_lab.panels.calls import DOWNGRADE_ONE, UPGRADE, UPGRADE_ONE, Move
from schema_lab.panels.controls import button

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ipywidgets import Button

    from schema_lab.panels.status_section import PanelState

LONGEST_MESSAGE = 40
"""Characters of a revision's message in the chooser."""


def options_of(state: PanelState) -> list[tuple[str, str]]:
    """List the targets that can be chosen, as pairs of label and target, newest first."""
    top = "head" if len(state.status.heads or ()) < 2 else "heads"  # noqa: PLR2004 - several heads
    revisions = [
        (_label(revision.id, revision.message), revision.id) for revision in state.history.revisions
    ]
    return [(top, top), *revisions, ("base", "base")]


def direction_of(target: str, state: PanelState) -> str:
    """Say whether a target is reached by upgrade or downgrade; empty if it is there or unknown."""
    if not state.known or (state.branched and target == "head"):
        return ""
    current = set(state.status.current or ())
    if target in ("head", "heads"):
        return "upgrade" if state.status.pending != 0 else ""
    if target == "base":
        return "" if state.status.current == () else "downgrade"
    if target in current:
        return ""
    applied = {revision.id for revision in state.history.revisions if revision.applied}
    return "downgrade" if target in applied else "upgrade"


def _label(revision: str, message: str) -> str:
    text = (
        f"{revision} {message}"
        if len(message) <= LONGEST_MESSAGE
        else (f"{revision} {message[: LONGEST_MESSAGE - 1]}…")
    )
    return views.plain.visible(text)


class MoveControls:
    """Offers the moves from the current revision.

    Parameters
    ----------
    throwaway
        Whether the database is a scratch database, which Step may change.
    """

    def __init__(self, throwaway: bool) -> None:
        self.throwaway = throwaway
        self.state: PanelState | None = None
        self.upgrade_button = button("Upgrade", "Run every pending revision")
        self.upgrade_one_button = button("Upgrade one", "Run the next pending revision")
        self.downgrade_button = button("Downgrade one", "Undo the most recent revision")
        self.resume_button = button("Resume", "Continue the revision that stopped partway")
        self.close_button = button(
            "Close sessions", "Roll back and close the sessions that this notebook left open"
        )
        self.snapshot_tick = Checkbox(
            description="Take a snapshot first",
            tooltip="Save a copy of the database that you can restore later",
            indent=False,
            layout=Layout(width="auto"),
        )
        self.target_chooser = Dropdown(
            options=["head"],
            description="Target",
            tooltip="The revision to upgrade or downgrade to, to rehearse, or to step to",
            layout=Layout(width="auto", flex="0 1 320px", margin="0"),
        )
        self.target_button = button(
            "Upgrade to head", "Upgrade or downgrade to the selected target"
        )
        self.rehearse_button = button(
            "Rehearse", "Run the migration on a temporary copy and see its effect on the rows"
        )
        where = "this scratch database" if throwaway else "a temporary copy"
        self.step_button = button("Step", f"Go to the target one statement at a time, on {where}")

    @property
    def move_buttons(self) -> Sequence[Button]:
        """The buttons of the first row."""
        three = (self.upgrade_button, self.upgrade_one_button, self.downgrade_button)
        return (*three, self.resume_button, self.close_button)

    @property
    def target_buttons(self) -> Sequence[Button]:
        """The buttons that use the selected target."""
        return (self.target_button, self.rehearse_button, self.step_button)

    def offer(self, state: PanelState) -> None:
        """List the targets, and name the button after the selected target."""
        self.state = state
        options = options_of(state)
        chosen = self.target_chooser.value
        self.target_chooser.options = options
        targets = [target for _, target in options]
        self.target_chooser.value = chosen if chosen in targets else targets[0]
        self.name_target()

    def enable(self) -> None:
        """Enable the moves that are possible; none while that is unknown."""
        possible = list(self._possible())
        self.upgrade_button.disabled = UPGRADE not in possible
        self.upgrade_one_button.disabled = UPGRADE_ONE not in possible
        self.downgrade_button.disabled = DOWNGRADE_ONE not in possible
        always = (self.resume_button, self.close_button, self.target_chooser, self.snapshot_tick)
        for control in always:
            control.disabled = False
        for control in self.target_buttons:
            control.disabled = not self.direction

    def disable(self) -> None:
        """Accept no input while a migration runs."""
        buttons = (*self.move_buttons, *self.target_buttons)
        for control in (*buttons, self.target_chooser, self.snapshot_tick):
            control.disabled = True

    def name_target(self) -> None:
        """Name the button after its target."""
        known = self.state is not None and self.state.known
        nowhere = "Already at" if known else "Go to"
        place = f"{self.direction.capitalize()} to" if self.direction else nowhere
        self.target_button.description = f"{place} {self.target_chooser.value}"

    @property
    def direction(self) -> str:
        """How the selected target is reached: "upgrade", "downgrade", or "" at the target."""
        if self.state is None:
            return ""
        return direction_of(str(self.target_chooser.value), self.state)

    @property
    def chosen(self) -> Move:
        """The move to the selected target."""
        target = str(self.target_chooser.value)
        return Move(f"{self.direction} to {target}", self.direction, target)

    def button_of(self, move: Move) -> Button:
        """Give the button that makes a move."""
        known = {
            UPGRADE: self.upgrade_button,
            UPGRADE_ONE: self.upgrade_one_button,
            DOWNGRADE_ONE: self.downgrade_button,
        }
        return known.get(move, self.target_button)

    def lines(self, losses: Callable[[Move], Sequence[str]]) -> list[str]:
        """Spell the call of each possible move; `losses` names what a move would lose."""
        if self.state is not None and self.state.stopped is not None:
            return calls.labeled(("lab.resume()", "Resume"))
        snapshot = bool(self.snapshot_tick.value)
        lines = [
            (calls.of_move(move, snapshot=snapshot, accepted=losses(move)), move.button)
            for move in self._possible()
        ]
        if self.direction:
            begun = calls.stepping(self.chosen, not self.throwaway)[0]
            lines.append((calls.rehearsal(self.chosen.target), "Rehearse"))
            lines.append((f"{begun}; next(steps)", "Step"))
        return calls.labeled(*lines) if lines else []

    def _possible(self) -> Iterator[Move]:
        if self.state is None or not self.state.known:
            return
        if self.state.status.pending and not self.state.branched:
            yield UPGRADE
        if self.state.status.pending and self.state.one_up:
            yield UPGRADE_ONE
        if self.state.one_down:
            yield DOWNGRADE_ONE
        if self.direction:
            yield self.chosen
