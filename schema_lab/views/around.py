"""How a table looks before and after something has changed it."""

from collections.abc import Sequence
from dataclasses import dataclass

from schema_lab.views.html import badge, escape, muted, page, table


@dataclass(frozen=True)
class Look:
    """The columns and the first rows of a table at one moment."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


def html(name: str, before: Look | None, after: Look | None) -> str:
    """Show a table before and after, side by side where there is room."""
    return page(piece(name, before, after))


def piece(name: str, before: Look | None, after: Look | None) -> str:
    """Show it without its style, for a larger page; None: there was or is no such table.

    Examples
    --------
    >>> shown = piece("users", Look(("id",), ((1,),)), Look(("id", "plan"), ((1, None),)))
    >>> "+ plan" in shown, "NULL" in shown
    (True, True)
    """
    old, new = before.columns if before else (), after.columns if after else ()
    marks = [*_badges("+", new, old, "good"), *_badges("-", old, new, "bad")]
    if before is None:
        marks = [badge("+ new table", "good")]
    elif after is None:
        marks = [badge("- table", "bad")]
    lead = f"<p><b>{escape(name)}</b> {' '.join(marks)}</p>"
    return f'{lead}<div class="sl-around">{_side("before", before)}{_side("after", after)}</div>'


def _badges(symbol: str, those: Sequence[str], but: Sequence[str], tone: str) -> list[str]:
    return [badge(f"{symbol} {one}", tone) for one in those if one not in but]


def _side(when: str, look: Look | None) -> str:
    if look is None:
        shown = muted("No such table.")
    else:
        shown = table(look.columns, look.rows) + ("" if look.rows else muted("No row."))
    return f'<div><p class="sl-muted">{when}</p>{shown}</div>'
