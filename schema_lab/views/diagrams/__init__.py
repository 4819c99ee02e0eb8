"""How diagrams look: Mermaid, our own SVG, an outline."""

from schema_lab.views.diagrams import (
    detail,
    entities_mermaid,
    entities_svg,
    entities_text,
    graph_mermaid,
    graph_svg,
    graph_text,
)

MOST_KNOTS = 20
"""Knots that Mermaid still draws at a size that can be read."""
Bundle = dict[str, str] | tuple[dict[str, str], dict[str, dict[str, bool]]]


def bundle(mermaid: str, svg: str, text: str, *, large: bool = False) -> Bundle:
    """Offer all three; the program that shows them takes the first that it can.

    A `large` one goes without Mermaid, which would take seconds and shrink it to fit the page.
    """
    if large:
        return {"image/svg+xml": svg, "text/plain": text}, {"image/svg+xml": {"unconfined": True}}
    return {"text/vnd.mermaid": mermaid, "image/svg+xml": svg, "text/plain": text}


__all__ = [
    "MOST_KNOTS",
    "Bundle",
    "bundle",
    "detail",
    "entities_mermaid",
    "entities_svg",
    "entities_text",
    "graph_mermaid",
    "graph_svg",
    "graph_text",
]
