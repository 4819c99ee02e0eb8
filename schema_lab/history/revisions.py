"""Revisions as values: each by itself, the history that lists them, and the graph of them.

The graph shows the order of the revisions, the database's current revision and the branches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.script import Script

from schema_lab.compat.alembic_private import own_dependencies, own_labels
from schema_lab.history.checksums import Checksums
from schema_lab.views import diagrams
from schema_lab.views import history as view
from schema_lab.views.frame import frame_of
from schema_lab.views.plain import count

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Revision:
    """One revision: a script in versions/, and whether it is applied.

    `edited` is true when the file was changed after it was applied; `labels` are those of the
    branch that begins here, `depends_on` the revisions of other branches that must come first.
    """

    id: str
    message: str
    down: tuple[str, ...]
    path: Path | None
    is_head: bool = False
    applied: bool = False
    edited: bool = False
    labels: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()

    @classmethod
    def of(cls, script: Script, applied: bool = False, edited: bool = False) -> Revision:
        """Take what the lab shows of one of Alembic's scripts."""
        down = script.down_revision
        return cls(
            id=script.revision,
            message=script.doc,
            down=(down,) if isinstance(down, str) else tuple(down or ()),
            path=Path(script.path),
            is_head=script.is_head,
            applied=applied,
            edited=edited,
            # `branch_labels` has those of the whole branch, these are the ones that the file names.
            labels=tuple(sorted(own_labels(script))),
            depends_on=tuple(sorted(own_dependencies(script))),
        )

    @property
    def code(self) -> str:
        """The script as it is on disk. Read-only."""
        return self.path.read_text(encoding="utf-8") if self.path else ""

    def __repr__(self) -> str:
        return view.revision_text(self)

    def _repr_html_(self) -> str:
        return view.revision_html(self)


@dataclass(frozen=True)
class History:
    """Revisions, newest first."""

    revisions: tuple[Revision, ...]
    nothing: str = "No revision yet."

    @property
    def frame(self) -> pd.DataFrame:
        """The history as a table.

        Returns
        -------
        DataFrame
            Columns revision, message, down_revision (str), applied, head, edited (bool);
            newest first.
        """
        rows = [
            (it.id, it.message, ", ".join(it.down) or None, it.applied, it.is_head, it.edited)
            for it in self.revisions
        ]
        names = ["revision", "message", "down_revision", "applied", "head", "edited"]
        return frame_of(rows, names)

    def __iter__(self) -> Iterator[Revision]:
        return iter(self.revisions)

    def __len__(self) -> int:
        return len(self.revisions)

    def __getitem__(self, index: int) -> Revision:
        return self.revisions[index]

    def __repr__(self) -> str:
        return view.history_text(self)

    def _repr_html_(self) -> str:
        return view.history_html(self)


def history_of(
    scripts: Iterable[Script], applied: frozenset[str], known: Checksums | None = None
) -> History:
    """Give the history of scripts, newest first, marking those that the database has."""
    return History(tuple(_marked(script, script.revision in applied, known) for script in scripts))


def _marked(script: Script, applied: bool, known: Checksums | None) -> Revision:
    edited = applied and known is not None and known.edited(script.revision, Path(script.path))
    return Revision.of(script, applied, edited)


FOLDED_FROM = 24
"""Histories that are longer have their long runs folded."""
KEPT_AT_ENDS, SHORTEST_FOLD = 2, 4


@dataclass(frozen=True)
class Node:
    """A revision in the graph, or a run of `folded` revisions in a line.

    `state` is "current", "applied" or "pending"; `words` are the state and marks such as "head".
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
    nodes: tuple[Node, ...]

    @classmethod
    def of(cls, history: History, *, whole: bool = False) -> Graph:
        """Take the graph of a history; long runs are folded unless the `whole` is asked for."""
        nodes = _nodes(history.revisions)
        title = _title(history.revisions)
        return cls(title, tuple(nodes if whole or len(nodes) <= FOLDED_FROM else _folded(nodes)))

    @property
    def mermaid(self) -> str:
        """The graph as text for Mermaid."""
        return diagrams.mermaid.graph(self)

    @property
    def svg(self) -> str:
        """The graph as a picture, complete in itself."""
        return diagrams.graph_svg.picture(self)

    def __repr__(self) -> str:
        return diagrams.graph_text.text(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> diagrams.Bundle:
        large = len(self.nodes) > diagrams.MOST_NODES
        return diagrams.bundle(self.mermaid, self.svg, repr(self), large=large)


def _title(revisions: Sequence[Revision]) -> str:
    applied = sum(revision.applied for revision in revisions)
    heads = count(sum(revision.is_head for revision in revisions), "head")
    pending = len(revisions) - applied
    return f"{count(len(revisions), 'revision')}: {applied} applied, {pending} pending; {heads}"


def _nodes(revisions: Sequence[Revision]) -> list[Node]:
    followed = {down for revision in revisions if revision.applied for down in revision.down}
    return [_node(revision, followed) for revision in revisions]


def _node(revision: Revision, followed: set[str]) -> Node:
    applied = "applied" if revision.id in followed else "current"
    state = applied if revision.applied else "pending"
    marks = {
        state: state != "applied", "edited": revision.edited, "head": revision.is_head,
        "merge": len(revision.down) > 1, "base": not revision.down and state != "current",
    }  # fmt: skip
    labels = tuple(f"branch {label}" for label in revision.labels)
    words = (*(word for word, holds in marks.items() if holds), *labels)
    down, needed = revision.down, revision.depends_on
    return Node(revision.id, revision.message, down, needed, state, words)


def _folded(nodes: list[Node]) -> list[Node]:
    """Fold each long run of revisions in a line that have no marks."""
    kept: list[Node] = []
    for run in _runs(nodes):
        inner = run[KEPT_AT_ENDS:-KEPT_AT_ENDS]
        if len(inner) < SHORTEST_FOLD:
            kept += run
            continue
        first, last = inner[0], inner[-1]
        # It keeps the id of its newest revision, on which the node above it follows.
        fold = replace(
            first, message=f"{last.id} … {first.id}", down=last.down, words=(), folded=len(inner)
        )
        kept += [*run[:KEPT_AT_ENDS], fold, *run[-KEPT_AT_ENDS:]]
    return kept


def _runs(nodes: list[Node]) -> Iterable[list[Node]]:
    """Split the nodes at marks and branches; within a run each node has one follower."""
    children: dict[str, int] = {}
    for node in nodes:
        for down in node.down:
            children[down] = children.get(down, 0) + 1
    needed = {down for node in nodes for down in node.depends_on}
    run: list[Node] = []
    for node in nodes:
        plain = len(node.down) == 1 and children.get(node.id) == 1 and not node.depends_on
        plain = plain and node.id not in needed and set(node.words) <= {"pending"}
        follows = run and run[-1].down == (node.id,) and run[-1].state == node.state
        if run and not (plain and follows):
            yield run
            run = []
        run.append(node)
        if not plain:
            yield run
            run = []
    if run:
        yield run
