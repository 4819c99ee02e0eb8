"""How revisions look: one in a line, all of them as a table, newest first."""

from collections.abc import Iterator, Sequence

from schema_lab.views.html import badge, escape, page
from schema_lab.views.plain import names, table, visible
from schema_lab.views.shapes import HistoryShape, RevisionShape

_COLUMNS = ("revision", "down_revision", "state", "message")
_TONES = {
    "current": "good",
    "applied": "plain",
    "edited": "bad",
    "head": "plain",
    "pending": "warn",
}


def history_html(history: HistoryShape) -> str:
    """Show the history as a table with a badge for each state."""
    return page(history_piece(history))


def history_piece(history: HistoryShape) -> str:
    """Show the history without its style, for a larger page."""
    if not history.revisions:
        return f'<p class="sl-muted">{escape(history.nothing)}</p>'
    head = "".join(f'<th scope="col">{column}</th>' for column in _COLUMNS)
    body = "".join(_row(revision, states) for revision, states in _with_states(history.revisions))
    return (
        f'<div class="sl-scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def history_text(history: HistoryShape) -> str:
    """Say the history in aligned columns."""
    if not history.revisions:
        return history.nothing
    rows = [
        [revision.id, names(revision.down), ", ".join(states), revision.message]
        for revision, states in _with_states(history.revisions)
    ]
    return table(_COLUMNS, rows)


def revision_html(revision: RevisionShape) -> str:
    """Show one revision in one line with badges."""
    badges = " ".join(
        badge(word, "good" if word == "applied" else "plain") for word in _words(revision)
    )
    return page(
        f'<p><code>{escape(revision.id)}</code> <span class="sl-lead">{escape(revision.message)}'
        f'</span> <span class="sl-muted">after {escape(names(revision.down))}</span> {badges}</p>'
    )


def revision_text(revision: RevisionShape) -> str:
    """Say one revision in one plain line."""
    return (
        f"{visible(revision.id)} {visible(revision.message)}"
        f" (after {names(revision.down)}; {', '.join(_words(revision))})"
    )


def _row(revision: RevisionShape, states: Sequence[str]) -> str:
    badges = " ".join(badge(state, _TONES[state]) for state in states)
    return (
        f"<tr><td><code>{escape(revision.id)}</code></td>"
        f'<td class="sl-muted"><code>{escape(names(revision.down))}</code></td>'
        f"<td>{badges}</td><td>{escape(revision.message)}</td></tr>"
    )


def _with_states(revisions: Sequence[RevisionShape]) -> Iterator[tuple[RevisionShape, list[str]]]:
    """Each revision with its states; an applied revision that no applied one follows is current."""
    followed = {down for revision in revisions if revision.applied for down in revision.down}
    for revision in revisions:
        last = "applied" if revision.id in followed else "current"
        state = last if revision.applied else "pending"
        yield revision, [state, *_marks(revision)]


def _words(revision: RevisionShape) -> list[str]:
    return ["applied" if revision.applied else "pending", *_marks(revision)]


def _marks(revision: RevisionShape) -> list[str]:
    marks = {"edited": revision.edited, "head": revision.is_head}
    return [word for word, holds in marks.items() if holds]
