"""What a step that loses values has to pass: a rehearsal on this state, and a tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Checkbox, Layout

from schema_lab import views
from schema_lab.panels.controls import button, row, section, show, words
from schema_lab.panels.demand import Demand

if TYPE_CHECKING:
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
        self.losses_box = words()
        self.rehearse_button = button("Rehearse it", "Run this step on a throwaway copy")
        self.tick = Checkbox(value=False, indent=False, layout=Layout(width="auto"))
        self.cancel_button = button("Cancel", "Leave the database as it is")
        self.box = section(
            self.losses_box, self.tick, row(self.rehearse_button, self.cancel_button)
        )
        self.clear()

    @property
    def step(self) -> Step | None:
        """The step in question."""
        return self._asked.step if self._asked else None

    @property
    def locked(self) -> bool:
        """Whether the step in question waits for a rehearsal."""
        return bool(self._asked and self._asked.locked)

    def accepted(self, step: Step) -> tuple[str, ...] | None:
        """Name what may go with a step; None, and ask, when nobody has accepted it yet."""
        demand = Demand.of(self._lab, step)
        if demand.nothing:
            return ()
        ticked = self._asked and self._asked.key == demand.key and self.tick.value
        if ticked and not demand.locked:
            return demand.names
        self.ask(demand)
        return None

    def ask(self, demand: Demand) -> None:
        """Show what a step would lose, with an empty tick, or with none before the rehearsal."""
        self._asked = demand
        self.tick.value = False
        self.tick.description = _label(demand)
        show(self.tick, not demand.locked)
        show(self.rehearse_button, demand.locked)
        self.losses_box.value = self._said(demand) + views.html.muted(_hint(demand))
        show(self.box, True)

    def clear(self) -> None:
        """Drop the question."""
        self._asked = None
        self.tick.value = False
        show(self.box, False)

    def _said(self, demand: Demand) -> str:
        if demand.rehearsal is not None:
            return ""
        said = views.losses.piece(demand.losses, demand.step.name) if demand.losses else ""
        return said + views.losses.suspected(demand.suspicions) + self._outdated(demand.step)

    def _outdated(self, step: Step) -> str:
        """Say why the last rehearsal of a step does not count."""
        last = self._lab.gate.last(step.direction, step.target)
        if last is None:
            return ""
        changed = self._lab.gate.changed_since(last)
        if changed:
            return views.html.muted(f"Its rehearsal no longer counts: {changed}")
        return views.html.muted("Its rehearsal failed: mend the revision and rehearse it again.")


def _hint(demand: Demand) -> str:
    name = demand.step.button
    if demand.locked:
        return f"{name} is locked until it has been rehearsed on this state of the database."
    return f"To go on, tick what goes and press {name} again."


def _label(demand: Demand) -> str:
    named = [views.plain.visible(loss.sentence) for loss in demand.losses[:MOST_NAMED]]
    more = len(demand.losses) - MOST_NAMED
    lead = "Drop " if demand.rehearsal is None else "Accept: "
    return lead + ", ".join(named) + (f" and {more} more" if more > 0 else "")
