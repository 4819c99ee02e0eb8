"""How losses are displayed: what a migration would drop."""

from collections.abc import Sequence

from schema_lab.views.html import box, escape, page, symbols
from schema_lab.views.plain import visible
from schema_lab.views.shapes import DropShape


def html(losses: Sequence[DropShape], migration: str) -> str:
    """Display what `migration` (such as "downgrade to 0001") would drop, in a box."""
    return page(piece(losses, migration))


def piece(losses: Sequence[DropShape], migration: str) -> str:
    """Display what `migration` would drop without a style, as part of a larger page."""
    items = "".join(
        f'<li class="sl-bad"><span class="sl-symbol">-</span> {escape(loss.sentence)}</li>'
        for loss in losses
    )
    lead = f'<p class="sl-lead">⚠ {escape(_lead(migration))}</p>'
    return box("warn", lead, symbols(items))


def suspected(sentences: Sequence[str]) -> str:
    """Display the review's findings on values that may be lost; "" without findings."""
    if not sentences:
        return ""
    items = "".join(
        f'<li class="sl-warn"><span class="sl-symbol">!</span> {escape(sentence)}</li>'
        for sentence in sentences
    )
    lead = '<p class="sl-lead">⚠ Values may be lost. A rehearsal counts them:</p>'
    return box("warn", lead, symbols(items))


def text(losses: Sequence[DropShape], migration: str) -> str:
    """Return what `migration` would drop, as plain lines."""
    return "\n".join([_lead(migration), *(f"- {visible(loss.sentence)}" for loss in losses)])


def _lead(migration: str) -> str:
    return f"{visible(migration[:1].upper() + migration[1:])} drops:"
