"""How the current state of a lab looks: database, revision, pending revisions, drift."""

from collections.abc import Sequence

from schema_lab.views.html import badge, box, escape, page
from schema_lab.views.plain import count, names, visible
from schema_lab.views.shapes import StatusShape


def status_html(status: StatusShape) -> str:
    """Show the status as one line of facts, a badge for the drift at its end."""
    return page(status_piece(status))


def status_piece(status: StatusShape) -> str:
    """Show the status without its style, for a larger page."""
    facts = [
        f'{badge(status.dialect)} <span class="sl-mono">{escape(status.url)}</span>',
        _fact("revision", _names(status.current)),
        _fact("heads", _names(status.heads, empty="none")),
        _pending(status),
        _drift_badge(status),
    ]
    line = "".join(f"<div>{fact}</div>" for fact in facts)
    problem = box("bad", f"<p>✗ {escape(status.problem)}</p>") if status.problem else ""
    return f'<div class="sl-facts">{line}</div>{problem}'


def status_text(status: StatusShape) -> str:
    """Say the status in aligned plain lines."""
    lines = [
        f"{visible(status.dialect).ljust(8)}  {visible(status.url)}",
        f"revision  {_names(status.current)}",
        f"heads     {_names(status.heads, empty='none')}",
        f"pending   {'unknown' if status.pending is None else status.pending}",
        f"drift     {_drift(status)}",
    ]
    return "\n".join([*lines, *([visible(status.problem)] if status.problem else [])])


def _fact(name: str, value: str) -> str:
    return f'<span class="sl-muted">{name}</span> <code>{escape(value)}</code>'


def _names(ids: Sequence[str] | None, empty: str = "base") -> str:
    return "unknown" if ids is None else names(ids, empty)


def _pending(status: StatusShape) -> str:
    if status.pending is None:
        return badge("pending unknown", "bad")
    tone = "warn" if status.pending else "plain"
    return badge(f"{status.pending} pending", tone)


def _drift(status: StatusShape) -> str:
    if status.drift is None:
        return "unknown"
    ignored = len(tuple(status.drift.ignored))
    more = f" ({ignored} ignored)" if ignored else ""
    if not status.drift.operations:
        return f"none{more}"
    return count(len(status.drift.operations), "operation") + more


def _drift_badge(status: StatusShape) -> str:
    if status.drift is None:
        return badge("drift unknown", "bad")
    if not status.drift.operations:
        return badge(f"✓ no drift{_drift(status).removeprefix('none')}", "good")
    return badge(f"drift: {_drift(status)}", "warn")
