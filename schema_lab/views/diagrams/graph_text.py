"""A graph of revisions in plain lines, and the lanes in which every drawing of it puts them.

Each revision has a row of its own; below it, lanes lead to its parents.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema_lab.views.diagrams.shapes import GraphShape, NodeShape
from schema_lab.views.plain import count, visible

Lanes = tuple[str | None, ...]
"""For each lane the revision that it leads to, None where the lane is free."""

MARKS = {"current": "◉", "applied": "●", "pending": "○"}
_Corners = tuple[str, str, str]
NO_REVISIONS = "No revisions yet."


@dataclass(frozen=True)
class Row:
    """One node, its lane, and the lanes above and below it.

    `parents` are the node's parents, each with the lane that leads to it.
    """

    node: NodeShape
    lane: int
    above: Lanes
    below: Lanes
    parents: tuple[tuple[str, int], ...]

    @property
    def joining(self) -> list[int]:
        """The lanes that end at this node, its own among them."""
        return [at for at, goal in enumerate(self.above) if goal == self.node.id]

    @property
    def leaving(self) -> list[int]:
        """The lanes that lead from this node to its parents."""
        return [at for _, at in self.parents]


def text(graph: GraphShape) -> str:
    """Say the graph, newest revision first."""
    found = rows(graph.nodes)
    if not found:
        return NO_REVISIONS
    wide = width(found)
    ids = max(len(visible(node.id)) for node in graph.nodes if not node.folded)
    lines = (line for row in found for line in _lines(row, wide, ids))
    return "\n".join([visible(graph.title), *lines])


def rows(nodes: Sequence[NodeShape]) -> list[Row]:
    """Give each node its lane; nodes come before their parents."""
    known = {node.id for node in nodes}
    found, lanes = [], list[str | None]()
    for node in nodes:
        above = tuple(lanes)
        own = lanes.index(node.id) if node.id in lanes else _free(lanes)
        lanes = [None if goal == node.id else goal for goal in lanes]
        parents: list[tuple[str, int]] = []
        for parent in (name for name in node.down if name in known):
            # The first parent keeps the lane, also where another lane leads to it already.
            there = lanes.index(parent) if parents and parent in lanes else -1
            lane = own if not parents else there if there >= 0 else _free(lanes)
            lanes[lane] = parent
            parents.append((parent, lane))
        while lanes and lanes[-1] is None:
            lanes.pop()
        found.append(Row(node, own, above, tuple(lanes), tuple(parents)))
    return found


def width(found: Sequence[Row]) -> int:
    """Give the number of lanes."""
    return max((max(row.lane + 1, len(row.above), len(row.below)) for row in found), default=0)


def words(node: NodeShape) -> str:
    """Say a revision's message, or how many revisions are folded."""
    if node.folded:
        return f"{count(node.folded, 'revision')}: {node.message}"
    return node.message


def remarks(node: NodeShape) -> str:
    """Say the state of a revision, and which revisions it depends on."""
    return ", ".join([*node.words, *(f"depends on {needed}" for needed in node.depends_on)])


def _lines(row: Row, wide: int, ids: int) -> Iterator[str]:
    if len(row.joining) > 1:
        yield _turn(row, row.joining, row.above, ("╰", "┴", "╯"))
    mark = "⋮" if row.node.folded else MARKS.get(row.node.state, "○")
    lanes = [mark if at == row.lane else _lane(row.above, row.below, at) for at in range(wide)]
    name = " " * ids if row.node.folded else visible(row.node.id).ljust(ids)
    said = f"{' '.join(lanes)} {name}  {visible(words(row.node))}"
    state = visible(remarks(row.node))
    yield f"{said}  ({state})" if state else said
    if len(row.leaving) > 1:
        yield _turn(row, row.leaving, row.below, ("╭", "┬", "╮"))


def _lane(above: Lanes, below: Lanes, at: int) -> str:
    there = [at < len(lanes) and lanes[at] is not None for lanes in (above, below)]
    return "│" if all(there) else " "


def _turn(row: Row, turning: list[int], lanes: Lanes, corners: _Corners) -> str:
    """Draw the line in which lanes join at a node or leave it.

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


def _free(lanes: list[str | None]) -> int:
    """Give a free lane, a new lane if there is none."""
    if None not in lanes:
        lanes.append(None)
    return lanes.index(None)
