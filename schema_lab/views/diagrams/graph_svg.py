"""A graph of revisions as our own SVG: lanes with a dot for each revision, its words beside it."""

from collections.abc import Iterator

from schema_lab.views.diagrams import svg
from schema_lab.views.diagrams.graph_text import NOTHING, remarks, words
from schema_lab.views.diagrams.lanes import Row, rows, width
from schema_lab.views.diagrams.shapes import GraphShape, KnotShape
from schema_lab.views.html import escape

ROW, LANE, TOP, DOT = 26.0, 20.0, 40.0, 5.5
STATES = {"current": svg.TONES["+"], "applied": "#57606a", "pending": svg.TONES["~"]}
MOST_WORDS = 70


def picture(graph: GraphShape) -> str:
    """Draw the graph, newest revision first."""
    found = rows(graph.knots)
    if not found:
        return svg.picture(180, 16, NOTHING, [svg.text(0, 13, NOTHING)])
    left = width(found) * LANE + 6
    ids = max(svg.width_of(svg.cut(one.id, 16)) for one in graph.knots if not one.folded)
    pieces = [svg.text(0, 12, svg.cut(graph.title, 110), fill=svg.FAINT)]
    at = {row.knot.id: number for number, row in enumerate(found)}
    pieces += [line for number, row in enumerate(found) for line in _lines(found, at, number, row)]
    pieces += [_dot(row, number) for number, row in enumerate(found)]
    written = [_words(row.knot, left, _y(number), ids) for number, row in enumerate(found)]
    wide = max(width_ for _, width_ in written)
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
    """Lead a line from a knot to each parent, through the lane that waits for it."""
    for parent, lane in row.ways:
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
    tone = STATES.get(row.knot.state, svg.FAINT)
    if row.knot.folded:
        back = svg.box(x - 5, y - 8, 10, 16, fill=svg.PAPER)
        return back + svg.text(x - 3.6, y + 4, "⋮", fill=tone, font_weight="bold")
    filled = svg.PAPER if row.knot.state == "pending" else tone
    dash = "2.5 2" if row.knot.state == "pending" else ""
    ring = svg.dot(x, y, DOT, fill=filled, stroke=tone, stroke_width="2", stroke_dasharray=dash)
    if row.knot.state != "current":
        return ring
    return svg.dot(x, y, DOT + 3, fill=svg.PAPER, stroke=tone, stroke_width="2") + ring


def _words(one: KnotShape, x: float, y: float, ids: float) -> tuple[str, float]:
    """Write a row's words; gives them with the place where they end."""
    pieces = []
    if not one.folded:
        pieces.append(svg.text(x, y + 4, svg.cut(one.id, 16), font_weight="bold"))
    x += ids + 14
    said = svg.cut(words(one), MOST_WORDS)
    pieces.append(svg.text(x, y + 4, said, fill=svg.FAINT if one.folded else svg.INK))
    x += svg.width_of(said) + 12
    state = svg.cut(remarks(one), MOST_WORDS)
    if state and not one.folded:
        wide = svg.width_of(state) + 14
        tone = STATES.get(one.state, svg.FAINT)
        pieces.append(svg.box(x, y - 9, wide, 18, rx="9", fill="none", stroke=tone))
        pieces.append(svg.text(x + 7, y + 4, state, fill=tone))
        x += wide
    name = escape(f"{one.id} {words(one)}")
    return f"<g><title>{name}</title>{''.join(pieces)}</g>", x + 2
