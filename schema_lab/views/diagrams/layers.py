"""A layered layout: a table is placed to the left of the tables that refer to it.

It takes the four steps of Sugiyama's method: break cycles, give each box a layer, order the boxes
of a layer so that few lines cross, and move each box towards its neighbors. A line that passes a
layer gets a slot of its own in it, so that it crosses no box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import sqrt

Edge = tuple[int, int]
"""Two boxes by their numbers: the left one and the right one."""

Node = Hashable
"""A box's number, or an (edge, layer) in which a line passes."""

BETWEEN_LAYERS, BETWEEN_BOXES, SLOT = 84.0, 22.0, 5.0
SWEEPS = 8
LOWEST, STRETCH, WIDEST = 600.0, 0.8, 960.0
"""A layer may be as high as this, or as this part of all boxes' square; a drawing downwards as wide
as a page."""


@dataclass(frozen=True)
class Layout:
    """Where boxes stand (top left) and through which points each line passes."""

    places: Mapping[int, tuple[float, float]]
    passes: Mapping[int, Sequence[tuple[float, float]]]
    width: float
    height: float


def layered(sizes: Sequence[tuple[float, float]], edges: Sequence[Edge]) -> Layout:
    """Lay out boxes of given (width, height); an edge leads from a left box to a right one.

    Returns
    -------
    Layout
        Points of a line in the order of the edge as given; edges within a box have none.
    """
    area = sum((w + BETWEEN_LAYERS) * (h + BETWEEN_BOXES) for w, h in sizes)
    layout = _joined(sizes, edges, max(LOWEST, sqrt(area) * STRETCH))
    return _with_alone(layout, sizes, max(layout.width, 640.0, sqrt(area)))


def downwards(sizes: Sequence[tuple[float, float]], edges: Sequence[Edge]) -> Layout:
    """Lay out very many boxes in layers below each other, about as wide as a page."""
    turned = _joined([(h, w) for w, h in sizes], edges, WIDEST)
    places = {node: (x, y) for node, (y, x) in turned.places.items()}
    passes = {at: [(x, y) for y, x in points] for at, points in turned.passes.items()}
    layout = Layout(places, passes, turned.height, turned.width)
    return _with_alone(layout, sizes, max(layout.width, WIDEST))


def _joined(sizes: Sequence[tuple[float, float]], edges: Sequence[Edge], highest: float) -> Layout:
    """Lay out the boxes that an edge leads to or from."""
    forward = _without_cycles(len(sizes), edges)
    joined = {end for edge in forward.values() for end in edge}
    layer = _layers_of(sizes, joined, list(forward.values()), highest)
    chains = {number: _chain(number, edge, layer) for number, edge in forward.items()}
    rows = _ordered(_rows(layer, chains), chains.values())
    xs, ends = _across(rows, sizes)
    ys = _down(rows, chains.values(), sizes)
    places = {node: (xs[layer[node]], ys[node]) for row in rows for node in _boxes(row)}
    passes = {
        number: _points(chain, xs, ends, ys, turned=forward[number] != edges[number])
        for number, chain in chains.items()
    }
    height = max((y + sizes[node][1] for node, (_, y) in places.items()), default=0.0)
    return Layout(places, passes, ends[-1] if ends else 0.0, height)


def _without_cycles(count: int, edges: Sequence[Edge]) -> dict[int, Edge]:
    """Reverse every edge that closes a cycle; leave out edges within a box."""
    after: dict[int, list[int]] = defaultdict(list)
    for number, (left, right) in enumerate(edges):
        if left != right:
            after[left].append(number)
    state, forward = [0] * count, {}
    for root in range(count):
        stack = [(root, iter(after[root]))] if state[root] == 0 else []
        state[root] = state[root] or 1
        while stack:
            node, rest = stack[-1]
            number = next(rest, -1)
            if number < 0:
                state[node] = 2
                stack.pop()
                continue
            right = edges[number][1]
            forward[number] = (right, node) if state[right] == 1 else (node, right)
            if state[right] == 0:
                state[right] = 1
                stack.append((right, iter(after[right])))
    return forward


def _layers_of(
    sizes: Sequence[tuple[float, float]], joined: set[int], edges: Sequence[Edge], highest: float
) -> dict[int, int]:
    """Put each box to the right of all boxes it refers to; no layer gets higher than `highest`."""
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for left, right in edges:
        before[right].append(left)
        after[left].append(right)
    filled: dict[int, float] = defaultdict(float)
    layer: dict[int, int] = {}
    waiting = {node: len(before[node]) for node in joined}
    ready = sorted(node for node in joined if not waiting[node])
    for node in ready:  # grows while it is read: boxes whose left neighbors are all placed
        at = max((layer[left] + 1 for left in before[node]), default=0)
        while filled[at] and filled[at] + sizes[node][1] > highest:
            at += 1
        layer[node] = at
        filled[at] += sizes[node][1] + BETWEEN_BOXES
        for right in after[node]:
            waiting[right] -= 1
            if not waiting[right]:
                ready.append(right)
    return layer


def _chain(number: int, edge: Edge, layer: Mapping[int, int]) -> list[Node]:
    left, right = edge
    return [left, *((number, at) for at in range(layer[left] + 1, layer[right])), right]


def _rows(layer: Mapping[int, int], chains: Mapping[int, list[Node]]) -> list[list[Node]]:
    rows: dict[int, list[Node]] = defaultdict(list)
    for node, at in layer.items():
        rows[at].append(node)
    for chain in chains.values():
        for passing in chain[1:-1]:
            assert isinstance(passing, tuple)
            rows[passing[1]].append(passing)
    return [rows[at] for at in sorted(rows)]


def _ordered(rows: list[list[Node]], chains: Iterable[list[Node]]) -> list[list[Node]]:
    """Sort each layer by the mean position of its neighbors, left to right and back."""
    left, right = _neighbors(chains)
    for sweep in range(SWEEPS):
        neighbors, order = (left, rows) if sweep % 2 == 0 else (right, rows[::-1])
        for fixed, row in pairwise(order):
            place = {node: float(at) for at, node in enumerate(fixed)}
            own = {node: float(at) for at, node in enumerate(row)}
            row.sort(key=lambda n: _mean([place[m] for m in neighbors[n] if m in place], own[n]))
    return rows


def _neighbors(
    chains: Iterable[list[Node]],
) -> tuple[dict[Node, list[Node]], dict[Node, list[Node]]]:
    left: dict[Node, list[Node]] = defaultdict(list)
    right: dict[Node, list[Node]] = defaultdict(list)
    for chain in chains:
        for before, after in pairwise(chain):
            right[before].append(after)
            left[after].append(before)
    return left, right


def _across(
    rows: list[list[Node]], sizes: Sequence[tuple[float, float]]
) -> tuple[list[float], list[float]]:
    """Give where each layer begins and ends."""
    begins, ends, x = [], [], 0.0
    for row in rows:
        begins.append(x)
        ends.append(x + max((sizes[node][0] for node in _boxes(row)), default=0.0))
        x = ends[-1] + BETWEEN_LAYERS
    return begins, ends


def _down(
    rows: list[list[Node]], chains: Iterable[list[Node]], sizes: Sequence[tuple[float, float]]
) -> dict[Node, float]:
    """Move each box towards the middle of its neighbors, without touching the next box."""
    left, right = _neighbors(chains)
    high = {n: sizes[n][1] if isinstance(n, int) else SLOT for row in rows for n in row}
    ys: dict[Node, float] = {}
    for row in rows:
        _pile(row, dict.fromkeys(row, 0.0), high, ys)
    for sweep in range(SWEEPS):
        neighbors, order = (left, rows[1:]) if sweep % 2 == 0 else (right, rows[-2::-1])
        for row in order:
            wish = {n: _mean([ys[m] + high[m] / 2 for m in neighbors[n]], ys[n] + high[n] / 2)
                    - high[n] / 2 for n in row}  # fmt: skip
            _pile(row, wish, high, ys)
    top = min(ys.values(), default=0.0)
    return {node: y - top for node, y in ys.items()}


def _pile(
    row: list[Node], wish: Mapping[Node, float], high: Mapping[Node, float], ys: dict[Node, float]
) -> None:
    """Keep the order and the gaps, and place each group of boxes at its mean wish."""
    groups: list[tuple[list[Node], float, float]] = []  # nodes, sum of wishes for the top, height
    for node in row:
        nodes, total, height = [node], wish[node], high[node] + _gap(node)
        while groups and groups[-1][1] / len(groups[-1][0]) + groups[-1][2] > total / len(nodes):
            above, their_total, their_height = groups.pop()
            total = their_total + total - their_height * len(nodes)
            nodes, height = [*above, *nodes], their_height + height
        groups.append((nodes, total, height))
    for nodes, total, _ in groups:
        y = total / len(nodes)
        for node in nodes:
            ys[node] = y
            y += high[node] + _gap(node)


def _gap(node: Node) -> float:
    return BETWEEN_BOXES if isinstance(node, int) else SLOT


def _points(
    chain: list[Node],
    begins: Sequence[float],
    ends: Sequence[float],
    ys: Mapping[Node, float],
    *,
    turned: bool,
) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for passing in chain[1:-1]:
        assert isinstance(passing, tuple)
        y, at = ys[passing] + SLOT / 2, passing[1]
        points += [(begins[at], y), (ends[at], y)]
    return points[::-1] if turned else points


def _with_alone(layout: Layout, sizes: Sequence[tuple[float, float]], widest: float) -> Layout:
    """Put the boxes without lines into rows below the others."""
    places = dict(layout.places)
    x, y, line, width = 0.0, layout.height + BETWEEN_BOXES * 2 if places else 0.0, 0.0, layout.width
    alone = [node for node in range(len(sizes)) if node not in places]
    for node in alone:
        if x and x + sizes[node][0] > widest:
            x, y, line = 0.0, y + line + BETWEEN_BOXES, 0.0
        places[node] = (x, y)
        width = max(width, x + sizes[node][0])
        x, line = x + sizes[node][0] + BETWEEN_BOXES, max(line, sizes[node][1])
    return Layout(places, layout.passes, width, y + line if alone else layout.height)


def _boxes(row: Iterable[Node]) -> list[int]:
    return [node for node in row if isinstance(node, int)]


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
