"""How a table looks before and after something has changed it."""

from collections.abc import Iterator
from dataclasses import dataclass

from schema_lab.views import frame
from schema_lab.views.frame import Head
from schema_lab.views.html import badge, escape, muted, page


@dataclass(frozen=True)
class Look:
    """The columns and the first rows of a table at one moment."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[object, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(one.name for one in self.heads)


def html(name: str, before: Look | None, after: Look | None) -> str:
    """Show a table before and after, side by side where there is room."""
    return page(piece(name, before, after))


def piece(name: str, before: Look | None, after: Look | None) -> str:
    """Show it without its style, for a larger page; None: there was or is no such table.

    Examples
    --------
    >>> old = Look((Head("id"),), ((1,),))
    >>> new = Look((Head("id"), Head("plan")), ((1, None),))
    >>> shown = piece("users", old, new)
    >>> "+ plan" in shown, "NULL" in shown
    (True, True)
    """
    if before is None:
        marks = [badge("+ new table", "good")]
    elif after is None:
        marks = [badge("- table", "bad")]
    else:
        marks = list(_badges(before, after))
    lead = f"<p><b>{escape(name)}</b> {' '.join(marks)}</p>"
    return f'{lead}<div class="sl-around">{_side("before", before)}{_side("after", after)}</div>'


def _badges(before: Look, after: Look) -> Iterator[str]:
    """Mark the columns that come and go, and those that become something else."""
    old = {one.name: one for one in before.heads}
    yield from (badge(f"+ {name}", "good") for name in after.columns if name not in old)
    yield from (badge(f"- {name}", "bad") for name in old if name not in after.columns)
    for one in after.heads:
        if one.name in old and old[one.name] != one:
            yield badge(f"~ {one.name}", "warn")


def _side(when: str, look: Look | None) -> str:
    shown = muted("No such table.") if look is None else frame.piece(look.heads, look.rows)
    return f'<div><p class="sl-muted">{when}</p>{shown}</div>'
