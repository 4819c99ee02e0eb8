"""Lanes of a graph: each revision in a row of its own, what follows it in lanes below."""

from collections.abc import Sequence
from dataclasses import dataclass

from schema_lab.views.diagrams.shapes import KnotShape

Lanes = tuple[str | None, ...]


@dataclass(frozen=True)
class Row:
    """One knot: the lane it stands in, which parent each lane leads to before it and after it.

    `ways` are the lanes that lead from the knot, each with its parent.
    """

    knot: KnotShape
    lane: int
    above: Lanes
    below: Lanes
    ways: tuple[tuple[str, int], ...]

    @property
    def joining(self) -> list[int]:
        """The lanes that end at this knot, its own among them."""
        return [at for at, goal in enumerate(self.above) if goal == self.knot.id]

    @property
    def leaving(self) -> list[int]:
        """The lanes that lead from this knot to its parents."""
        return [at for _, at in self.ways]


def rows(knots: Sequence[KnotShape]) -> list[Row]:
    """Give each knot its lane; knots come before their parents."""
    known = {one.id for one in knots}
    found, lanes = [], list[str | None]()
    for one in knots:
        above = tuple(lanes)
        at = lanes.index(one.id) if one.id in lanes else _free(lanes)
        lanes = [None if goal == one.id else goal for goal in lanes]
        ways: list[tuple[str, int]] = []
        for parent in (each for each in one.down if each in known):
            # The first parent keeps the lane, also where another lane leads to it already.
            there = lanes.index(parent) if ways and parent in lanes else -1
            way = at if not ways else there if there >= 0 else _free(lanes)
            lanes[way] = parent
            ways.append((parent, way))
        while lanes and lanes[-1] is None:
            lanes.pop()
        found.append(Row(one, at, above, tuple(lanes), tuple(ways)))
    return found


def width(found: Sequence[Row]) -> int:
    """Give the number of lanes."""
    return max((max(one.lane + 1, len(one.above), len(one.below)) for one in found), default=0)


def _free(lanes: list[str | None]) -> int:
    """Give a lane that leads nowhere, a new one if there is none."""
    if None not in lanes:
        lanes.append(None)
    return lanes.index(None)
