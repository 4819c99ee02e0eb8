"""The diagram of a candidate: the live tables, with what is added, dropped and changed marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.drawing import Drawing, draw
from schema_lab.database.diagrams import Diagram, Reference, Table
from schema_lab.database.diagrams.values import keyed

MOST_TABLES = 30
"""A database with more is shown around the tables that change."""


def marked(
    before: Diagram,
    operations: Iterable[ops.MigrateOperation],
    dialect: str,
    title: str,
    around: str | None = None,
    hops: int = 1,
) -> Diagram:
    """Mark in a diagram of the live tables what Alembic's operations do to it.

    Parameters
    ----------
    before
        The live tables.
    operations
        Those of an upgrade.
    dialect
        The one in whose words types are written.
    title
        What the diagram is said to be.
    around, hops
        See `Candidate.diagram`.
    """
    whole = Diagram.of(title, *_keyed(_drawn(before, operations, dialect)))
    if around is not None:
        return whole.around(around, hops)
    touched = {one.name for one in whole.tables if one.mark}
    if len(whole.tables) <= MOST_TABLES or not touched:
        return whole
    return whole.only(touched, hops, f"{title}, around what changes")


def afterwards(
    before: Diagram, operations: Iterable[ops.MigrateOperation], dialect: str
) -> Diagram:
    """Give the tables as operations leave them, without any mark."""
    drawing = _drawn(before, operations, dialect)
    tables, references = _keyed(drawing)
    left = [replace(one, mark="") for one in references if one.mark != "-"]
    pairs = {(one.table, name) for one in left for name in one.columns}
    kept = [_unmarked(one, pairs) for one in tables if one.mark != "-"]
    return Diagram.of(before.title, kept, left)


def _unmarked(table: Table, referring: set[tuple[str, str]]) -> Table:
    columns = [
        replace(
            one,
            mark="",
            before="",
            keys=tuple(k for k in one.keys if k != "FK" or (table.name, one.name) in referring),
        )
        for one in table.columns
        if one.mark != "-"
    ]
    return replace(table, mark="", before="", columns=tuple(columns))


def _drawn(before: Diagram, operations: Iterable[ops.MigrateOperation], dialect: str) -> Drawing:
    drawing = Drawing(before, sa.make_url(f"{dialect}://").get_dialect()())
    for one in operations:
        draw(one, drawing)
    return drawing


def _keyed(drawing: Drawing) -> tuple[list[Table], list[Reference]]:
    """Tell the added tables and references their keys; the others know them."""
    added = [one for one in drawing.references if one.mark == "+"]
    tables, references = keyed(list(drawing.tables.values()), added, drawing.unique)
    kept = [one for one in drawing.references if one.mark != "+"]
    once = [
        replace(t, columns=tuple(replace(c, keys=tuple(dict.fromkeys(c.keys))) for c in t.columns))
        for t in tables
    ]
    return once, [*kept, *references]
