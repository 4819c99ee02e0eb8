"""One step of a migration: an operation of Alembic's, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from sqlglot import exp

from schema_lab.review.place import Place
from schema_lab.review.sql import tables_touched

__all__ = ["Batch", "Place", "Step", "place_of"]


@dataclass(frozen=True)
class Batch:
    """A `with op.batch_alter_table(…)`: what it works on, and Alembic's option `recreate`."""

    place: Place
    recreate: str = "auto"
    operations: Sequence[ops.MigrateOperation] = field(default=(), repr=False)

    @property
    def copies(self) -> bool:
        """Whether SQLite copies the whole table: Alembic's own rule for `recreate="auto"`."""
        if self.recreate != "auto":
            return self.recreate == "always"
        return any(_needs_copy(one) for one in self.operations)


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
class Step:
    """One operation; a batch is opened, and each of its operations is a step.

    `line` is the line in the script on disk; `new` says that the table was made earlier in the
    same migration; `autocommit` that it stands in an `autocommit_block()`. `text` is the SQL of
    an `op.execute(…)`, and `sql` the same parsed, () where it cannot be read.
    """

    operation: ops.MigrateOperation = field(repr=False)
    batch: Batch | None = None
    line: int | None = None
    autocommit: bool = False
    new: bool = False
    text: str = ""
    sql: tuple[exp.Expr, ...] = field(default=(), repr=False)

    @property
    def place(self) -> Place | None:
        """The table on which the operation works; None where it names none, as SQL."""
        return place_of(self.operation)

    @property
    def table(self) -> str:
        """The table's name with its schema; "" where the operation names none."""
        return "" if self.place is None else str(self.place)

    @property
    def column(self) -> str:
        """The column that is added, dropped or altered; "" for any other operation."""
        if isinstance(self.operation, ops.AddColumnOp):
            return str(self.operation.column.name)
        return str(getattr(self.operation, "column_name", ""))

    @property
    def touched(self) -> tuple[Place, ...]:
        """The tables that are changed, also by SQL that could be read."""
        named = (self.place,) if self.place is not None else ()
        return named or tuple(place for one in self.sql for place in tables_touched(one))

    @property
    def copies(self) -> bool:
        """Whether it stands in a batch for which SQLite copies the whole table."""
        return self.batch is not None and self.batch.copies


def place_of(operation: Any) -> Place | None:
    """Name the table on which an operation works, if it names one.

    Examples
    --------
    >>> str(place_of(ops.DropColumnOp("users", "plan", schema="crm")))
    'crm.users'
    """
    if isinstance(operation, ops.CreateForeignKeyOp):
        return Place(str(operation.source_table), operation.kw.get("source_schema"))
    if isinstance(operation, ops.BulkInsertOp):
        return Place(str(operation.table.name), getattr(operation.table, "schema", None))
    name = getattr(operation, "table_name", None)
    return None if name is None else Place(str(name), getattr(operation, "schema", None))
