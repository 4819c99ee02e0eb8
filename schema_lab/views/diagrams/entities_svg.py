"""A table diagram as SVG: a box for each table, a line for each foreign key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from schema_lab.views.diagrams import svg
from schema_lab.views.diagrams.entities_text import (
    Shown,
    caption,
    column_words,
    names_alone,
    shown,
    tally,
)
from schema_lab.views.diagrams.layers import Layout, downwards, layered
from schema_lab.views.diagrams.shapes import (
    DiagramColumnShape,
    DiagramShape,
    DiagramTableShape,
    ReferenceShape,
)
from schema_lab.views.html import escape
from schema_lab.views.plain import count

ROW, HEADER, PAD, SMALL, TITLE, LOOP = 19.0, 25.0, 10.0, 6.2, 30.0, 34.0
MOST_NAME, MOST_TYPE = 32, 36


@dataclass(frozen=True)
class _Box:
    """A table with what is shown of it, and the pixels it takes."""

    table: DiagramTableShape
    shown: Shown
    names: float

    @classmethod
    def of(cls, table: DiagramTableShape, chosen: Shown) -> "_Box":
        names = max((svg.width_of(svg.cut(c.name, MOST_NAME)) for c in chosen.columns), default=0.0)
        return cls(table, chosen, names)

    @property
    def marked(self) -> float:
        return 14.0 if any(column.mark for column in self.shown.columns) else 0.0

    @property
    def left(self) -> float:
        """Where names begin: right of marks and keys."""
        keys = (" ".join(column.keys) for column in self.shown.columns)
        letters = max(map(len, keys), default=0)
        return PAD + self.marked + (SMALL * letters + 9 if letters else 0.0)

    @property
    def title(self) -> str:
        was = f"{svg.cut(self.table.before, MOST_NAME)} → " if self.table.before else ""
        return f"{self.table.mark} {was}{svg.cut(self.table.name, MOST_NAME)}".strip()

    @property
    def more(self) -> str:
        return count(self.shown.hidden, "column") if self.shown.hidden else ""

    @property
    def size(self) -> tuple[float, float]:
        words = (svg.cut(column_words(column), MOST_TYPE) for column in self.shown.columns)
        types = max(map(svg.width_of, words), default=0.0)
        head = svg.width_of(self.title) * 1.06 + 2 * PAD
        rows = len(self.shown.columns)
        body = self.left + self.names + 14 + types + PAD if rows else 0.0
        alone = svg.width_of(self.more) + 12 if self.more and not rows else 0.0
        extra = 1 if self.more and rows else 0
        return max(head + alone, body, 96.0), HEADER + ROW * (rows + extra) + (5 if rows else 0)

    def port(self, name: str) -> float:
        """Give the height at which a line meets a column, or the box where it is not shown."""
        for number, column in enumerate(self.shown.columns):
            if column.name == name:
                return HEADER + ROW * (number + 0.5) + 2
        return HEADER / 2


def picture(diagram: DiagramShape) -> str:
    """Draw the diagram."""
    chosen = shown(diagram)
    boxes = {table.name: _Box.of(table, chosen[table.name]) for table in diagram.tables}
    numbers = {name: number for number, name in enumerate(boxes)}
    edges = [(numbers[key.target], numbers[key.table]) for key in diagram.references]
    lay_out = downwards if names_alone(diagram) else layered
    layout = lay_out([box.size for box in boxes.values()], edges)
    said = caption(diagram)
    marks = tally(diagram)
    heading = svg.text(0, 12, svg.cut(said, 120), fill=svg.FAINT)
    below = svg.text(0, 28, marks, fill=svg.FAINT) if marks else ""
    top = TITLE + (14 if marks else 0)
    draw = _line_down if names_alone(diagram) else _line
    lines = [draw(key, boxes, numbers, layout, at) for at, key in enumerate(diagram.references)]
    tables = [_table(box, layout.places[numbers[name]]) for name, box in boxes.items()]
    body = f'<g transform="translate(0 {top})">{"".join([*lines, *tables])}</g>'
    wide = max(
        layout.width + (LOOP if any(a == b for a, b in edges) else 0.0),
        svg.width_of(svg.cut(said, 120)),
    )
    return svg.picture(wide, layout.height + top, said, [heading, below, body])


def _table(box: _Box, place: tuple[float, float]) -> str:
    x, y = place
    width, height = box.size
    tone = svg.TONES.get(box.table.mark)
    dashed = {"stroke_dasharray": "5 3"} if box.table.mark == "-" else {}
    pieces = [
        svg.box(x, y, width, height, rx="4", fill=svg.PAPER),
        svg.box(x, y, width, HEADER, rx="4", fill=svg.HEAD),
        svg.text(x + PAD, y + 17, box.title, font_weight="bold", fill=tone or svg.INK),
        *_rows(box, x, y + HEADER + 2),
        svg.box(x, y, width, height, rx="4", fill="none", stroke=tone or svg.LINE,
                stroke_width="2" if tone else "1", **dashed),
    ]  # fmt: skip
    if box.more and not box.shown.columns:
        at = x + width - PAD - svg.width_of(box.more)
        pieces.append(svg.text(at, y + 17, box.more, fill=svg.FAINT))
    return f"<g><title>{escape(_title(box))}</title>{''.join(pieces)}</g>"


def _title(box: _Box) -> str:
    return f"{box.table.mark} {box.table.name}".strip()


def _rows(box: _Box, x: float, y: float) -> Iterator[str]:
    for number, column in enumerate(box.shown.columns):
        yield _row(box, column, x, y + ROW * number + 14)
    if box.more and box.shown.columns:
        at = y + ROW * len(box.shown.columns) + 14
        yield svg.text(x + box.left, at, f"… {box.more}", fill=svg.FAINT)


def _row(box: _Box, column: DiagramColumnShape, x: float, y: float) -> str:
    tone = svg.TONES.get(column.mark, "")
    name = svg.cut(column.name, MOST_NAME)
    struck = {"text_decoration": "line-through"} if column.mark == "-" else {}
    bold = {"font_weight": "bold"} if column.mark or "PK" in column.keys else {}
    pieces = [
        svg.text(x + box.left, y, name, fill=tone or svg.INK, **struck, **bold),
        svg.text(x + box.left + box.names + 14, y, svg.cut(column_words(column), MOST_TYPE),
                 fill=tone or svg.FAINT, **struck),
    ]  # fmt: skip
    if column.mark:
        pieces.append(svg.text(x + PAD - 2, y, column.mark, fill=tone, font_weight="bold"))
    if column.keys:
        at = x + PAD + box.marked
        pieces.append(svg.text(at, y, " ".join(column.keys), fill=svg.FAINT, font_size="10"))
    return "".join(pieces)


def _line(
    key: ReferenceShape,
    boxes: Mapping[str, _Box],
    numbers: Mapping[str, int],
    layout: Layout,
    at: int,
) -> str:
    """Draw a line from the target (a bar) to the column that refers to it (a crow's foot)."""
    target, source = boxes[key.target], boxes[key.table]
    (tx, ty), (sx, sy) = layout.places[numbers[key.target]], layout.places[numbers[key.table]]
    ty += target.port(key.target_columns[0] if key.target_columns else "")
    sy += source.port(key.columns[0] if key.columns else "")
    passes = list(layout.passes.get(at, ()))
    if key.target == key.table:
        right = sx + source.size[0]
        out = right + LOOP * 4 / 3
        points = f"M{right:.1f} {ty:.1f}C{out:.1f} {ty:.1f} {out:.1f} {sy:.1f} {right:.1f} {sy:.1f}"
        return svg.path(points, **_stroke(key)) + _foot(right, sy, 1, key)
    rightwards = tx < sx
    start = tx + target.size[0] if rightwards else tx
    end = sx if rightwards else sx + source.size[0]
    side = 1 if rightwards else -1
    points = svg.curve([(start, ty), *passes, (end - 9 * side, sy), (end, sy)])
    bar = svg.path(f"M{start + 7 * side:.1f} {ty - 5:.1f}v10", **_solid(key))
    return _named(key, svg.path(points, **_stroke(key)) + bar + _foot(end, sy, -side, key))


def _line_down(
    key: ReferenceShape,
    boxes: Mapping[str, _Box],
    numbers: Mapping[str, int],
    layout: Layout,
    at: int,
) -> str:
    """Draw a line between two names, from the lower edge of the upper to the lower name.

    All lines to one table have its color, because with many tables they run side by side.
    """
    places, target, source = layout.places, numbers[key.target], numbers[key.table]
    (tx, ty), (sx, sy) = places[target], places[source]
    tx, sx = tx + boxes[key.target].size[0] / 2, sx + boxes[key.table].size[0] / 2
    down = ty <= sy
    start, end = (tx, ty + HEADER if down else ty), (sx, sy if down else sy + HEADER)
    points = svg.plumb([start, *layout.passes.get(at, ()), end])
    tone = {} if key.mark else {"stroke": svg.LANES[target % len(svg.LANES)]}
    return _named(key, svg.path(points, **{**_solid(key), **tone}))


def _named(key: ReferenceShape, drawn: str) -> str:
    title = f"{key.table} ({', '.join(key.columns)}) → {key.target}"
    return f"<g><title>{escape(title)}</title>{drawn}</g>"


def _foot(x: float, y: float, side: int, key: ReferenceShape) -> str:
    ends = _solid(key)
    if key.single:
        return svg.path(f"M{x + 7 * side:.1f} {y - 5:.1f}v10", **ends)
    spread = f"M{x:.1f} {y - 5:.1f}L{x + 9 * side:.1f} {y:.1f}L{x:.1f} {y + 5:.1f}"
    return svg.path(spread, **ends)


def _stroke(key: ReferenceShape) -> dict[str, str]:
    tone = svg.TONES.get(key.mark)
    dashes = "6 4" if key.mark == "-" else "2 3" if key.optional else ""
    stroke = {"stroke": tone or svg.LINE, "stroke_width": "2" if tone else "1.2"}
    return {**stroke, "stroke_dasharray": dashes}


def _solid(key: ReferenceShape) -> dict[str, str]:
    return {**_stroke(key), "stroke_dasharray": ""}
