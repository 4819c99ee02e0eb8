"""The operations for what Alembic has none: SQL for a table, and the copy of a table on SQLite.

Both know their reverse, since the database has spelled the live table and the model's.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.compare.operations import Operation, describe
from schema_lab.schema.words import full_name


class AlterTableOp(ops.MigrateOperation):
    """Change one thing of a table by SQL.

    Parameters
    ----------
    table_name, schema
        The table.
    what
        What changes, such as "primary key".
    before, after
        How the database spells it now and then; "" for nothing.
    up, down
        The statements of both directions; on SQLite none, since the table is copied.
    column
        The column that it is about, if there is one.
    """

    def __init__(  # noqa: PLR0913 - one operation holds all that its reverse needs
        self,
        table_name: str,
        schema: str | None,
        what: str,
        before: str,
        after: str,
        *,
        up: Sequence[str] = (),
        down: Sequence[str] = (),
        column: str | None = None,
    ) -> None:
        self.table_name, self.schema, self.column = table_name, schema, column
        self.what, self.before, self.after = what, before, after
        self.up, self.down = tuple(up), tuple(down)

    def reverse(self) -> "AlterTableOp":
        """Give the operation that undoes this one."""
        return AlterTableOp(
            self.table_name,
            self.schema,
            self.what,
            self.after,
            self.before,
            up=self.down,
            down=self.up,
            column=self.column,
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Describe this operation as Alembic's operations do."""
        return ("alter_table", self.table_name, self.column, self.what, self.before, self.after)


class CopyTableOp(ops.ModifyTableOps):
    """Copy a table of SQLite into one that is spelled otherwise, without a loss.

    Alembic's batch mode loses AUTOINCREMENT, COLLATE, unnamed CHECKs and more, and fails at
    computed columns.

    Parameters
    ----------
    table_name
        The table.
    operations
        What changes; described and reviewed, but run as a copy.
    before, after
        The CREATE TABLE of the live table, and of the model.
    kept
        The statements that make the indexes and triggers again that stay as they are.
    """

    def __init__(
        self,
        table_name: str,
        operations: Sequence[ops.MigrateOperation],
        *,
        before: str,
        after: str,
        kept: Iterable[str] = (),
    ) -> None:
        super().__init__(table_name, operations)
        self.before, self.after, self.kept = before, after, tuple(kept)

    @property
    def added(self) -> tuple[str, ...]:
        """The columns that come with the copy, and have no values to be copied."""
        return tuple(
            str(operation.column.name)
            for operation in self.ops
            if isinstance(operation, ops.AddColumnOp)
        )

    def reverse(self) -> "CopyTableOp":
        """Give the copy back into the table as it was."""
        undone = [operation.reverse() for operation in reversed(self.ops)]
        return CopyTableOp(
            self.table_name, undone, before=self.after, after=self.before, kept=self.kept
        )


@describe.register
def _(operation: AlterTableOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table = full_name(operation.table_name, operation.schema)
    before, after = operation.before or "none", operation.after or "none"
    change = f"{operation.what} {before} → {after}"
    if operation.column is None:
        yield Operation(
            "~", f"alter table {table}: {change}", "alter_table", table, None, before, after
        )
    else:
        name = operation.column
        sentence = f"alter column {table}.{name}: {change}"
        yield Operation("~", sentence, "alter_column", table, name, before, after)
