"""A diagram for Mermaid, as erDiagram: its words follow the theme of the page."""

import re
from collections.abc import Iterator

from schema_lab.views.diagrams import mermaid
from schema_lab.views.diagrams.detail import Shown, joined, shown
from schema_lab.views.diagrams.shapes import ColumnShape, DiagramShape, ReferenceShape, TableShape
from schema_lab.views.plain import count

_CLASSES = {
    "+": "classDef added stroke:#2da44e,stroke-width:3px",
    "-": "classDef dropped stroke:#e5534b,stroke-width:3px",
    "~": "classDef changed stroke:#c69026,stroke-width:3px",
}
_NAMES = {"+": "added", "-": "dropped", "~": "changed"}
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_()\[\],.-]*")
_KEYS = {"PK", "FK", "UK"}


def text(diagram: DiagramShape) -> str:
    """Write the diagram; with names alone where it would be too long for Mermaid."""
    columns = shown(diagram)
    written = _text(diagram, columns)
    if len(written) <= mermaid.LONGEST:
        return written
    return _text(diagram, {name: Shown((), 0) for name in columns})


def _text(diagram: DiagramShape, columns: dict[str, Shown]) -> str:
    ids = {one.name: f"t{number}" for number, one in enumerate(diagram.tables)}
    lines = [f"{mermaid.LABELS}erDiagram", "  direction LR"]
    for one in diagram.tables:
        lines += _table(ids[one.name], one, columns[one.name])
    lines += [_reference(ids, one) for one in diagram.references]
    marks = [mark for mark in _CLASSES if any(one.mark == mark for one in diagram.tables)]
    lines += [f"  {_CLASSES[mark]}" for mark in marks]
    marked = [one for one in diagram.tables if one.mark]
    lines += [f"  class {ids[one.name]} {_NAMES[one.mark]}" for one in marked]
    return "\n".join(lines) + "\n"


def _table(key: str, table: TableShape, columns: Shown) -> Iterator[str]:
    was = f"{table.before} → " if table.before else ""
    name = mermaid.label(f"{table.mark} {was}{table.name}".strip())
    rows = [_column(one) for one in columns.columns]
    if columns.hidden and rows:
        rows.append(f"and {_word(count(columns.hidden, 'column') + ' more')}")
    if not rows:
        yield f"  {key}[{name}]"
        return
    yield f"  {key}[{name}] {{"
    yield from (f"    {row}" for row in rows)
    yield "  }"


def _column(column: ColumnShape) -> str:
    keys = ", ".join(one for one in column.keys)
    remarks = ["NULL"] if column.nullable else []
    if column.mark:
        remarks.append(f"{column.mark} {_NAMES[column.mark]}")
    if column.before:
        remarks.append(f"was {column.before}")
    said = mermaid.label("; ".join(remarks)) if remarks else ""
    words = [_type(column.type), _word(column.name), keys, said]
    return " ".join(word for word in words if word)


def _reference(ids: dict[str, str], one: ReferenceShape) -> str:
    parent = "|o" if one.optional else "||"
    child = "o|" if one.single else "o{"
    line = ".." if one.mark == "-" else "--"
    said = mermaid.label(f"{one.mark} {joined(one.columns)}".strip())
    return f"  {ids[one.target]} {parent}{line}{child} {ids[one.table]} : {said}"


def _word(name: str) -> str:
    """Write a word of a row: as it is, or in backticks, where codes may stand.

    Within a word, Mermaid reads underscores on both sides as Markdown.
    """
    if _WORD.fullmatch(name) and "__" not in name and name.upper() not in _KEYS:
        return name
    return f"`{mermaid.coded(name) or '#32;'}`"


def _type(name: str) -> str:
    """Write a type; NUMERIC(10, 2) and DOUBLE PRECISION stay words, for an older Mermaid."""
    return _word(name.replace(", ", ",").replace(" ", "_")) if name else "unknown"
