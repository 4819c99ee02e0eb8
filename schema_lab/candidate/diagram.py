"""The diagram of a candidate: the live tables, marked with what the upgrade changes.

A drawing holds the tables and references while the operations are applied to it, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import singledispatch

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.schema import Diagram, DiagramColumn, DiagramTable, Reference
from schema_lab.schema.diagrams.declared import (
    column_of,
    references_of,
    table_of,
    type_of,
    unique_of,
)
from schema_lab.schema.diagrams.values import keyed
from schema_lab.schema.words import full_name


class Drawing:
    """The tables and references, as the operations applied so far leave them."""

    def __init__(self, before: Diagram, dialect: sa.Dialect) -> None:
        self.tables = {table.name: table for table in before.tables}
        self.references = list(before.references)
        self.unique: dict[str, set[tuple[str, ...]]] = {}
        self.dialect = dialect

    def column(
        self, table: str, name: str, change: Callable[[DiagramColumn], DiagramColumn]
    ) -> None:
        """Change a column and mark its table."""
        found = self.tables.get(table)
        if found is not None:
            columns = tuple(change(c) if c.name == name else c for c in found.columns)
            self.tables[table] = replace(found, columns=columns)
            self.mark(table)

    def mark(self, table: str) -> None:
        """Mark a table as changed, unless it is marked as added or dropped."""
        found = self.tables.get(table)
        if found is not None and not found.mark:
            self.tables[table] = replace(found, mark="~")


@singledispatch
def draw(operation: ops.MigrateOperation, drawing: Drawing) -> None:
    """Apply an operation to the drawing. An index or a constraint marks its table."""
    table = getattr(operation, "table_name", None)
    if table:
        drawing.mark(full_name(table, getattr(operation, "schema", None)))


@draw.register
def _(operation: ops.OpContainer, drawing: Drawing) -> None:
    for inner in operation.ops:
        draw(inner, drawing)


@draw.register
def _(operation: ops.CreateTableOp, drawing: Drawing) -> None:
    table = operation.to_table()
    drawing.tables[table.fullname] = replace(table_of(table, drawing.dialect), mark="+")
    drawing.unique[table.fullname] = unique_of(table)
    drawing.references += [replace(reference, mark="+") for reference in references_of(table)]


@draw.register
def _(operation: ops.DropTableOp, drawing: Drawing) -> None:
    name = full_name(operation.table_name, operation.schema)
    if name in drawing.tables:
        drawing.tables[name] = replace(drawing.tables[name], mark="-")
    _mark_references(drawing, lambda reference: reference.table == name)


@draw.register
def _(operation: ops.RenameTableOp, drawing: Drawing) -> None:
    old = full_name(operation.table_name, operation.schema)
    new = full_name(operation.new_table_name, operation.schema)
    if old not in drawing.tables:
        return
    renamed = drawing.tables.pop(old)
    drawing.tables[new] = replace(renamed, name=new, mark="~", before=old)
    drawing.references = [
        replace(
            r,
            table=new if r.table == old else r.table,
            target=new if r.target == old else r.target,
        )
        for r in drawing.references
    ]


@draw.register
def _(operation: ops.AddColumnOp, drawing: Drawing) -> None:
    name = full_name(operation.table_name, operation.schema)
    found = drawing.tables.get(name)
    if found is not None:
        added = replace(column_of(operation.column, drawing.dialect), mark="+")
        kept = tuple(c for c in found.columns if c.name != added.name)
        drawing.tables[name] = replace(found, columns=(*kept, added))
        drawing.mark(name)


@draw.register
def _(operation: ops.DropColumnOp, drawing: Drawing) -> None:
    name = full_name(operation.table_name, operation.schema)
    drawing.column(name, operation.column_name, lambda column: replace(column, mark="-"))


@draw.register
def _(operation: ops.AlterColumnOp, drawing: Drawing) -> None:
    def change(column: DiagramColumn) -> DiagramColumn:
        name = operation.modify_name or column.name
        type_, nullable = column.type, column.nullable
        if operation.modify_type is not None:
            type_ = type_of(operation.modify_type, drawing.dialect)
        if operation.modify_nullable is not None:
            nullable = bool(operation.modify_nullable)
        was = f"{column.type} NULL" if column.nullable else column.type
        if column.before or (
            name == column.name and (type_, nullable) == (column.type, column.nullable)
        ):
            was = column.before  # changed twice, or in its default alone
        elif name != column.name:
            was = (
                f"{column.name} {was}"
                if (type_, nullable) != (column.type, column.nullable)
                else column.name
            )
        return replace(
            column, name=name, type=type_, nullable=nullable, mark=column.mark or "~", before=was
        )

    table = full_name(operation.table_name, operation.schema)
    drawing.column(table, operation.column_name, change)
    if operation.modify_name is not None:
        _rename_in_references(drawing, table, operation.column_name, operation.modify_name)


@draw.register
def _(operation: ops.CreateForeignKeyOp, drawing: Drawing) -> None:
    source = full_name(operation.source_table, operation.kw.get("source_schema"))
    target = full_name(operation.referent_table, operation.kw.get("referent_schema"))
    drawing.references.append(
        Reference(
            source, tuple(operation.local_cols), target, tuple(operation.remote_cols), mark="+"
        )
    )
    drawing.mark(source)


@draw.register
def _(operation: ops.DropConstraintOp, drawing: Drawing) -> None:
    table = full_name(operation.table_name, operation.schema)
    if operation.constraint_type == "foreignkey":
        columns = tuple(getattr(operation.to_constraint(), "column_keys", ()))
        _mark_references(
            drawing, lambda reference: (reference.table, reference.columns) == (table, columns)
        )
    drawing.mark(table)


def _mark_references(drawing: Drawing, dropped: Callable[[Reference], bool]) -> None:
    drawing.references = [
        replace(reference, mark="-") if dropped(reference) and not reference.mark else reference
        for reference in drawing.references
    ]


def _rename_in_references(drawing: Drawing, table: str, old: str, new: str) -> None:
    def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in names)

    drawing.references = [
        replace(
            reference,
            columns=renamed(reference.columns) if reference.table == table else reference.columns,
            target_columns=renamed(reference.target_columns)
            if reference.target == table
            else reference.target_columns,
        )
        for reference in drawing.references
    ]


MOST_TABLES = 30
"""Of a database with more tables, only the tables around the changes are drawn."""


def marked(
    before: Diagram,
    operations: Iterable[ops.MigrateOperation],
    dialect: str,
    title: str,
    around: str | None = None,
    hops: int = 1,
) -> Diagram:
    """Mark in a diagram of the live tables what Alembic's operations change.

    Parameters
    ----------
    before
        The live tables.
    operations
        The operations of an upgrade.
    dialect
        The dialect in which types are written.
    title
        The title of the diagram.
    around, hops
        See `Candidate.diagram`.
    """
    whole = Diagram.of(title, *_keyed(_drawn(before, operations, dialect)))
    if around is not None:
        return whole.around(around, hops)
    touched = {table.name for table in whole.tables if table.mark}
    if len(whole.tables) <= MOST_TABLES or not touched:
        return whole
    return whole.only(touched, hops, f"{title}: the changes and the tables next to them")


def after_upgrade(
    before: Diagram, operations: Iterable[ops.MigrateOperation], dialect: str
) -> Diagram:
    """Give the tables after the operations, without marks."""
    drawing = _drawn(before, operations, dialect)
    tables, references = _keyed(drawing)
    left = [replace(reference, mark="") for reference in references if reference.mark != "-"]
    pairs = {(reference.table, name) for reference in left for name in reference.columns}
    kept = [_unmarked(table, pairs) for table in tables if table.mark != "-"]
    return Diagram.of(before.title, kept, left)


def _unmarked(table: DiagramTable, referring: set[tuple[str, str]]) -> DiagramTable:
    columns = [
        replace(
            column,
            mark="",
            before="",
            keys=tuple(
                k for k in column.keys if k != "FK" or (table.name, column.name) in referring
            ),
        )
        for column in table.columns
        if column.mark != "-"
    ]
    return replace(table, mark="", before="", columns=tuple(columns))


def _drawn(before: Diagram, operations: Iterable[ops.MigrateOperation], dialect: str) -> Drawing:
    drawing = Drawing(before, sa.make_url(f"{dialect}://").get_dialect()())
    for operation in operations:
        draw(operation, drawing)
    return drawing


def _keyed(drawing: Drawing) -> tuple[list[DiagramTable], list[Reference]]:
    """Set the keys of the added tables and references; the other tables have theirs."""
    added = [reference for reference in drawing.references if reference.mark == "+"]
    tables, references = keyed(list(drawing.tables.values()), added, drawing.unique)
    kept = [reference for reference in drawing.references if reference.mark != "+"]
    once = [
        replace(t, columns=tuple(replace(c, keys=tuple(dict.fromkeys(c.keys))) for c in t.columns))
        for t in tables
    ]
    return once, [*kept, *references]
