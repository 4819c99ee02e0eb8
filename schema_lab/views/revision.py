"""How one revision looks."""

from schema_lab.views.html import badge, escape, page
from schema_lab.views.plain import names, visible
from schema_lab.views.shapes import RevisionShape


def html(revision: RevisionShape) -> str:
    """Show the revision in one line with badges."""
    badges = " ".join(badge(w, "good" if w == "applied" else "plain") for w in _words(revision))
    return page(
        f'<p><code>{escape(revision.id)}</code> <span class="sl-lead">{escape(revision.message)}'
        f'</span> <span class="sl-muted">after {escape(names(revision.down))}</span> {badges}</p>'
    )


def text(revision: RevisionShape) -> str:
    """Say the revision in one plain line."""
    return (
        f"{visible(revision.id)} {visible(revision.message)}"
        f" (after {names(revision.down)}; {', '.join(_words(revision))})"
    )


def _words(revision: RevisionShape) -> list[str]:
    marks = {"edited": revision.edited, "head": revision.is_head}
    state = "applied" if revision.applied else "pending"
    return [state, *(word for word, holds in marks.items() if holds)]
