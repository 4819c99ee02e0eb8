"""The gate: a migration that loses values runs only when a person has accepted the losses."""

from __future__ import annotations

from collections.abc import Iterable

from schema_lab import migrate, review
from schema_lab.errors import HistoryError, LossError, SchemaLabError
from schema_lab.history import Environment
from schema_lab.migrate import EVERY_LOSS, Accepted, Allow, Loss, Start, accepted_names
from schema_lab.rehearsal.migration_plan import MigrationPlan
from schema_lab.rehearsal.outcome import LostValues
from schema_lab.rehearsal.report import Rehearsal

UNCOUNTED = ("SL103", "SL104", "SL105", "SL206")
"""Rules about values that may be lost without a drop; only a rehearsal counts them."""

MOST_REHEARSALS = 8
"""How many rehearsals are remembered; the oldest are forgotten first."""

PlannedLoss = Loss | LostValues
"""What a migration would lose: as its scripts say, or as a rehearsal saw it."""

Planned = tuple[str, tuple[str, ...]]
"""The direction of a migration, and its revisions."""


class Gate:
    """Remembers rehearsals, and refuses losses that nobody has accepted.

    Parameters
    ----------
    environment
        The project and its database.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._rehearsals: list[Rehearsal] = []

    def remember(self, rehearsal: Rehearsal) -> Rehearsal:
        """Keep a rehearsal; it replaces an earlier rehearsal of the same migration."""
        planned = _planned(rehearsal)
        others = (known for known in self._rehearsals if _planned(known) != planned)
        self._rehearsals = [rehearsal, *others][:MOST_REHEARSALS]
        return rehearsal

    def last(self, direction: str, target: str) -> Rehearsal | None:
        """Return the latest rehearsal of this migration, even if out of date. Read-only."""
        if not self._rehearsals:
            return None
        try:
            plan = MigrationPlan.to(self._environment, target)
        except SchemaLabError:
            return None
        return self._of(direction, plan.revisions)

    def rehearsed(self, direction: str, target: str) -> Rehearsal | None:
        """Return the latest rehearsal if it succeeded and is up to date. Read-only."""
        last = self.last(direction, target)
        return last if last and last.succeeded and last.fits(self._environment) else None

    def changed_since(self, rehearsal: Rehearsal) -> str:
        """Say what has changed since a rehearsal; "" if nothing has. Read-only."""
        return rehearsal.changed_since(self._environment)

    def losses(self, direction: str, target: str) -> tuple[PlannedLoss, ...]:
        """List what a migration would lose: as rehearsed, else as its scripts say. Read-only.

        What a rehearsal saw that is out of date, or that ran on a sample, is listed too.
        """
        last = self.last(direction, target)
        changed = "" if last is None else self.changed_since(last)
        said = migrate.losses(self._environment, direction, target)
        return _together(said, last, changed)

    def suspicions(self, direction: str, target: str) -> tuple[str, ...]:
        """List the review's findings on values that an upgrade may change. Read-only."""
        if direction != "upgrade":
            return ()
        revisions = MigrationPlan.to(self._environment, target).revisions
        return tuple(
            finding.sentence
            for finding in review.review_scripts(self._environment).findings
            if finding.code in UNCOUNTED and finding.revision in revisions
        )

    def check(self, direction: str, target: str, accepted: Accepted | None) -> None:
        """Refuse a migration with losses that are not accepted. Read-only.

        None accepts as many values of a column as the script's author accepted.

        Raises
        ------
        LossError
            With what would be lost.
        """
        if accepted is True or not target.strip():
            return
        try:
            losses = self.losses(direction, target)
        except HistoryError:
            return  # the migration itself reports what is wrong
        _refuse(direction, target, _unrecorded(losses, accepted), accepted_names(accepted), "")

    def allow(self, target: str, accepted: Accepted | None) -> Allow:
        """Return the same check, to be run under the migration lock when the migration begins.

        It sees what others have migrated or written in the meantime.
        """
        if accepted is True:
            return migrate.accept_values()
        names = accepted_names(accepted)

        def look(start: Start) -> None:
            last = self._of(start.direction, start.revisions)
            changed = "" if last is None else last.rehearsed_state.changed_at(start)
            said = migrate.losses_at(start)
            losses = _unrecorded(_together(said, last, changed), accepted, said)
            _refuse(start.direction, target, losses, names, changed)

        return Allow(look, names)

    def _of(self, direction: str, revisions: tuple[str, ...]) -> Rehearsal | None:
        planned = (direction, revisions)
        return next((known for known in self._rehearsals if _planned(known) == planned), None)


def _planned(rehearsal: Rehearsal) -> Planned:
    return rehearsal.direction, rehearsal.revisions


def _unrecorded(
    losses: Iterable[PlannedLoss], accepted: Accepted | None, said: Iterable[Loss] = ()
) -> tuple[PlannedLoss, ...]:
    """Leave out what the authors of the scripts accepted, unless a person decides themselves."""
    losses = tuple(losses)
    if accepted is not None:
        return losses
    counts = {loss.name: loss for loss in (*said, *losses) if isinstance(loss, Loss)}
    known = {name for name, loss in counts.items() if loss.type and loss.values <= loss.recorded}
    return tuple(loss for loss in losses if loss.name not in known)


def _accepts(names: frozenset[str], loss: PlannedLoss) -> bool:
    return not names.isdisjoint((EVERY_LOSS, loss.name, loss.table))


def _together(
    said: Iterable[Loss], last: Rehearsal | None, changed: str
) -> tuple[PlannedLoss, ...]:
    """Combine the losses that the scripts say with the losses that the last rehearsal saw."""
    said = [loss for loss in said if loss.values]
    if last is None or not last.succeeded:
        return tuple(said)
    if not changed and not last.sampled:
        return last.losses
    named = {loss.name for loss in said}
    return (*said, *(loss for loss in last.losses if loss.name not in named))


def _refuse(
    direction: str,
    target: str,
    losses: Iterable[PlannedLoss],
    names: frozenset[str],
    changed: str,
) -> None:
    refused = [loss for loss in losses if not _accepts(names, loss)]
    if not refused:
        return
    unaccepted = tuple(dict.fromkeys(loss.name for loss in refused))
    spelled = ", ".join(map(repr, unaccepted))
    said = "; ".join(loss.sentence for loss in refused)
    outdated = f" The rehearsal is out of date: {changed}" if changed else ""
    error = LossError(
        f"The {direction} to {target} loses values: {said}.{outdated} Nothing was run.",
        f"Run `lab.rehearse({target!r})` to see the effect, then accept the loss: "
        f"`lab.{direction}({target!r}, accept_loss=[{spelled}])`.",
    )
    error.names = unaccepted
    raise error
