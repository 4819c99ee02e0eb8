"""How the rows of a live table look, with the columns that have come and gone."""

from collections.abc import Sequence

from schema_lab.views import frame
from schema_lab.views.around import Look
from schema_lab.views.html import badge, page


def html(look: Look, before: Sequence[str] = ()) -> str:
    """Show rows; `before` are the columns of an earlier look, empty if the table is new."""
    return page(piece(look, before))


def piece(look: Look, before: Sequence[str] = ()) -> str:
    """Show rows without their style, for a larger page."""
    return _changes(look.columns, before) + frame.piece(look.heads, look.rows)


def _changes(columns: Sequence[str], before: Sequence[str]) -> str:
    if not before:
        return f"<p>{badge('+ new table', 'good')}</p>"
    come = [badge(f"+ {c}", "good") for c in columns if c not in before]
    gone = [badge(f"- {c}", "bad") for c in before if c not in columns]
    return f"<p>{' '.join(come + gone)}</p>" if come or gone else ""
