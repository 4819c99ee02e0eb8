"""What a step that loses values has to pass: a rehearsal on this state, and a tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Checkbox, Layout

from schema_lab import views
from schema_lab.panels.controls import button, row, section, show, words
from schema_lab.panels.demand import Demand

if TYPE_CHECKING:
    from ipywidgets import Button

    from schema_lab.errors import SchemaLabError
    from schema_lab.lab import Lab
    from schema_lab.panels.step import Step

MOST_NAMED = 3
"""Losses that the tick's label names; the list above it names all."""


class Confirmation:
    """Holds one question, what a step would lose, until it is ticked or dropped.

    Parameters
    ----------
    lab
        The lab that rehearses.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._asked: Demand | None = None
        self._impossible: SchemaLabError | None = None
        self.losses_box = words()
        self.rehearse_button = button("Rehearse it", "Run this step on a throwaway copy")
        self.tick = Checkbox(
            value=False,
            indent=False,
            tooltip="Say that this may go; without it the step does not run",
            layout=Layout(width="auto"),
        )
        self.cancel_button = button("Cancel", "Leave the database as it is")
        self.box = section(
            self.losses_box, self.tick, row(self.rehearse_button, self.cancel_button)
        )
        self.clear()

    @property
    def buttons(self) -> tuple[Button, Button]:
        """Its buttons."""
        return (self.rehearse_button, self.cancel_button)

    @property
    def step(self) -> Step | None:
        """The step in question."""
        return self._asked.step if self._asked else None

    @property
    def locked(self) -> bool:
        """Whether the step in question waits for a rehearsal that can be made."""
        return bool(self._asked and self._asked.locked and self._impossible is None)

    def accepted(self, step: Step) -> tuple[str, ...] | None:
        """Name what may go with a step; None, and ask, when nobody has accepted it yet."""
        demand = Demand.of(self._lab, step)
        if demand.nothing:
            return ()
        same = self._asked is not None and self._asked.key == demand.key
        if same and self.tick.value and not (demand.locked and self._impossible is None):
            return demand.names
        self.ask(demand, self._impossible if same else None)
        return None

    def names_for(self, step: Step) -> tuple[str, ...]:
        """Name what a step in question would lose; nothing for another."""
        return self._asked.names if self._asked and self._asked.step == step else ()

    def ask(self, demand: Demand, impossible: SchemaLabError | None = None) -> None:
        """Show what a step would lose, with an empty tick, or with none before the rehearsal.

        Where a rehearsal is `impossible`, the tick is offered without one, and says so.
        """
        self._asked, self._impossible = demand, impossible
        self.tick.value = False
        self.tick.description = _label(demand)
        show(self.tick, not self.locked)
        show(self.rehearse_button, demand.locked)
        hint = _hint(demand) if impossible is None else _way_out(demand, impossible)
        told = self.locked and self._failed(demand.step)
        self.losses_box.value = self._said(demand) + ("" if told else views.html.muted(hint))
        show(self.box, True)

    def clear(self) -> None:
        """Drop the question."""
        self._asked = self._impossible = None
        self.tick.value = False
        show(self.box, False)

    def _said(self, demand: Demand) -> str:
        if demand.rehearsal is not None:
            return ""
        said = views.losses.piece(demand.losses, demand.step.name) if demand.losses else ""
        return said + views.losses.suspected(demand.suspicions) + self._outdated(demand.step)

    def _outdated(self, step: Step) -> str:
        """Say why the last rehearsal of a step does not count, and what to do about it."""
        last = self._lab.gate.last(step.direction, step.target)
        if last is None:
            return ""
        changed = self._lab.gate.changed_since(last)
        if changed:
            return views.html.muted(f"Its rehearsal no longer counts: {changed}")
        at = f" at revision {last.failure.revision}" if last.failure else ""
        return views.error.piece(f"Its rehearsal failed{at}, see above.", _WAY_ON)

    def _failed(self, step: Step) -> bool:
        """Whether the last rehearsal of a step has failed, and nothing has changed since."""
        last = self._lab.gate.last(step.direction, step.target)
        return last is not None and not last.succeeded and not self.outdated(step)

    def outdated(self, step: Step) -> bool:
        """Whether something has changed since the last rehearsal of a step."""
        last = self._lab.gate.last(step.direction, step.target)
        return last is not None and bool(self._lab.gate.changed_since(last))


_WAY_ON = (
    "Mend what it names, in the script of the revision or in the rows, and press Rehearse it"
    " again: the step opens once a rehearsal succeeds. Cancel puts the question away."
)


def _hint(demand: Demand) -> str:
    name = demand.step.button
    if demand.locked:
        return f"{name} is locked until it has been rehearsed on this state of the database."
    return f"To go on, tick what goes and press {name} again."


def _way_out(demand: Demand, impossible: SchemaLabError) -> str:
    counted = "as its script says, with the values that are there now" if demand.losses else ""
    what = f"What goes is counted {counted}." if counted else "Nobody has counted what goes."
    return (
        f"No rehearsal can be made: {impossible.fact} {impossible.cure} {what} To go on without"
        f" one, take a snapshot first, tick that it may go, and press {demand.step.button} again."
    )


def _label(demand: Demand) -> str:
    named = [views.plain.visible(loss.sentence) for loss in demand.losses[:MOST_NAMED]]
    more = len(demand.losses) - MOST_NAMED
    if not named:
        return "Run it unrehearsed; values may be lost, and nobody has counted them"
    lead = "Drop " if demand.rehearsal is None else "Accept: "
    return lead + ", ".join(named) + (f" and {more} more" if more > 0 else "")
