"""How diagrams look: as text for Mermaid, as our own SVG, and as plain lines."""

from schema_lab.views.diagrams import (
    entities_svg,
    entities_text,
    graph_svg,
    graph_text,
    mermaid,
)

MOST_NODES = 20
"""Nodes that Mermaid still draws at a readable size."""
Bundle = dict[str, str] | tuple[dict[str, str], dict[str, dict[str, bool]]]


def bundle(mermaid: str, svg: str, text: str, *, large: bool = False) -> Bundle:
    """Offer all three forms; the program that shows them takes the first that it can show.

    A `large` diagram omits Mermaid, which would take seconds and shrink it to fit the page.
    """
    if large:
        return {"image/svg+xml": svg, "text/plain": text}, {"image/svg+xml": {"unconfined": True}}
    return {"text/vnd.mermaid": mermaid, "image/svg+xml": svg, "text/plain": text}


__all__ = [
    "MOST_NODES",
    "Bundle",
    "bundle",
    "entities_svg",
    "entities_text",
    "graph_svg",
    "graph_text",
    "mermaid",
]
