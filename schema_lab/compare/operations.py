"""Operations as sentences: what Alembic's operations do, with symbol, table and column."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.schema.sql_text import sql_of
from schema_lab.schema.words import (
    column_text,
    comment_text,
    constraint_text,
    default_text,
    full_name,
    type_text,
)


@dataclass(frozen=True)
class Operation:
    """One operation: `+` adds, `-` drops, `~` changes."""

    symbol: str
    sentence: str
    kind: str
    table: str | None = None
    column: str | None = None
    before: str | None = None
    after: str | None = None

    @property
    def destroys(self) -> bool:
        """Whether values are lost: a table or a column is dropped."""
        return self.kind in ("drop_table", "drop_column")

    def __str__(self) -> str:
        return f"{self.symbol} {self.sentence}"


def operations_of(
    container: Iterable[ops.MigrateOperation], dialect: sa.Dialect
) -> tuple[Operation, ...]:
    """Describe Alembic's operations in order, those of batches too. Read-only."""
    return tuple(found for operation in container for found in describe(operation, dialect))


@singledispatch
def describe(operation: ops.MigrateOperation, dialect: sa.Dialect) -> Iterator[Operation]:
    """Describe an operation. An operation that the lab does not know keeps Alembic's name."""
    name = type(operation).__name__
    yield Operation("~", name, name)


@describe.register
def _(operation: ops.OpContainer, dialect: sa.Dialect) -> Iterator[Operation]:
    yield from operations_of(operation.ops, dialect)


@describe.register
def _(operation: ops.CreateTableOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name, operation.schema)
    columns = [item for item in operation.columns if isinstance(item, sa.Column)]
    after = ", ".join(f"{column.name} {column_text(column, dialect)}" for column in columns)
    yield Operation("+", f"create table {table}", "create_table", table, after=after)


@describe.register
def _(operation: ops.DropTableOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name, operation.schema)
    yield Operation("-", f"drop table {table}", "drop_table", table, before=table)


@describe.register
def _(operation: ops.AddColumnOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name, operation.schema)
    after = column_text(operation.column, dialect)
    sentence = f"add column {table}.{operation.column.name} {after}"
    yield Operation("+", sentence, "add_column", table, operation.column.name, after=after)


@describe.register
def _(operation: ops.DropColumnOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name, operation.schema)
    before = column_text(operation.to_column(), dialect)
    sentence = f"drop column {table}.{operation.column_name} {before}"
    yield Operation("-", sentence, "drop_column", table, operation.column_name, before=before)


@describe.register
def _(operation: ops.AlterColumnOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name, operation.schema)
    for aspect, before, after in aspects_of(operation, dialect):
        kind, change = "alter_column", f"{aspect} {before} → {after}"
        sentence = f"alter column {table}.{operation.column_name}: {change}"
        if aspect == "name":
            kind, sentence = "rename_column", f"rename column {table}.{before} → {after}"
        yield Operation("~", sentence, kind, table, operation.column_name, before, after)


def aspects_of(operation: ops.AlterColumnOp, dialect: sa.Dialect) -> Iterator[tuple[str, str, str]]:
    """List the changes of a column, before and after: name, type, nullable, default, comment."""
    if operation.modify_name is not None:
        yield "name", operation.column_name, operation.modify_name
    if operation.modify_type is not None:
        before = type_text(operation.existing_type, dialect)
        yield "type", before, type_text(operation.modify_type, dialect)
    if operation.modify_nullable is not None:
        words = {True: "NULL", False: "NOT NULL"}
        yield "nullable", words[not operation.modify_nullable], words[operation.modify_nullable]
    if operation.modify_server_default is not False:
        before = default_text(operation.existing_server_default, dialect)
        yield "default", before, default_text(operation.modify_server_default, dialect)
    if operation.modify_comment is not False:
        before = comment_text(operation.existing_comment)
        yield "comment", before, comment_text(operation.modify_comment)


@describe.register
def _(operation: ops.CreateIndexOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name, operation.schema)
    columns = ", ".join(_term(term, dialect) for term in operation.columns)
    unique = "unique index" if operation.unique else "index"
    sentence = f"create {unique} {operation.index_name} on {table} ({columns})"
    yield Operation("+", sentence, "create_index", table, after=columns)


def _term(term: Any, dialect: sa.Dialect) -> str:
    """Spell a column or an expression of an index."""
    if isinstance(term, str | sa.ColumnClause) or not isinstance(term, sa.ClauseElement):
        return str(getattr(term, "name", term))
    try:
        return sql_of(term, dialect, table=False)
    except sa.exc.CompileError:
        return str(term)


@describe.register
def _(operation: ops.DropIndexOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name or "", operation.schema)
    sentence = f"drop index {operation.index_name} on {table}"
    yield Operation("-", sentence, "drop_index", table, before=str(operation.index_name))


@describe.register
def _(operation: ops.AddConstraintOp, dialect: sa.Dialect) -> Iterator[Operation]:
    constraint = operation.to_constraint()
    table = full_name(constraint.table.name, constraint.table.schema)
    after = constraint_text(constraint)
    sentence = f"add {after} on {table}"
    yield Operation("+", sentence, "create_constraint", table, after=after)


@describe.register
def _(operation: ops.DropConstraintOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name, operation.schema)
    kind = _CONSTRAINT_WORDS.get(operation.constraint_type or "", "constraint")
    sentence = f"drop {kind} {operation.constraint_name or '(unnamed)'} on {table}"
    name = str(operation.constraint_name)
    yield Operation("-", sentence, "drop_constraint", table, before=name)


@describe.register(ops.CreateTableCommentOp)
@describe.register(ops.DropTableCommentOp)
def _(operation: Any, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name, operation.schema)
    before = comment_text(operation.existing_comment)
    after = comment_text(getattr(operation, "comment", None))
    sentence = f"alter table {table}: comment {before} → {after}"
    yield Operation("~", sentence, "alter_table", table, before=before, after=after)


@describe.register
def _(operation: ops.ExecuteSQLOp, dialect: sa.Dialect) -> Iterator[Operation]:
    text = " ".join(str(operation.sqltext).split())
    yield Operation("~", f"execute {text}", "execute", after=text)


_CONSTRAINT_WORDS = {
    "foreignkey": "foreign key",
    "unique": "unique constraint",
    "check": "check constraint",
    "primary": "primary key",
}
