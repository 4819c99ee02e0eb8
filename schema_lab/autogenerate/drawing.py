"""What each of Alembic's operations does to tables in a diagram."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import singledispatch

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.operations import full_name
from schema_lab.database.diagrams import Column, Diagram, Reference
from schema_lab.database.diagrams.declared import (
    column_of,
    references_of,
    table_of,
    type_of,
    unique_of,
)


class Drawing:
    """The tables and references as the operations leave them, while they are gone through."""

    def __init__(self, before: Diagram, dialect: sa.Dialect) -> None:
        self.tables = {one.name: one for one in before.tables}
        self.references = list(before.references)
        self.unique: dict[str, set[tuple[str, ...]]] = {}
        self.dialect = dialect

    def column(self, table: str, name: str, change: Callable[[Column], Column]) -> None:
        """Change a column, and mark its table."""
        one = self.tables.get(table)
        if one is not None:
            columns = tuple(change(c) if c.name == name else c for c in one.columns)
            self.tables[table] = replace(one, columns=columns)
            self.mark(table)

    def mark(self, table: str) -> None:
        """Mark a table as changed, unless it comes or goes."""
        one = self.tables.get(table)
        if one is not None and not one.mark:
            self.tables[table] = replace(one, mark="~")


@singledispatch
def draw(operation: ops.MigrateOperation, drawing: Drawing) -> None:
    """Draw one of Alembic's operations; one on an index or a constraint marks its table."""
    table = getattr(operation, "table_name", None)
    if table:
        drawing.mark(full_name(table, getattr(operation, "schema", None)))


@draw.register
def _(operation: ops.OpContainer, drawing: Drawing) -> None:
    for one in operation.ops:
        draw(one, drawing)


@draw.register
def _(operation: ops.CreateTableOp, drawing: Drawing) -> None:
    table = operation.to_table()
    drawing.tables[table.fullname] = replace(table_of(table, drawing.dialect), mark="+")
    drawing.unique[table.fullname] = unique_of(table)
    drawing.references += [replace(one, mark="+") for one in references_of(table)]


@draw.register
def _(operation: ops.DropTableOp, drawing: Drawing) -> None:
    name = full_name(operation.table_name, operation.schema)
    if name in drawing.tables:
        drawing.tables[name] = replace(drawing.tables[name], mark="-")
    _mark_references(drawing, lambda one: one.table == name)


@draw.register
def _(operation: ops.RenameTableOp, drawing: Drawing) -> None:
    old = full_name(operation.table_name, operation.schema)
    new = full_name(operation.new_table_name, operation.schema)
    if old not in drawing.tables:
        return
    one = drawing.tables.pop(old)
    drawing.tables[new] = replace(one, name=new, mark="~", before=old)
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
    one = drawing.tables.get(name)
    if one is not None:
        added = replace(column_of(operation.column, drawing.dialect), mark="+")
        kept = tuple(c for c in one.columns if c.name != added.name)
        drawing.tables[name] = replace(one, columns=(*kept, added))
        drawing.mark(name)


@draw.register
def _(operation: ops.DropColumnOp, drawing: Drawing) -> None:
    name = full_name(operation.table_name, operation.schema)
    drawing.column(name, operation.column_name, lambda one: replace(one, mark="-"))


@draw.register
def _(operation: ops.AlterColumnOp, drawing: Drawing) -> None:
    def change(one: Column) -> Column:
        name = operation.modify_name or one.name
        type_, nullable = one.type, one.nullable
        if operation.modify_type is not None:
            type_ = type_of(operation.modify_type, drawing.dialect)
        if operation.modify_nullable is not None:
            nullable = bool(operation.modify_nullable)
        was = f"{one.type} NULL" if one.nullable else one.type
        if one.before or (name == one.name and (type_, nullable) == (one.type, one.nullable)):
            was = one.before  # changed twice, or in its default alone
        elif name != one.name:
            was = f"{one.name} {was}" if (type_, nullable) != (one.type, one.nullable) else one.name
        return replace(
            one, name=name, type=type_, nullable=nullable, mark=one.mark or "~", before=was
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
        _mark_references(drawing, lambda one: (one.table, one.columns) == (table, columns))
    drawing.mark(table)


def _mark_references(drawing: Drawing, gone: Callable[[Reference], bool]) -> None:
    drawing.references = [
        replace(one, mark="-") if gone(one) and not one.mark else one for one in drawing.references
    ]


def _rename_in_references(drawing: Drawing, table: str, old: str, new: str) -> None:
    def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(new if name == old else name for name in names)

    drawing.references = [
        replace(
            one,
            columns=renamed(one.columns) if one.table == table else one.columns,
            target_columns=renamed(one.target_columns)
            if one.target == table
            else one.target_columns,
        )
        for one in drawing.references
    ]
