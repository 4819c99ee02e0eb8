"""The revision graph: what follows what, where the database stands, which branches are open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from schema_lab.history.revisions import History, Revision
from schema_lab.views import diagrams as view
from schema_lab.views.plain import count

FOLDED_FROM = 24
"""Histories that are longer have their long runs folded."""
KEPT_AT_ENDS, SHORTEST_FOLD = 2, 4


@dataclass(frozen=True)
class Knot:
    """A revision in the graph, or a run of `folded` ones that stand in a line.

    `state` is "current", "applied" or "pending"; `words` are the state and more, such as "head".
    """

    id: str
    message: str
    down: tuple[str, ...]
    depends_on: tuple[str, ...]
    state: str
    words: tuple[str, ...]
    folded: int = 0


@dataclass(frozen=True)
class Graph:
    """The revisions of a project, newest first, with lanes for its branches.

    Examples
    --------
    >>> first = Revision("0001", "Start", (), None, applied=True)
    >>> second = Revision("0002", "Add plans", ("0001",), None, is_head=True)
    >>> Graph.of(History((second, first)))
    2 revisions: 1 applied, 1 pending; 1 head
    ○ 0002  Add plans  (pending, head)
    ◉ 0001  Start  (current)
    """

    title: str
    knots: tuple[Knot, ...]

    @classmethod
    def of(cls, history: History, *, whole: bool = False) -> Graph:
        """Take the graph of a history; long runs are folded unless the `whole` is asked for."""
        knots = _knots(history.revisions)
        title = _title(history.revisions)
        return cls(title, tuple(knots if whole or len(knots) <= FOLDED_FROM else _folded(knots)))

    @property
    def mermaid(self) -> str:
        """The graph as text for Mermaid."""
        return view.graph_mermaid.text(self)

    @property
    def svg(self) -> str:
        """The graph as a picture, complete in itself."""
        return view.graph_svg.picture(self)

    def __repr__(self) -> str:
        return view.graph_text.text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> view.Bundle:
        large = len(self.knots) > view.MOST_KNOTS
        return view.bundle(self.mermaid, self.svg, repr(self), large=large)


def _title(revisions: Sequence[Revision]) -> str:
    applied = sum(one.applied for one in revisions)
    heads = count(sum(one.is_head for one in revisions), "head")
    pending = len(revisions) - applied
    return f"{count(len(revisions), 'revision')}: {applied} applied, {pending} pending; {heads}"


def _knots(revisions: Sequence[Revision]) -> list[Knot]:
    followed = {down for one in revisions if one.applied for down in one.down}
    return [_knot(one, followed) for one in revisions]


def _knot(one: Revision, followed: set[str]) -> Knot:
    state = ("applied" if one.id in followed else "current") if one.applied else "pending"
    marks = {
        state: state != "applied", "edited": one.edited, "head": one.is_head,
        "merge": len(one.down) > 1, "base": not one.down and state != "current",
    }  # fmt: skip
    labels = tuple(f"branch {label}" for label in one.labels)
    words = (*(word for word, holds in marks.items() if holds), *labels)
    return Knot(one.id, one.message, one.down, one.depends_on, state, words)


def _folded(knots: list[Knot]) -> list[Knot]:
    """Fold each long run of revisions that stand in a line and have nothing of note."""
    kept: list[Knot] = []
    for run in _runs(knots):
        inner = run[KEPT_AT_ENDS:-KEPT_AT_ENDS]
        if len(inner) < SHORTEST_FOLD:
            kept += run
            continue
        first, last = inner[0], inner[-1]
        # It keeps the id of its newest revision, to which what stands above leads.
        fold = replace(
            first, message=f"{last.id} … {first.id}", down=last.down, words=(), folded=len(inner)
        )
        kept += [*run[:KEPT_AT_ENDS], fold, *run[-KEPT_AT_ENDS:]]
    return kept


def _runs(knots: list[Knot]) -> Iterable[list[Knot]]:
    """Split the knots where something is of note; within a run each leads to the next alone."""
    children: dict[str, int] = {}
    for one in knots:
        for down in one.down:
            children[down] = children.get(down, 0) + 1
    needed = {down for one in knots for down in one.depends_on}
    run: list[Knot] = []
    for one in knots:
        plain = len(one.down) == 1 and children.get(one.id) == 1 and not one.depends_on
        plain = plain and one.id not in needed and set(one.words) <= {"pending"}
        follows = run and run[-1].down == (one.id,) and run[-1].state == one.state
        if run and not (plain and follows):
            yield run
            run = []
        run.append(one)
        if not plain:
            yield run
            run = []
    if run:
        yield run
