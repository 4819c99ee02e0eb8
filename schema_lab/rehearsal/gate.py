"""The gate: a step that loses values needs a person who accepts what it loses."""

from __future__ import annotations

from collections.abc import Iterable

from schema_lab import migrate, review
from schema_lab.errors import HistoryError, LossError, SchemaLabError
from schema_lab.history import Environment
from schema_lab.migrate import Loss
from schema_lab.rehearsal.report import Rehearsal
from schema_lab.rehearsal.values import LostValues
from schema_lab.rehearsal.way import Way

Accepted = bool | str | Iterable[str]
"""True: whatever goes; names of tables ("users": all in it) and columns ("users.plan")."""

UNCOUNTED = ("SL103", "SL104", "SL105")
"""Rules on values that may go without a drop; only a rehearsal counts them."""

KEPT = 8
"""Rehearsals that are remembered, the newest of them."""


Going = Loss | LostValues
"""What a step loses: as its scripts say, or as a rehearsal saw it."""


class Gate:
    """Remembers rehearsals, and refuses what nobody has accepted.

    Parameters
    ----------
    environment
        The project and its database.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._rehearsals: list[Rehearsal] = []

    def remember(self, rehearsal: Rehearsal) -> Rehearsal:
        """Keep a rehearsal, in the place of a former one of the same step."""
        others = (one for one in self._rehearsals if _step(one) != _step(rehearsal))
        self._rehearsals = [rehearsal, *others][:KEPT]
        return rehearsal

    def last(self, direction: str, target: str) -> Rehearsal | None:
        """Give the newest rehearsal of this very step, whatever has changed since. Read-only."""
        if not self._rehearsals:
            return None
        try:
            step = (direction, Way.to(self._environment, target).revisions)
        except SchemaLabError:
            return None
        return next((one for one in self._rehearsals if _step(one) == step), None)

    def rehearsed(self, direction: str, target: str) -> Rehearsal | None:
        """Give a successful rehearsal of this very step, on this very state. Read-only."""
        last = self.last(direction, target)
        return last if last and last.succeeded and last.fits(self._environment) else None

    def changed_since(self, rehearsal: Rehearsal) -> str:
        """Say what has changed since a rehearsal; "" when nothing has. Read-only."""
        return rehearsal.changed_since(self._environment)

    def going(self, direction: str, target: str) -> tuple[Going, ...]:
        """List what a step loses: as a rehearsal saw it, else as its scripts say. Read-only."""
        rehearsed = self.rehearsed(direction, target)
        if rehearsed is not None:
            return rehearsed.losses
        losses = migrate.losses(self._environment, direction, target)
        return tuple(one for one in losses if one.values)

    def suspicions(self, direction: str, target: str) -> tuple[str, ...]:
        """Say what a review of an upgrade fears for the values that are there. Read-only."""
        if direction != "upgrade":
            return ()
        revisions = Way.to(self._environment, target).revisions
        return tuple(
            one.sentence
            for one in review.review_scripts(self._environment).findings
            if one.code in UNCOUNTED and one.revision in revisions
        )

    def check(self, direction: str, target: str, accepted: Accepted) -> None:
        """Refuse a step that loses what is not accepted. Read-only.

        Raises
        ------
        LossError
            With what would be lost.
        """
        if accepted is True or not target.strip():
            return
        names = _names(accepted)
        try:
            going = self.going(direction, target)
        except HistoryError:
            return  # the step itself says what is wrong
        refused = [one for one in going if not _accepts(names, one)]
        if refused:
            raise _error(direction, target, refused)


def _step(rehearsal: Rehearsal) -> tuple[str, tuple[str, ...]]:
    return rehearsal.direction, rehearsal.revisions


def _names(accepted: Accepted) -> frozenset[str]:
    if isinstance(accepted, bool):
        return frozenset()
    return frozenset([accepted] if isinstance(accepted, str) else accepted)


def _accepts(names: frozenset[str], going: Going) -> bool:
    return going.name in names or going.table in names


def _error(direction: str, target: str, refused: list[Going]) -> LossError:
    names = tuple(dict.fromkeys(one.name for one in refused))
    said = "; ".join(one.sentence for one in refused)
    spelled = ", ".join(repr(name) for name in names)
    error = LossError(
        f"The {direction} to {target} loses values: {said}. Nothing has run.",
        f"See what happens with lab.rehearse({target!r}); then say what may go: "
        f"lab.{direction}({target!r}, accept_loss=[{spelled}]).",
    )
    error.names = names
    return error
