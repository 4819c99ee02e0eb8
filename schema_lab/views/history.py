"""How a history looks: revisions, newest first."""

from collections.abc import Iterator, Sequence

from schema_lab.views.html import badge, escape, page
from schema_lab.views.plain import names, table
from schema_lab.views.shapes import HistoryShape, RevisionShape

_TONES = {
    "current": "good",
    "applied": "plain",
    "edited": "bad",
    "head": "plain",
    "pending": "warn",
}


def html(history: HistoryShape) -> str:
    """Show the history as a table with a badge for each state."""
    return page(piece(history))


def piece(history: HistoryShape) -> str:
    """Show the history without its style, for a larger page."""
    if not history.revisions:
        return f'<p class="sl-muted">{escape(history.nothing)}</p>'
    head = "".join(f'<th scope="col">{c}</th>' for c in _COLUMNS)
    body = "".join(_row_html(r, s) for r, s in _with_states(history.revisions))
    return (
        f'<div class="sl-scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def text(history: HistoryShape) -> str:
    """Say the history in aligned columns."""
    if not history.revisions:
        return history.nothing
    rows = [
        [r.id, names(r.down), ", ".join(states), r.message]
        for r, states in _with_states(history.revisions)
    ]
    return table(_COLUMNS, rows)


_COLUMNS = ("revision", "down_revision", "state", "message")


def _row_html(revision: RevisionShape, states: Sequence[str]) -> str:
    badges = " ".join(badge(s, _TONES[s]) for s in states)
    return (
        f"<tr><td><code>{escape(revision.id)}</code></td>"
        f'<td class="sl-muted"><code>{escape(names(revision.down))}</code></td>'
        f"<td>{badges}</td><td>{escape(revision.message)}</td></tr>"
    )


def _with_states(revisions: Sequence[RevisionShape]) -> Iterator[tuple[RevisionShape, list[str]]]:
    """Each revision with its words; current is what is applied and nothing applied follows."""
    followed = {down for r in revisions if r.applied for down in r.down}
    for r in revisions:
        state = ("applied" if r.id in followed else "current") if r.applied else "pending"
        yield r, [state, *(["edited"] if r.edited else []), *(["head"] if r.is_head else [])]
