"""How a drift looks."""

from schema_lab.views import noise, operations
from schema_lab.views.html import box, escape, page
from schema_lab.views.plain import count, visible
from schema_lab.views.shapes import DriftShape

NO_DRIFT = "The database equals the models: no drift."


def html(drift: DriftShape) -> str:
    """Show the drift as a coloured list of operations; noise, what is ignored and notes below."""
    return page(piece(drift))


def piece(drift: DriftShape) -> str:
    """Show the drift without its style, for a larger page."""
    notes = "".join(f'<p class="sl-muted">Note: {escape(n)}</p>' for n in drift.notes)
    below = noise.piece(tuple(drift.noise)) + noise.ignored_piece(tuple(drift.ignored)) + notes
    if not drift.operations:
        return box("good", f"<p>✓ {NO_DRIFT}</p>") + below
    return f'<p class="sl-lead">{_lead(drift)}</p>{operations.html(drift.operations)}{below}'


def text(drift: DriftShape) -> str:
    """Say the drift in plain lines."""
    body = [_lead(drift), operations.text(drift.operations)] if drift.operations else [NO_DRIFT]
    below = [*noise.lines(tuple(drift.noise)), *noise.ignored_lines(tuple(drift.ignored))]
    return "\n".join([*body, *below, *(f"Note: {visible(n)}" for n in drift.notes)])


def _lead(drift: DriftShape) -> str:
    return f"{count(len(drift.operations), 'operation')} would make the database equal the models:"
