"""What to do next, in one sentence: also after a restart, when nobody remembers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from schema_lab.views import html, plain

if TYPE_CHECKING:
    from ipywidgets import Button

    from schema_lab.panels.candidate import CandidatePart
    from schema_lab.panels.standing import Standing
    from schema_lab.panels.steps import StepsPart

MOST_NAMED = 4
"""Pending revisions that are named; the history names all."""


def advice(standing: Standing, candidate: CandidatePart, steps: StepsPart) -> str:
    """Say the next step, as escaped HTML."""
    return "".join(
        f'<p class="sl-next" role="status">{one}</p>'
        for one in _sayings(standing, candidate, steps)
    )


def next_button(steps: StepsPart, candidate: CandidatePart) -> Button | None:
    """Give the button that leads on: what was begun, then what waits; none where all agree."""
    begun = steps.next_one or candidate.next_one
    if begun is not None:
        return begun
    if not steps.controls.upgrade_button.disabled:
        return steps.controls.upgrade_button
    standing = steps.controls.standing
    drift = standing.status.drift if standing else None
    return candidate.autogenerate_button if drift is None or drift.operations else None


def _sayings(standing: Standing, candidate: CandidatePart, steps: StepsPart) -> list[str]:
    stopped = standing.stopped
    if stopped is not None:
        done = plain.count(sum(one.done for one in stopped.entries), "statement")
        where = f"<code>{html.escape(stopped.revision)}</code> stopped half-way in"
        cure = _next("mend its cause, then press Resume.")
        return [f"Revision {where} {html.escape(stopped.direction)}(): {done} of it stand. {cure}"]
    begun = _begun(candidate, steps)
    if begun:
        return [_next(begun)]
    if standing.pending:
        return [f"Written and not applied yet: {_named(standing.pending)}. {_next('Upgrade.')}"]
    drift = standing.status.drift
    if drift is None:
        return []
    if drift.operations:
        return [_next("say what the revision does, and press Autogenerate.")]
    return [_AGREED_ON_A_PAGE if _on_a_page() else _AGREED]


def _on_a_page() -> bool:
    """Tell whether Voilà shows the panel: it tells its kernels, and its pages have no cells."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")


def _begun(candidate: CandidatePart, steps: StepsPart) -> str:
    """Say how to end what was begun: a question, a candidate; "" when nothing was."""
    asked = steps.confirmation.step
    if asked is None:
        return f"{candidate.next_one.description}." if candidate.next_one is not None else ""
    if steps.confirmation.locked:
        return "Rehearse it, see 5."
    return f"tick what may go and press {asked.button} again, or Cancel; see 5."


_AGREED = (
    "Models, revisions and database agree. Edit a model and run its cell: what differs then"
    " appears here by itself."
)

_AGREED_ON_A_PAGE = (
    "Models, revisions and database agree: there is nothing to do. Refresh looks again; what a"
    " colleague has written meanwhile then waits here to be upgraded."
)

STEPPING = (
    '<p class="sl-next" role="status">A migration waits between two statements, see 5.'
    " <strong>Next:</strong> Next statement, Finish or Abandon.</p>"
)
"""What there is to do while nobody else may look at the database."""


def _next(text: str) -> str:
    return f"<strong>Next:</strong> {html.escape(text)}"


def _named(pending: tuple[str, ...]) -> str:
    named = ", ".join(f"<code>{html.escape(one)}</code>" for one in pending[:MOST_NAMED])
    more = len(pending) - MOST_NAMED
    return named + (f" and {more} more" if more > 0 else "")
