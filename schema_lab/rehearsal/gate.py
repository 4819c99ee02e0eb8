"""The gate: a step that loses values needs a person who accepts what it loses."""

from __future__ import annotations

from collections.abc import Iterable

from schema_lab import migrate, review
from schema_lab.errors import HistoryError, LossError, SchemaLabError
from schema_lab.history import Environment
from schema_lab.migrate import Allow, Loss, Start
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
        """List what a step loses: as a rehearsal saw it, else as its scripts say. Read-only.

        What a rehearsal of another state, or of a sample, saw is listed too.
        """
        last = self.last(direction, target)
        changed = "" if last is None else self.changed_since(last)
        said = migrate.losses(self._environment, direction, target)
        return _together(said, last, changed)

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
        """Refuse a step that loses what is not accepted, as things are now. Read-only.

        Raises
        ------
        LossError
            With what would be lost.
        """
        if accepted is True or not target.strip():
            return
        try:
            going = self.going(direction, target)
        except HistoryError:
            return  # the step itself says what is wrong
        _refuse(direction, target, going, _names(accepted), "")

    def allow(self, target: str, accepted: Accepted) -> Allow | None:
        """Give the same check for the moment in which the step begins, under the migration lock.

        What others have migrated or written since anybody looked counts as it is then. None where
        all is accepted.
        """
        if accepted is True:
            return None

        def look(start: Start) -> None:
            step = (start.direction, start.revisions)
            last = next((one for one in self._rehearsals if _step(one) == step), None)
            changed = "" if last is None else last.fingerprint.changed_at(start)
            going = _together(migrate.losses_at(start), last, changed)
            _refuse(start.direction, target, going, _names(accepted), changed)

        return look


def _step(rehearsal: Rehearsal) -> tuple[str, tuple[str, ...]]:
    return rehearsal.direction, rehearsal.revisions


def _names(accepted: Accepted) -> frozenset[str]:
    if isinstance(accepted, bool):
        return frozenset()
    return frozenset([accepted] if isinstance(accepted, str) else accepted)


def _accepts(names: frozenset[str], going: Going) -> bool:
    return going.name in names or going.table in names


def _together(said: Iterable[Loss], last: Rehearsal | None, changed: str) -> tuple[Going, ...]:
    """Put together what the scripts say is lost, and what the last rehearsal of the step saw."""
    said = [one for one in said if one.values]
    seen = last.losses if last is not None and last.succeeded else ()
    if last is None or not last.succeeded:
        return tuple(said)
    if not changed and not last.sampled:
        return seen
    named = {one.name for one in said}
    return (*said, *(one for one in seen if one.name not in named))


def _refuse(
    direction: str, target: str, going: Iterable[Going], names: frozenset[str], changed: str
) -> None:
    refused = [one for one in going if not _accepts(names, one)]
    if not refused:
        return
    spelled = ", ".join(repr(name) for name in dict.fromkeys(one.name for one in refused))
    said = "; ".join(one.sentence for one in refused)
    outdated = f" Its rehearsal no longer counts: {changed}" if changed else ""
    error = LossError(
        f"The {direction} to {target} loses values: {said}.{outdated} Nothing has run.",
        f"See what happens with lab.rehearse({target!r}); then say what may go: "
        f"lab.{direction}({target!r}, accept_loss=[{spelled}]).",
    )
    error.names = tuple(dict.fromkeys(one.name for one in refused))
    raise error
