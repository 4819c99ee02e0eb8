"""Mermaid text of a table diagram (erDiagram) and of a revision graph (flowchart).

Mermaid's lexer finds keywords in the middle of a line ("direction LR", "%%"), reads Markdown in
labels and allows no quotation mark in a quoted string. So in a label everything but letters and
digits is written as a character code. The words follow the theme of the page.
"""

import re
from collections.abc import Iterator

from schema_lab.views.diagrams.entities_text import Shown, joined, shown
from schema_lab.views.diagrams.graph_text import MARKS, remarks, words
from schema_lab.views.diagrams.shapes import (
    DiagramColumnShape,
    DiagramShape,
    DiagramTableShape,
    GraphShape,
    NodeShape,
    ReferenceShape,
)
from schema_lab.views.plain import count, visible

LONGEST = 48_000
"""Characters; Mermaid, unless configured, refuses a text of 50 000."""

LABELS = """---
config:
  themeCSS: '.edgeLabel p {
    background-color: rgb(from currentColor calc(255 - r) calc(255 - g) calc(255 - b)) }'
---
"""
"""The start of a text: the background of a label on a line is the inverse of the text color.

Mermaid's own dark theme puts #ccc on #585858, which is 4.43 to 1; this gives 7.9 in each theme.
"""

_LETTERS_FROM = 0xC0
"""Latin-1 ends with letters; below are signs, which Mermaid might use for itself."""
_JOINER = "\u2060"
"""Takes no room, and keeps two characters from being read as one."""
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_()\[\],.-]*")
_KEYS = {"PK", "FK", "UK"}

_TABLE_STYLES = {
    "+": "classDef added stroke:#2da44e,stroke-width:3px",
    "-": "classDef dropped stroke:#e5534b,stroke-width:3px",
    "~": "classDef changed stroke:#c69026,stroke-width:3px",
}
_MARK_NAMES = {"+": "added", "-": "dropped", "~": "changed"}
_STATE_STYLES = {
    "current": "stroke:#2da44e,stroke-width:4px",
    "applied": "stroke:#2da44e,stroke-width:1px",
    "pending": "stroke:#c69026,stroke-width:2px,stroke-dasharray:5 4",
}


def diagram(drawn: DiagramShape) -> str:
    """Write a table diagram; with names alone where it would be too long for Mermaid."""
    columns = shown(drawn)
    written = _diagram(drawn, columns)
    if len(written) <= LONGEST:
        return written
    return _diagram(drawn, {name: Shown((), 0) for name in columns})


def graph(drawn: GraphShape) -> str:
    """Write a revision graph; an arrow leads from a revision to the next one."""
    ids = {node.id: f"r{number}" for number, node in enumerate(drawn.nodes)}
    nodes = [_node(ids[node.id], node) for node in drawn.nodes]
    edges = [edge for node in drawn.nodes for edge in _edges(ids, node)]
    present = {node.state for node in drawn.nodes}
    states = {state: style for state, style in _STATE_STYLES.items() if state in present}
    styles = [f"  classDef {state} {style}" for state, style in states.items()]
    styled = [node for node in drawn.nodes if node.state in states]
    classes = [f"  class {ids[node.id]} {node.state}" for node in styled]
    return "\n".join(["flowchart BT", *nodes, *edges, *styles, *classes]) + "\n"


def label(text: object) -> str:
    """Write a quoted label.

    Examples
    --------
    >>> label('users"')
    '"users#34;"'
    """
    return f'"{_coded(text)}"'


def _coded(text: object) -> str:
    """Write every character that could mean something to Mermaid as a character code."""
    # In a flowchart a backslash and an n become a new line, also when both are written as codes.
    said = visible(text).replace("\\n", f"\\{_JOINER}n")
    return "".join(c if c in _PLAIN or ord(c) >= _LETTERS_FROM else f"#{ord(c)};" for c in said)


def _diagram(drawn: DiagramShape, columns: dict[str, Shown]) -> str:
    ids = {table.name: f"t{number}" for number, table in enumerate(drawn.tables)}
    lines = [f"{LABELS}erDiagram", "  direction LR"]
    for table in drawn.tables:
        lines += _table(ids[table.name], table, columns[table.name])
    lines += [_reference(ids, reference) for reference in drawn.references]
    present = {table.mark for table in drawn.tables}
    lines += [f"  {style}" for mark, style in _TABLE_STYLES.items() if mark in present]
    marked = [table for table in drawn.tables if table.mark]
    lines += [f"  class {ids[table.name]} {_MARK_NAMES[table.mark]}" for table in marked]
    return "\n".join(lines) + "\n"


def _table(key: str, table: DiagramTableShape, columns: Shown) -> Iterator[str]:
    was = f"{table.before} → " if table.before else ""
    name = label(f"{table.mark} {was}{table.name}".strip())
    rows = [_column(column) for column in columns.columns]
    if columns.hidden and rows:
        rows.append(f"and {_word(count(columns.hidden, 'column') + ' more')}")
    if not rows:
        yield f"  {key}[{name}]"
        return
    yield f"  {key}[{name}] {{"
    yield from (f"    {row}" for row in rows)
    yield "  }"


def _column(column: DiagramColumnShape) -> str:
    notes = ["NULL"] if column.nullable else []
    if column.mark:
        notes.append(f"{column.mark} {_MARK_NAMES[column.mark]}")
    if column.before:
        notes.append(f"was {column.before}")
    said = label("; ".join(notes)) if notes else ""
    parts = [_type(column.type), _word(column.name), ", ".join(column.keys), said]
    return " ".join(part for part in parts if part)


def _reference(ids: dict[str, str], reference: ReferenceShape) -> str:
    parent = "|o" if reference.optional else "||"
    child = "o|" if reference.single else "o{"
    line = ".." if reference.mark == "-" else "--"
    said = label(f"{reference.mark} {joined(reference.columns)}".strip())
    return f"  {ids[reference.target]} {parent}{line}{child} {ids[reference.table]} : {said}"


def _word(name: str) -> str:
    """Write a word of a row: as it is, or in backticks, where codes may stand.

    Within a word, Mermaid reads underscores on both sides as Markdown.
    """
    if _WORD.fullmatch(name) and "__" not in name and name.upper() not in _KEYS:
        return name
    return f"`{_coded(name) or '#32;'}`"


def _type(name: str) -> str:
    """Write a type; NUMERIC(10, 2) and DOUBLE PRECISION stay words, for an older Mermaid."""
    return _word(name.replace(", ", ",").replace(" ", "_")) if name else "unknown"


def _node(key: str, node: NodeShape) -> str:
    mark = "⋮" if node.folded else MARKS.get(node.state, "○")
    name = "" if node.folded else f"{node.id} "
    state = remarks(node)
    lines = [f"{mark} {name}{words(node)}", *([state] if state else [])]
    said = "<br/>".join(_coded(line) for line in lines)
    return f'  {key}["{said}"]'


def _edges(ids: dict[str, str], node: NodeShape) -> Iterator[str]:
    for parent in node.down:
        if parent in ids:
            yield f"  {ids[parent]} --> {ids[node.id]}"
    for needed in node.depends_on:
        if needed in ids:
            yield f"  {ids[needed]} -.-> {ids[node.id]}"
