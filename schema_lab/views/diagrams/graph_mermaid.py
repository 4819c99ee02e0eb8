"""A graph of revisions for Mermaid, as a flowchart from the newest down."""

from collections.abc import Iterator

from schema_lab.views.diagrams import mermaid
from schema_lab.views.diagrams.graph_text import MARKS, remarks, words
from schema_lab.views.diagrams.shapes import GraphShape, KnotShape

_CLASSES = {
    "current": "stroke:#2da44e,stroke-width:4px",
    "applied": "stroke:#2da44e,stroke-width:1px",
    "pending": "stroke:#c69026,stroke-width:2px,stroke-dasharray:5 4",
}


def text(graph: GraphShape) -> str:
    """Write the graph; an arrow leads from a revision to what follows it."""
    ids = {one.id: f"r{number}" for number, one in enumerate(graph.knots)}
    nodes = [_node(ids[one.id], one) for one in graph.knots]
    edges = [edge for one in graph.knots for edge in _edges(ids, one)]
    states = {state: style for state, style in _CLASSES.items()
              if any(one.state == state for one in graph.knots)}  # fmt: skip
    styles = [f"  classDef {state} {style}" for state, style in states.items()]
    kept = [f"  class {ids[one.id]} {one.state}" for one in graph.knots if one.state in states]
    return "\n".join(["flowchart BT", *nodes, *edges, *styles, *kept]) + "\n"


def _node(key: str, one: KnotShape) -> str:
    mark = "⋮" if one.folded else MARKS.get(one.state, "○")
    name = "" if one.folded else f"{one.id} "
    state = remarks(one)
    lines = [f"{mark} {name}{words(one)}", *([state] if state else [])]
    said = "<br/>".join(mermaid.coded(line) for line in lines)
    return f'  {key}["{said}"]'


def _edges(ids: dict[str, str], one: KnotShape) -> Iterator[str]:
    for parent in one.down:
        if parent in ids:
            yield f"  {ids[parent]} --> {ids[one.id]}"
    for needed in one.depends_on:
        if needed in ids:
            yield f"  {ids[needed]} -.-> {ids[one.id]}"
