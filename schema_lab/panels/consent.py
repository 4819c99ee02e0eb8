"""Consent: what a person must accept before a move that loses values runs.

First the move must be rehearsed on the current state of the database, then its loss is accepted
with a tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ipywidgets import Checkbox, Layout

from schema_lab import views
from schema_lab.panels.controls import button, row, section, show, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipywidgets import Button

    from schema_lab.errors import SchemaLabError
    from schema_lab.lab import Lab
    from schema_lab.panels.calls import Move
    from schema_lab.rehearsal import Rehearsal


@dataclass(frozen=True)
class LossItem:
    """One loss that a person is asked to accept."""

    key: tuple[object, ...]
    name: str
    sentence: str
    values: bool


@dataclass(frozen=True)
class ConsentRequest:
    """The losses of a move that a person must accept, after a rehearsal where one is required.

    `suspicions` are the sentences of a review that cannot count the losses.
    """

    move: Move
    losses: tuple[LossItem, ...]
    rehearsal: Rehearsal | None
    suspicions: tuple[str, ...] = ()

    @classmethod
    def of(cls, lab: Lab, move: Move) -> ConsentRequest:
        """Find out what a move would lose. Read-only."""
        rehearsal = lab.gate.rehearsed(move.direction, move.target)
        if rehearsal is not None:
            return cls(move, tuple(_rehearsed(rehearsal)), rehearsal)
        losses = tuple(
            LossItem(
                (loss.table, loss.column, loss.statement, loss.values),
                loss.name,
                loss.sentence,
                bool(loss.values),
            )
            for loss in lab.losses(move.direction, move.target)
        )
        suspicions = () if losses else lab.gate.suspicions(move.direction, move.target)
        return cls(move, losses, None, suspicions)

    @property
    def nothing(self) -> bool:
        """Whether the move may run immediately."""
        return not self.losses and not self.suspicions

    @property
    def locked(self) -> bool:
        """Whether a rehearsal is required first."""
        values = any(loss.values for loss in self.losses) or bool(self.suspicions)
        return values and self.rehearsal is None

    @property
    def key(self) -> tuple[object, ...]:
        """What a tick is valid for: these losses on the way to one place, by whichever button."""
        losses = frozenset(loss.key for loss in self.losses)
        way = self.rehearsal.revisions if self.rehearsal else self.move
        return (self.move.direction, way, losses, self.suspicions, self.locked)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the losses, as `accept_loss` takes them."""
        return tuple(dict.fromkeys(loss.name for loss in self.losses))


def _rehearsed(rehearsal: Rehearsal) -> Iterable[LossItem]:
    for loss in rehearsal.losses:
        key = (loss.table, loss.column, loss.kind, loss.count)
        yield LossItem(key, loss.name, loss.sentence, True)


MOST_NAMED = 3
"""Losses that the tick's label names; the list above it names all."""


class ConsentControls:
    """Holds one consent request until it is accepted or canceled.

    Parameters
    ----------
    lab
        The lab that rehearses.
    """

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._asked: ConsentRequest | None = None
        self._impossible: SchemaLabError | None = None
        self.losses_box = words()
        self.rehearse_button = button(
            "Rehearse this migration", "Run this migration on a temporary copy of the database"
        )
        self.tick = Checkbox(
            value=False,
            indent=False,
            tooltip="Accept this loss. The migration does not run until you do.",
            layout=Layout(width="auto"),
        )
        self.go_button = button("Accept", "Run the migration that loses these values")
        self.cancel_button = button(
            "Cancel", "Close this question and leave the database unchanged"
        )
        self.box = section(
            self.losses_box,
            self.tick,
            row(self.rehearse_button, self.go_button, self.cancel_button),
        )
        self.tick.observe(lambda _: self.enable(), "value")
        self.clear()

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Its buttons."""
        return (self.rehearse_button, self.go_button, self.cancel_button)

    def enable(self) -> None:
        """Let its button run the move once the tick is set."""
        self.go_button.disabled = self.locked or not self.tick.value

    @property
    def move(self) -> Move | None:
        """The move that the question is about."""
        return self._asked.move if self._asked else None

    @property
    def locked(self) -> bool:
        """Whether the move requires a rehearsal first, and a rehearsal is possible."""
        return bool(self._asked and self._asked.locked and self._impossible is None)

    def accepted(self, move: Move) -> tuple[str, ...] | None:
        """Name the accepted losses of a move; None, and ask, if they are not accepted yet."""
        request = ConsentRequest.of(self._lab, move)
        if request.nothing:
            return ()
        same = self._asked is not None and self._asked.key == request.key
        if same and self.tick.value and not (request.locked and self._impossible is None):
            return request.names
        self.ask(request, self._impossible if same else None)
        return None

    def names_for(self, move: Move) -> tuple[str, ...]:
        """Name the losses of the move in question; nothing for another move."""
        return self._asked.names if self._asked and self._asked.move == move else ()

    def ask(self, request: ConsentRequest, impossible: SchemaLabError | None = None) -> None:
        """Show what a move would lose, and the tick once the move is rehearsed.

        Where a rehearsal is `impossible`, the tick is offered without a rehearsal, and says so.
        """
        self._asked, self._impossible = request, impossible
        self.tick.value = False
        self.tick.description = _label(request)
        show(self.tick, not self.locked)
        show(self.rehearse_button, request.locked)
        show(self.go_button, not self.locked)
        self.go_button.description = _go(request)
        self.enable()
        hint = _hint(request) if impossible is None else _unrehearsed(request, impossible)
        explained = self.locked and self._failed(request.move)
        self.losses_box.value = self._losses(request) + (
            "" if explained else views.html.muted(hint)
        )
        show(self.box, True)

    def clear(self) -> None:
        """Close the question."""
        self._asked = self._impossible = None
        self.tick.value = False
        show(self.box, False)

    def _losses(self, request: ConsentRequest) -> str:
        if request.rehearsal is not None:
            return ""
        listed = views.losses.piece(request.losses, request.move.name) if request.losses else ""
        suspected = views.losses.suspected(request.suspicions)
        return listed + suspected + self._last_rehearsal(request.move)

    def _last_rehearsal(self, move: Move) -> str:
        """Say why the last rehearsal of a move is not sufficient, and what to do about it."""
        last = self._lab.gate.last(move.direction, move.target)
        if last is None:
            return ""
        changed = self._lab.gate.changed_since(last)
        if changed:
            return views.html.muted(f"The rehearsal is out of date: {changed}")
        at = f" at revision {last.failure.revision}" if last.failure else ""
        return views.html.alert(f"The rehearsal failed{at}. See the report above.", _AFTER_FAILURE)

    def _failed(self, move: Move) -> bool:
        """Whether the last rehearsal of a move failed, and nothing has changed since."""
        last = self._lab.gate.last(move.direction, move.target)
        return last is not None and not last.succeeded and not self.outdated(move)

    def outdated(self, move: Move) -> bool:
        """Whether something has changed since the last rehearsal of a move."""
        last = self._lab.gate.last(move.direction, move.target)
        return last is not None and bool(self._lab.gate.changed_since(last))


_AFTER_FAILURE = (
    "Fix the script or the rows, then press Rehearse this migration again."
    " Cancel closes this question."
)


def _hint(request: ConsentRequest) -> str:
    name = request.move.button
    if request.locked:
        return (
            f"Rehearse first. {name} stays locked until a rehearsal has run on the current state"
            " of the database."
        )
    return f"To continue, tick the box to accept the loss, then press {_go(request)}."


def _go(request: ConsentRequest) -> str:
    """Name the button that runs the move."""
    return f"Accept and {request.move.name}"


def _unrehearsed(request: ConsentRequest, impossible: SchemaLabError) -> str:
    counted = (
        "The loss is counted from the script and the current rows."
        if request.losses
        else "The loss has not been counted."
    )
    return (
        f"A rehearsal is not possible: {impossible.fact} {impossible.cure} {counted} To continue"
        " without a rehearsal, take a snapshot first, tick the box to accept the loss, then press"
        f" {_go(request)}."
    )


def _label(request: ConsentRequest) -> str:
    named = [views.plain.visible(loss.sentence) for loss in request.losses[:MOST_NAMED]]
    more = len(request.losses) - MOST_NAMED
    if not named:
        return "Run without a rehearsal. An unknown number of values may be lost."
    lead = "Drop " if request.rehearsal is None else "Accept: "
    return lead + ", ".join(named) + (f" and {more} more" if more > 0 else "")
