"""How much of a diagram is shown: all columns, or those that matter, or names alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from schema_lab.views.diagrams.shapes import ColumnShape, DiagramShape, TableShape
from schema_lab.views.plain import count

ALL_COLUMNS, KEYS = 160, 40
"""Up to so many columns all are shown; up to so many tables those that are keys or change."""


@dataclass(frozen=True)
class Shown:
    """The columns of a table that a picture shows, and how many it does not."""

    columns: tuple[ColumnShape, ...]
    hidden: int


def shown(diagram: DiagramShape) -> dict[str, Shown]:
    """Choose the columns to show of each table."""
    if not _folds(diagram):
        return {one.name: Shown(tuple(one.columns), 0) for one in diagram.tables}
    keys = not names_alone(diagram)
    return {one.name: _folded(one, keys=keys) for one in diagram.tables}


def caption(diagram: DiagramShape) -> str:
    """Say what the diagram shows, and how to see the rest."""
    tables, references = len(diagram.tables), len(diagram.references)
    said = f"{diagram.title}: {count(tables, 'table')}, {count(references, 'foreign key')}"
    if not _folds(diagram):
        return said
    less = "names" if names_alone(diagram) else "keys"
    return f"{said}. Only {less} are shown; around={diagram.tables[0].name!r} shows all of a part."


def names_alone(diagram: DiagramShape) -> bool:
    """Whether there is room for the names of tables only."""
    return _folds(diagram) and len(diagram.tables) > KEYS


def column_words(column: ColumnShape) -> str:
    """Say a column's type and whether it may be empty, and what it was."""
    now = f"{column.type} NULL" if column.nullable else column.type
    return f"{column.before} → {now}" if column.before else now


def tally(diagram: DiagramShape) -> str:
    """Say how many tables come, go and change."""
    words = {"+": "added", "-": "dropped", "~": "changed"}
    marks = [one.mark for one in diagram.tables]
    return ", ".join(f"{m} {marks.count(m)} {w}" for m, w in words.items() if m in marks)


def joined(names: Sequence[str]) -> str:
    """Join the columns of a key."""
    return ", ".join(names)


def _folds(diagram: DiagramShape) -> bool:
    return sum(len(one.columns) for one in diagram.tables) > ALL_COLUMNS


def _folded(table: TableShape, *, keys: bool) -> Shown:
    kept = tuple(one for one in table.columns if one.mark or (keys and one.keys))
    return Shown(kept, len(table.columns) - len(kept))
