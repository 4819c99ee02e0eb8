"""What a step asks of a person before it is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schema_lab.lab import Lab
    from schema_lab.panels.step import Step
    from schema_lab.rehearsal import Rehearsal


@dataclass(frozen=True)
class Loss:
    """One thing that goes, as a person is asked about it."""

    key: tuple[object, ...]
    name: str
    sentence: str
    values: bool


@dataclass(frozen=True)
class Demand:
    """What a step asks of a person: to accept these losses, after a rehearsal where one is due.

    `suspicions` are the sentences of a review that cannot count what goes.
    """

    step: Step
    losses: tuple[Loss, ...]
    rehearsal: Rehearsal | None
    suspicions: tuple[str, ...] = ()

    @classmethod
    def of(cls, lab: Lab, step: Step) -> Demand:
        """Find out what a step would lose. Read-only."""
        rehearsal = lab.gate.rehearsed(step.direction, step.target)
        if rehearsal is not None:
            return cls(step, tuple(_seen(rehearsal)), rehearsal)
        losses = tuple(
            Loss(
                (one.table, one.column, one.statement, one.values),
                one.name,
                one.sentence,
                bool(one.values),
            )
            for one in lab.losses(step.direction, step.target)
        )
        suspicions = () if losses else lab.gate.suspicions(step.direction, step.target)
        return cls(step, losses, None, suspicions)

    @property
    def nothing(self) -> bool:
        """Whether the step may be taken at once."""
        return not self.losses and not self.suspicions

    @property
    def locked(self) -> bool:
        """Whether a rehearsal is due."""
        values = any(one.values for one in self.losses) or bool(self.suspicions)
        return values and self.rehearsal is None

    @property
    def key(self) -> tuple[object, ...]:
        """What a tick counts for: this step with these losses."""
        return (self.step, frozenset(one.key for one in self.losses), self.suspicions, self.locked)

    @property
    def names(self) -> tuple[str, ...]:
        """What goes, as `accept_loss` takes it."""
        return tuple(dict.fromkeys(one.name for one in self.losses))


def _seen(rehearsal: Rehearsal) -> Iterable[Loss]:
    for one in rehearsal.losses:
        yield Loss((one.table, one.column, one.kind, one.count), one.name, one.sentence, True)
