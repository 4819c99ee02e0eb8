"""A reviewed operation: an operation of Alembic, with its table, its batch, its line, its SQL.

A `TableKey` is a table's name. The SQL of `op.execute(…)` is parsed into statements, to see which
tables it creates and changes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import sqlglot
from alembic.operations import ops
from sqlglot import exp
from sqlglot.errors import SqlglotError

from schema_lab.database.dialects import sqlglot_name
from schema_lab.schema.sql_text import sql_of
from schema_lab.schema.words import TableKey


def read_sql(statement: Any, dialect: str) -> tuple[str, tuple[exp.Expr, ...]]:
    """Return the text of the argument of `op.execute`, and its statements; () if unreadable.

    Examples
    --------
    >>> text, statements = read_sql("UPDATE users SET plan = 'free'", "sqlite")
    >>> [str(place) for place in tables_touched(statements[0])]
    ['users']
    """
    text = statement if isinstance(statement, str) else _compiled(statement, dialect)
    return text, _parsed(text, dialect)


def tables_created(statement: exp.Expr) -> Iterator[TableKey]:
    """Yield the table that a CREATE TABLE creates, unless it may exist already."""
    if isinstance(statement, exp.Create) and not statement.args.get("exists"):
        yield from _target(statement) if statement.kind == "TABLE" else ()


def tables_touched(statement: exp.Expr) -> Iterator[TableKey]:
    """Yield the table that a statement changes: ALTER, DROP, INSERT, UPDATE or DELETE."""
    if isinstance(statement, exp.Create) and statement.kind == "TABLE":
        return
    yield from _target(statement)


def _target(statement: exp.Expr) -> Iterator[TableKey]:
    target = statement.this
    if isinstance(statement, exp.Create) and isinstance(target, exp.Index):
        target = target.args.get("table")
    if isinstance(target, exp.Schema):
        target = target.this
    if isinstance(target, exp.Table) and target.name:
        yield TableKey(target.db or None, target.name)


def _compiled(statement: Any, dialect: str) -> str:
    if isinstance(statement, sa.TextClause):
        return statement.text
    try:
        known = sa.make_url(f"{dialect}://").get_dialect()()
        return sql_of(statement, known)
    except (sa.exc.SQLAlchemyError, AttributeError, NotImplementedError, TypeError):
        return str(statement)


def _parsed(text: str, dialect: str) -> tuple[exp.Expr, ...]:
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True  # it warns of statements that it does not parse
    try:
        found = sqlglot.parse(text, read=sqlglot_name(dialect))
    except (SqlglotError, RecursionError):
        return ()
    finally:
        logger.disabled = before
    return tuple(statement for statement in found if statement is not None)


@dataclass(frozen=True)
class Batch:
    """A `with op.batch_alter_table(…)`: its table, and Alembic's option `recreate`."""

    place: TableKey
    recreate: str = "auto"
    operations: Sequence[ops.MigrateOperation] = field(default=(), repr=False)

    @property
    def copies(self) -> bool:
        """Whether SQLite copies the whole table; for `recreate="auto"`, by Alembic's rule."""
        if self.recreate != "auto":
            return self.recreate == "always"
        return any(_needs_copy(operation) for operation in self.operations)


def _needs_copy(operation: ops.MigrateOperation) -> bool:
    if isinstance(operation, ops.CreateIndexOp | ops.DropIndexOp):
        return False
    if isinstance(operation, ops.AddColumnOp):
        default = operation.column.server_default
        if isinstance(default, sa.Computed):
            return bool(default.persisted)
        return isinstance(getattr(default, "arg", None), sa.ClauseElement)
    return True


@dataclass(frozen=True)
class ReviewedOperation:
    """An operation of a migration; the operations of a batch are listed one by one.

    `line` is the line in the script on disk. `new` says that the same migration created the table
    before, `autocommit` that the operation is in an `autocommit_block()`. `text` is the SQL of an
    `op.execute(…)`, and `sql` its parsed statements; () if they cannot be parsed.
    """

    operation: ops.MigrateOperation = field(repr=False)
    batch: Batch | None = None
    line: int | None = None
    autocommit: bool = False
    new: bool = False
    text: str = ""
    sql: tuple[exp.Expr, ...] = field(default=(), repr=False)

    @property
    def place(self) -> TableKey | None:
        """The table of the operation; None if it names no table, such as SQL."""
        return place_of(self.operation)

    @property
    def table(self) -> str:
        """The table's name with its schema; "" if the operation names no table."""
        return "" if self.place is None else str(self.place)

    @property
    def column(self) -> str:
        """The column that is added, dropped or altered; "" for any other operation."""
        if isinstance(self.operation, ops.AddColumnOp):
            return str(self.operation.column.name)
        return str(getattr(self.operation, "column_name", ""))

    @property
    def touched(self) -> tuple[TableKey, ...]:
        """The tables that are changed, also by parsed SQL."""
        named = (self.place,) if self.place is not None else ()
        return named or tuple(
            place for statement in self.sql for place in tables_touched(statement)
        )

    @property
    def copies(self) -> bool:
        """Whether it is in a batch for which SQLite copies the whole table."""
        return self.batch is not None and self.batch.copies


def place_of(operation: Any) -> TableKey | None:
    """Return the table of an operation, if it names a table.

    Examples
    --------
    >>> str(place_of(ops.DropColumnOp("users", "plan", schema="crm")))
    'crm.users'
    """
    if isinstance(operation, ops.CreateForeignKeyOp):
        return TableKey(operation.kw.get("source_schema"), str(operation.source_table))
    if isinstance(operation, ops.BulkInsertOp):
        return TableKey(getattr(operation.table, "schema", None), str(operation.table.name))
    name = getattr(operation, "table_name", None)
    return None if name is None else TableKey(getattr(operation, "schema", None), str(name))
