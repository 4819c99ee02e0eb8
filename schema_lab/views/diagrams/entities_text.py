"""A table diagram in plain lines, and which of its columns every drawing shows.

A large diagram shows the key columns and the changed columns only, a very large one only names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema_lab.views.diagrams.shapes import (
    DiagramColumnShape,
    DiagramShape,
    DiagramTableShape,
    ReferenceShape,
)
from schema_lab.views.plain import count, visible

ALL_COLUMNS, KEYS = 160, 40
"""With up to ALL_COLUMNS columns all are shown; with up to KEYS tables, keys and changes."""


@dataclass(frozen=True)
class Shown:
    """The columns of a table that a drawing shows, and how many it hides."""

    columns: tuple[DiagramColumnShape, ...]
    hidden: int


def shown(diagram: DiagramShape) -> dict[str, Shown]:
    """Choose the columns to show of each table."""
    if not _folds(diagram):
        return {table.name: Shown(tuple(table.columns), 0) for table in diagram.tables}
    keys = not names_alone(diagram)
    return {table.name: _folded(table, keys=keys) for table in diagram.tables}


def names_alone(diagram: DiagramShape) -> bool:
    """Whether there is room for the names of tables only."""
    return _folds(diagram) and len(diagram.tables) > KEYS


def caption(diagram: DiagramShape) -> str:
    """Say what the diagram shows, and how to see what it hides."""
    tables, references = len(diagram.tables), len(diagram.references)
    said = f"{diagram.title}: {count(tables, 'table')}, {count(references, 'foreign key')}"
    if not _folds(diagram):
        return said
    less = "names" if names_alone(diagram) else "keys"
    table = diagram.tables[0].name
    return f"{said}. Only {less} are shown; around={table!r} shows one part with all columns."


def text(diagram: DiagramShape) -> str:
    """Say the diagram: each table, its columns below it, and what they refer to."""
    chosen = shown(diagram)
    lines = [visible(caption(diagram))]
    for table in diagram.tables:
        columns, hidden = chosen[table.name].columns, chosen[table.name].hidden
        lines += _table(table, columns, hidden, _references_of(diagram, table))
    return "\n".join(lines)


def outline(diagram: DiagramShape) -> str:
    """Say every column and every reference in a line that depends on no other, for a diff."""
    lines: list[str] = []
    for table in diagram.tables:
        references = _references_of(diagram, table)
        lines += _table(table, tuple(table.columns), 0, references, aligned=False)
    return "".join(f"{line}\n" for line in lines)


def column_words(column: DiagramColumnShape) -> str:
    """Say a column's type, whether it may be NULL, and what it was before."""
    now = f"{column.type} NULL" if column.nullable else column.type
    return f"{column.before} → {now}" if column.before else now


def tally(diagram: DiagramShape) -> str:
    """Say how many tables are added, dropped and changed."""
    verbs = {"+": "added", "-": "dropped", "~": "changed"}
    marks = [table.mark for table in diagram.tables]
    return ", ".join(
        f"{mark} {marks.count(mark)} {verb}" for mark, verb in verbs.items() if mark in marks
    )


def joined(names: Sequence[str]) -> str:
    """Join the columns of a key."""
    return ", ".join(names)


def _folds(diagram: DiagramShape) -> bool:
    return sum(len(table.columns) for table in diagram.tables) > ALL_COLUMNS


def _folded(table: DiagramTableShape, *, keys: bool) -> Shown:
    kept = tuple(column for column in table.columns if column.mark or (keys and column.keys))
    return Shown(kept, len(table.columns) - len(kept))


def _references_of(diagram: DiagramShape, table: DiagramTableShape) -> list[ReferenceShape]:
    return [reference for reference in diagram.references if reference.table == table.name]


def _table(
    table: DiagramTableShape,
    columns: tuple[DiagramColumnShape, ...],
    hidden: int,
    references: list[ReferenceShape],
    *,
    aligned: bool = True,
) -> Iterator[str]:
    was = f"{visible(table.before)} → " if table.before else ""
    yield f"{table.mark or ' '} {was}{visible(table.name)}"
    width = max((len(visible(column.name)) for column in columns), default=0) if aligned else 0
    marked = any(column.mark for column in columns) or any(key.mark for key in references)
    single = {key.columns[0]: key for key in references if len(key.columns) == 1 and not key.mark}
    for column in columns:
        keys = ",".join(column.keys).ljust(5)
        key = single.get(column.name)
        place = f" → {visible(key.target)}.{joined(key.target_columns)}" if key else ""
        name = visible(column.name).ljust(width)
        said = f"{keys} {name}  {visible(column_words(column))}{place}"
        yield f"    {(column.mark or ' ') + ' ' if marked else ''}{said}".rstrip()
    if hidden:
        yield f"    {'  ' if marked else ''}      … {count(hidden, 'column')}"
    listed = {column.name for column in columns}
    for key in references:
        if len(key.columns) > 1 or key.mark or key.columns[0] not in listed:
            yield f"    {(key.mark or ' ') + ' ' if marked else ''}FK    {_reference(key)}"


def _reference(key: ReferenceShape) -> str:
    return visible(f"({joined(key.columns)}) → {key.target} ({joined(key.target_columns)})")
