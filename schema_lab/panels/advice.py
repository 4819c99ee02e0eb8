"""What to do next, in one sentence: also after a restart, when nobody remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_lab.views import html, plain

if TYPE_CHECKING:
    from schema_lab.panels.candidate import CandidatePart
    from schema_lab.panels.standing import Standing

MOST_NAMED = 4
"""Pending revisions that are named; the history names all."""


def advice(standing: Standing, candidate: CandidatePart) -> str:
    """Say the next step, as escaped HTML."""
    return "".join(
        f'<p class="sl-next" role="status">{one}</p>' for one in _sayings(standing, candidate)
    )


def _sayings(standing: Standing, candidate: CandidatePart) -> list[str]:
    stopped = standing.stopped
    if stopped is not None:
        done = plain.count(sum(one.done for one in stopped.entries), "statement")
        where = f"<code>{html.escape(stopped.revision)}</code> stopped half-way in"
        cure = _next("mend its cause, then press Resume.")
        return [f"Revision {where} {html.escape(stopped.direction)}(): {done} of it stand. {cure}"]
    if candidate.next_one is not None:
        return [_next(f"{candidate.next_one.description}.")]
    if standing.pending:
        return [f"Written and not applied yet: {_named(standing.pending)}. {_next('Upgrade.')}"]
    drift = standing.status.drift
    if drift is None:
        return []
    if drift.operations:
        return [_next("say what the revision does, and press Autogenerate.")]
    return [_AGREED]


_AGREED = (
    "Models, revisions and database agree. Edit a model and run its cell: what differs then"
    " appears here by itself."
)


def _next(text: str) -> str:
    return f"<b>Next:</b> {html.escape(text)}"


def _named(pending: tuple[str, ...]) -> str:
    named = ", ".join(f"<code>{html.escape(one)}</code>" for one in pending[:MOST_NAMED])
    more = len(pending) - MOST_NAMED
    return named + (f" and {more} more" if more > 0 else "")
