"""A graph of revisions in plain lines, with its lanes at the left."""

from collections.abc import Iterator

from schema_lab.views.diagrams.lanes import Lanes, Row, rows, width
from schema_lab.views.diagrams.shapes import GraphShape, KnotShape
from schema_lab.views.plain import count, visible

MARKS = {"current": "◉", "applied": "●", "pending": "○"}
_Corners = tuple[str, str, str]
NOTHING = "No revision yet."


def text(graph: GraphShape) -> str:
    """Say the graph, newest revision first."""
    found = rows(graph.knots)
    if not found:
        return NOTHING
    wide = width(found)
    ids = max(len(visible(one.id)) for one in graph.knots if not one.folded)
    lines = (line for row in found for line in _lines(row, wide, ids))
    return "\n".join([visible(graph.title), *lines])


def words(knot: KnotShape) -> str:
    """Say what a run of revisions is, or a revision's message."""
    if knot.folded:
        return f"{count(knot.folded, 'revision')}: {knot.message}"
    return knot.message


def remarks(knot: KnotShape) -> str:
    """Say the state, and what a revision depends on."""
    needs = [f"needs {one}" for one in knot.depends_on]
    return ", ".join([*knot.words, *needs])


def _lines(row: Row, wide: int, ids: int) -> Iterator[str]:
    if len(row.joining) > 1:
        yield _turn(row, row.joining, row.above, ("╰", "┴", "╯"))
    mark = "⋮" if row.knot.folded else MARKS.get(row.knot.state, "○")
    lanes = [mark if at == row.lane else _lane(row.above, row.below, at) for at in range(wide)]
    name = " " * ids if row.knot.folded else visible(row.knot.id).ljust(ids)
    said = f"{' '.join(lanes)} {name}  {visible(words(row.knot))}"
    state = visible(remarks(row.knot))
    yield f"{said}  ({state})" if state else said
    if len(row.leaving) > 1:
        yield _turn(row, row.leaving, row.below, ("╭", "┬", "╮"))


def _lane(above: Lanes, below: Lanes, at: int) -> str:
    there = [at < len(lanes) and lanes[at] is not None for lanes in (above, below)]
    return "│" if all(there) else " "


def _turn(row: Row, turning: list[int], lanes: Lanes, corners: _Corners) -> str:
    """Draw the line in which lanes come together at a knot, or part from it.

    `corners` are the signs of a lane that turns at the left end, between and at the right end.
    """
    low, high = min(*turning, row.lane), max(*turning, row.lane)
    left, between, right = corners
    signs = []
    for at in range(max(len(lanes), high + 1)):
        straight = at < len(lanes) and lanes[at] is not None and at not in turning
        if at == row.lane:
            sign = "┤" if at == high else "├" if at == low else "┼"
        elif at in turning:
            sign = left if at == low else right if at == high else between
        else:
            sign = "│" if straight else "─" if low < at < high else " "
        signs.append(sign + ("─" if low <= at < high else " "))
    return "".join(signs).rstrip()
