"""How losses look: what a step would drop."""

from collections.abc import Sequence

from schema_lab.views.html import box, escape, page, symbols
from schema_lab.views.plain import visible
from schema_lab.views.shapes import LossShape


def html(losses: Sequence[LossShape], step: str) -> str:
    """Show what `step` (such as "downgrade to 0001") would drop, in a box."""
    return page(piece(losses, step))


def piece(losses: Sequence[LossShape], step: str) -> str:
    """Show what `step` would drop without its style, for a larger page."""
    items = "".join(
        f'<li class="sl-bad"><span class="sl-symbol">-</span> {escape(loss.sentence)}</li>'
        for loss in losses
    )
    lead = f'<p class="sl-lead">⚠ {escape(_lead(step))}</p>'
    return box("warn", lead, symbols(items))


def suspected(sentences: Sequence[str]) -> str:
    """Show what a review fears for the values, as one piece; nothing when it fears nothing."""
    if not sentences:
        return ""
    items = "".join(
        f'<li class="sl-warn"><span class="sl-symbol">!</span> {escape(one)}</li>'
        for one in sentences
    )
    lead = '<p class="sl-lead">⚠ This may lose values; a rehearsal counts them:</p>'
    return box("warn", lead, symbols(items))


def text(losses: Sequence[LossShape], step: str) -> str:
    """Say what `step` would drop, in plain lines."""
    return "\n".join([_lead(step), *(f"- {visible(loss.sentence)}" for loss in losses)])


def _lead(step: str) -> str:
    return f"{visible(step[:1].upper() + step[1:])} drops:"
