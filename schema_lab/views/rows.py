"""How the rows of a live table look, with the columns that have come and gone."""

from collections.abc import Iterable, Sequence

from schema_lab.views.html import badge, page, table


def html(
    columns: Sequence[str], rows: Iterable[Sequence[object]], before: Sequence[str] = ()
) -> str:
    """Show rows; `before` are the columns of an earlier look, empty if the table is new."""
    return page(piece(columns, rows, before))


def piece(
    columns: Sequence[str], rows: Iterable[Sequence[object]], before: Sequence[str] = ()
) -> str:
    """Show rows without their style, for a larger page."""
    listed = [list(row) for row in rows]
    empty = "" if listed else '<p class="sl-muted">No row.</p>'
    return _changes(columns, before) + table(columns, listed) + empty


def _changes(columns: Sequence[str], before: Sequence[str]) -> str:
    if not before:
        return f"<p>{badge('+ new table', 'good')}</p>"
    come = [badge(f"+ {c}", "good") for c in columns if c not in before]
    gone = [badge(f"- {c}", "bad") for c in before if c not in columns]
    return f"<p>{' '.join(come + gone)}</p>" if come or gone else ""
