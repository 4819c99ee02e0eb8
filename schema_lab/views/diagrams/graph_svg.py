"""A graph of revisions as SVG: lanes with a dot for each revision, its message beside it."""

from collections.abc import Iterator

from schema_lab.views.diagrams import svg
from schema_lab.views.diagrams.graph_text import NO_REVISIONS, Row, remarks, rows, width, words
from schema_lab.views.diagrams.shapes import GraphShape, NodeShape
from schema_lab.views.html import escape

ROW, LANE, TOP, DOT = 26.0, 20.0, 40.0, 5.5
STATES = {"current": svg.TONES["+"], "applied": "#57606a", "pending": svg.TONES["~"]}
MOST_WORDS = 70


def picture(graph: GraphShape) -> str:
    """Draw the graph, newest revision first."""
    found = rows(graph.nodes)
    if not found:
        return svg.picture(180, 16, NO_REVISIONS, [svg.text(0, 13, NO_REVISIONS)])
    left = width(found) * LANE + 6
    ids = max(svg.width_of(svg.cut(node.id, 16)) for node in graph.nodes if not node.folded)
    pieces = [svg.text(0, 12, svg.cut(graph.title, 110), fill=svg.FAINT)]
    at = {row.node.id: number for number, row in enumerate(found)}
    pieces += [line for number, row in enumerate(found) for line in _lines(found, at, number, row)]
    pieces += [_dot(row, number) for number, row in enumerate(found)]
    written = [_words(row.node, left, _y(number), ids) for number, row in enumerate(found)]
    wide = max(end for _, end in written)
    pieces += [piece for piece, _ in written]
    return svg.picture(
        max(wide, svg.width_of(svg.cut(graph.title, 110))), _y(len(found)) - ROW / 2,
        graph.title, pieces,
    )  # fmt: skip


def _y(number: int) -> float:
    return TOP + ROW * number


def _x(lane: int) -> float:
    return DOT + 2 + LANE * lane


def _lines(found: list[Row], at: dict[str, int], number: int, row: Row) -> Iterator[str]:
    """Draw a line from a node to each parent, through the lane that leads to it."""
    for parent, lane in row.parents:
        end = at[parent]
        x, y = _x(row.lane), _y(number)
        to_x, to_y = _x(found[end].lane), _y(end)
        by = _x(lane)
        steps = f"M{x} {y}" + _bend(x, y, by, y + ROW)
        if end - number > 1:
            steps += f"V{to_y - ROW}" + _bend(by, to_y - ROW, to_x, to_y)
        elif by != to_x:
            steps = f"M{x} {y}" + _bend(x, y, to_x, to_y)
        tone = svg.LANES[max(lane, row.lane) % len(svg.LANES)]
        yield svg.path(steps, stroke=tone, stroke_width="2")


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (y + to_y) / 2
    return f"V{to_y}" if x == to_x else f"C{x} {half} {to_x} {half} {to_x} {to_y}"


def _dot(row: Row, number: int) -> str:
    x, y = _x(row.lane), _y(number)
    tone = STATES.get(row.node.state, svg.FAINT)
    if row.node.folded:
        back = svg.box(x - 5, y - 8, 10, 16, fill=svg.PAPER)
        return back + svg.text(x - 3.6, y + 4, "⋮", fill=tone, font_weight="bold")
    filled = svg.PAPER if row.node.state == "pending" else tone
    dash = "2.5 2" if row.node.state == "pending" else ""
    ring = svg.dot(x, y, DOT, fill=filled, stroke=tone, stroke_width="2", stroke_dasharray=dash)
    if row.node.state != "current":
        return ring
    return svg.dot(x, y, DOT + 3, fill=svg.PAPER, stroke=tone, stroke_width="2") + ring


def _words(node: NodeShape, x: float, y: float, ids: float) -> tuple[str, float]:
    """Write a row's words; gives them with the place where they end."""
    pieces = []
    if not node.folded:
        pieces.append(svg.text(x, y + 4, svg.cut(node.id, 16), font_weight="bold"))
    x += ids + 14
    said = svg.cut(words(node), MOST_WORDS)
    pieces.append(svg.text(x, y + 4, said, fill=svg.FAINT if node.folded else svg.INK))
    x += svg.width_of(said) + 12
    state = svg.cut(remarks(node), MOST_WORDS)
    if state and not node.folded:
        wide = svg.width_of(state) + 14
        tone = STATES.get(node.state, svg.FAINT)
        pieces.append(svg.box(x, y - 9, wide, 18, rx="9", fill="none", stroke=tone))
        pieces.append(svg.text(x + 7, y + 4, state, fill=tone))
        x += wide
    name = escape(f"{node.id} {words(node)}")
    return f"<g><title>{name}</title>{''.join(pieces)}</g>", x + 2
