"""A diagram in plain lines: each table, its columns below it, and where they refer to."""

from collections.abc import Iterator

from schema_lab.views.diagrams.detail import caption as _caption
from schema_lab.views.diagrams.detail import column_words, joined, shown
from schema_lab.views.diagrams.shapes import ColumnShape, DiagramShape, ReferenceShape, TableShape
from schema_lab.views.plain import count, visible


def text(diagram: DiagramShape) -> str:
    """Say the diagram as an outline."""
    chosen = shown(diagram)
    lines = [visible(_caption(diagram))]
    for one in diagram.tables:
        references = [r for r in diagram.references if r.table == one.name]
        lines += _table(one, chosen[one.name].columns, chosen[one.name].hidden, references)
    return "\n".join(lines)


def outline(diagram: DiagramShape) -> str:
    """Say every column and every reference, one a line that depends on no other, for a diff."""
    lines: list[str] = []
    for one in diagram.tables:
        references = [r for r in diagram.references if r.table == one.name]
        lines += _table(one, tuple(one.columns), 0, references, aligned=False)
    return "".join(f"{line}\n" for line in lines)


def _table(
    table: TableShape,
    columns: tuple[ColumnShape, ...],
    hidden: int,
    references: list[ReferenceShape],
    *,
    aligned: bool = True,
) -> Iterator[str]:
    was = f"{visible(table.before)} → " if table.before else ""
    yield f"{table.mark or ' '} {was}{visible(table.name)}"
    names = max((len(visible(one.name)) for one in columns), default=0) if aligned else 0
    marked = any(one.mark for one in columns) or any(one.mark for one in references)
    single = {r.columns[0]: r for r in references if len(r.columns) == 1 and not r.mark}
    for one in columns:
        keys = ",".join(one.keys).ljust(5)
        target = single.get(one.name)
        place = f" → {visible(target.target)}.{joined(target.target_columns)}" if target else ""
        words = f"{keys} {visible(one.name).ljust(names)}  {visible(column_words(one))}{place}"
        yield f"    {(one.mark or ' ') + ' ' if marked else ''}{words}".rstrip()
    if hidden:
        yield f"    {'  ' if marked else ''}      … {count(hidden, 'column')}"
    for two in references:
        if len(two.columns) > 1 or two.mark or two.columns[0] not in {c.name for c in columns}:
            yield f"    {(two.mark or ' ') + ' ' if marked else ''}FK    {_reference(two)}"


def _reference(one: ReferenceShape) -> str:
    return visible(f"({joined(one.columns)}) → {one.target} ({joined(one.target_columns)})")
