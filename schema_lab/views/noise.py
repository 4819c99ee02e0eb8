"""How noise looks: the difference, why it stays, the call that leaves it out; and what is out."""

from collections.abc import Sequence

from schema_lab.views.html import box, details, escape, page
from schema_lab.views.plain import count, visible
from schema_lab.views.shapes import NoiseShape

NOTHING = "No noise: each difference goes with its migration."


def html(noises: Sequence[NoiseShape]) -> str:
    """Show all noise on one page."""
    return page(piece(noises) or f'<p class="sl-muted">{NOTHING}</p>')


def text(noises: Sequence[NoiseShape]) -> str:
    """Say all noise in plain lines."""
    return "\n".join(lines(noises)) or NOTHING


def piece(noises: Sequence[NoiseShape]) -> str:
    """Show all noise without its style; nothing when there is none."""
    return "".join(
        box(
            "plain",
            f'<p class="sl-lead">≈ stays after its migration: {escape(one.sentence)}</p>',
            f"<p>{escape(one.why)}</p>",
            f'<p><code>{escape(one.call)}</code> <span class="sl-muted">'
            "leaves it out in this project</span></p>",
        )
        for one in noises
    )


def lines(noises: Sequence[NoiseShape]) -> list[str]:
    """Say each noise in two lines."""
    return [
        line
        for one in noises
        for line in (
            f"≈ stays after its migration: {visible(one.sentence)}",
            f"  {visible(one.why)} {visible(one.call)} leaves it out in this project.",
        )
    ]


def ignored_piece(ignored: Sequence[NoiseShape]) -> str:
    """Show what the project ignores, folded; nothing when it ignores nothing."""
    if not ignored:
        return ""
    items = "".join(
        f"<p>{escape(one.sentence)} <code>{escape(one.call)}</code></p>" for one in ignored
    )
    return details(ignored_lead(ignored), items)


def ignored_lines(ignored: Sequence[NoiseShape]) -> list[str]:
    """Say what the project ignores, each with the call that ends it."""
    if not ignored:
        return []
    items = (f"  {visible(one.sentence)}: {visible(one.call)}" for one in ignored)
    return [f"{ignored_lead(ignored)}:", *items]


def ignored_lead(ignored: Sequence[NoiseShape]) -> str:
    """Count what the project ignores."""
    return f"{count(len(ignored), 'difference')} ignored in this project"
