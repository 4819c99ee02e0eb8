"""Columns to fill, and the operation that fills them on every dialect.

A column to fill becomes NOT NULL although existing rows would hold NULL in it. It is nullable
first, then filled, and only then NOT NULL.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations import ops

from schema_lab.candidate.render.script import NoteOp
from schema_lab.compare.operations import Operation, describe
from schema_lab.compat.alembic_private import render_type
from schema_lab.compat.sqlalchemy_private import copied
from schema_lab.database import is_mysql
from schema_lab.schema import as_text
from schema_lab.schema.words import full_name

BATCH = 50_000
"""Rows that a single UPDATE of a large table fills."""


@dataclass(frozen=True)
class ColumnToFill:
    """A column that must be filled, and the operation that requires it."""

    container: ops.ModifyTableOps
    operation: ops.AddColumnOp | ops.AlterColumnOp
    column: sa.Column[Any]
    live_table: str
    live_column: str
    rows: int
    empty: int

    @property
    def about(self) -> str:
        """The column with its table."""
        return f"{self.table}.{self.column.name}"

    @property
    def table(self) -> str:
        """The table after the upgrade, with its schema."""
        return full_name(self.container.table_name, self.container.schema)

    @property
    def added(self) -> bool:
        """Whether the upgrade adds the column."""
        return isinstance(self.operation, ops.AddColumnOp)


@dataclass(frozen=True)
class Filling:
    """What fills a column: a constant, an SQL expression, or another column."""

    constant: Any = None
    sql: str = ""
    copied: str = ""

    @property
    def words(self) -> str:
        """Describe the filling in words."""
        if self.sql or self.copied:
            return self.sql or f"the values of {self.copied}"
        return repr(self.constant) if isinstance(self.constant, str) else str(self.constant)


def constant_filling(constant: Any, type_: Any, dialect: sa.Dialect) -> Filling:
    """Fill with a constant. JSON is spelled in SQL, since SQLAlchemy cannot write it offline."""
    if not isinstance(getattr(type_, "impl", type_), sa.JSON):
        return Filling(constant=constant)
    text = json.dumps(constant).replace("'", "''")
    if is_mysql(dialect.name):
        text = text.replace("\\", "\\\\")
    return Filling(sql=f"'{text}'")


class FillOp(ops.MigrateOperation):
    """Fill a column where it is NULL. The downgrade does nothing.

    Parameters
    ----------
    table, schema
        The name of the table when the operation runs.
    column
        The column, with its type.
    filling
        The values for the column.
    key
        The primary key for filling a large table in batches; None for a single UPDATE.
    """

    def __init__(
        self,
        table: str,
        schema: str | None,
        column: sa.Column[Any],
        filling: Filling,
        key: sa.Column[Any] | None = None,
    ) -> None:
        self.table, self.schema, self.column = table, schema, column
        self.filling, self.key = filling, key

    def reverse(self) -> NoteOp:
        """Give an empty note: the column is dropped, or keeps its values."""
        return NoteOp("")

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Describe this operation as Alembic's operations do."""
        return ("fill", self.schema, self.table, self.column.name)


@describe.register
def _(operation: FillOp, dialect: sa.Dialect) -> Iterator[Operation]:
    table, name = full_name(operation.table, operation.schema), operation.column.name
    words = operation.filling.words
    yield Operation("~", f"fill {table}.{name} with {words}", "fill", table, name, after=words)


@renderers.dispatch_for(FillOp)
def _render(context: AutogenContext, operation: FillOp) -> list[str]:
    name = "filled" if operation.table in ("op", "sa") else operation.table
    variable = name if name.isidentifier() and name.isascii() else "filled"
    column = operation.column.name
    value = _value(context, operation.filling, variable)
    where = f"{variable}.c[{column!r}].is_(None)"
    update = f"{variable}.update().where({where}).values({{{column!r}: {value}}})"
    table = _table(context, operation, variable)
    if operation.key is None:
        return [*table, f"op.execute({update})"]
    # In one piece, since Alembic's printer would indent each line by itself.
    return [*table, "\n".join(_batches(f"{variable}.c[{operation.key.name!r}]", update))]


def _table(context: AutogenContext, operation: FillOp, variable: str) -> list[str]:
    """Declare the table with the columns of the UPDATE, independent of the models."""
    parts = [operation.column, *([operation.key] if operation.key is not None else [])]
    lines = [
        f"    sa.column({part.name!r}, {render_type(part.type, context).strip()}),"
        for part in parts
    ]
    if operation.filling.copied:
        lines.append(f"    sa.column({operation.filling.copied!r}),")
    schema = [f"    schema={operation.schema!r},"] if operation.schema else []
    return [f"{variable} = sa.table(", f"    {operation.table!r},", *lines, *schema, ")"]


def _batches(key: str, update: str) -> list[str]:
    """Fill in ranges of the key, each in its own transaction, to keep locks short."""
    return [
        f"filling = {update}",
        "if op.get_context().as_sql:",
        "    op.execute(filling)",
        "else:",
        "    with op.get_context().autocommit_block():",
        f"        rest = {key}.is_not(None)",
        "        while True:",
        f"            batch = sa.select({key}.label('key')).where(rest).order_by({key})",
        f"            last = sa.func.max(batch.limit({BATCH}).subquery().c.key)",
        "            end = op.get_bind().scalar(sa.select(last))",
        "            if end is None:",
        "                break",
        f"            op.execute(filling.where(rest, {key} <= end))",
        f"            rest = {key} > end",
    ]


def _value(context: AutogenContext, filling: Filling, variable: str) -> str:
    if filling.sql:
        return f"sa.text({as_text(f'({filling.sql})')!r})"
    if filling.copied:
        return f"{variable}.c[{filling.copied!r}]"
    return literal(context, filling.constant)


def literal(context: AutogenContext, value: Any) -> str:
    """Spell a constant in Python, and add the imports that it needs."""
    for of, needs in _IMPORTS:
        if isinstance(value, of):
            context.imports.add(needs)
    return repr(value)


_IMPORTS: tuple[tuple[Any, str], ...] = (
    (Decimal, "from decimal import Decimal"),
    (UUID, "from uuid import UUID"),
    ((date, datetime, time, timedelta), "import datetime"),
)


Operations = list[ops.MigrateOperation]


class SetNotNullOp(ops.AlterColumnOp):
    """NOT NULL for a column that the same upgrade adds; the downgrade only drops the column."""

    def reverse(self) -> NoteOp:  # type: ignore[override]
        """Give an empty note."""
        return NoteOp("")


def put_before_not_null(upgrade: ops.UpgradeOps, target: ColumnToFill, filling: Operations) -> None:
    """Split the operations of a table: added columns, the filling, NOT NULL, all others."""
    container = target.container
    table, schema = container.table_name, container.schema
    first, not_null = _steps(target, filling)
    rest = [
        operation
        for operation in container.ops
        if operation is not target.operation and not _adds(operation)
    ]
    first = [*(operation for operation in container.ops if _adds(operation)), *first]
    place = upgrade.ops.index(container)
    before = [ops.ModifyTableOps(table, first, schema=schema)] if first else []
    following = _following(upgrade.ops[place + 1 :], table, schema)
    if following is None or rest:
        after = ops.ModifyTableOps(table, [not_null, *rest], schema=schema)
        upgrade.ops[place : place + 1] = [*before, *filling, after]
        return
    known = sum(isinstance(operation, ops.AlterColumnOp) for operation in following.ops)
    following.ops.insert(known, not_null)
    place_after = upgrade.ops.index(following)
    upgrade.ops[place_after:place_after] = filling
    upgrade.ops[place : place + 1] = before


def _adds(operation: ops.MigrateOperation) -> bool:
    return isinstance(operation, ops.AddColumnOp)


def _following(later: Operations, table: str, schema: str | None) -> ops.ModifyTableOps | None:
    """Find the next operations of the table, if only fillings are in between."""
    for operation in later:
        if isinstance(operation, ops.ModifyTableOps):
            same = (operation.table_name, operation.schema) == (table, schema)
            return operation if same else None
        if not isinstance(operation, NoteOp | FillOp):
            return None
    return None


def _steps(target: ColumnToFill, filling: Operations) -> tuple[Operations, ops.AlterColumnOp]:
    """Give the operations before the filling, and NOT NULL."""
    operation = target.operation
    if isinstance(operation, ops.AddColumnOp):
        operation.column = _nullable(operation.column)
        if any(isinstance(part, FillOp) and part.key is not None for part in filling):
            operation.if_not_exists = (
                True  # the operations before the batches are committed with them
            )
        return [], _not_null(SetNotNullOp, target, operation.column, None)
    if operation.modify_type is None:
        return [], operation
    operation.modify_nullable = None
    default = operation.modify_server_default
    default = operation.existing_server_default if default is False else default
    return [operation], _not_null(ops.AlterColumnOp, target, target.column, default)


def _nullable(column: sa.Column[Any]) -> sa.Column[Any]:
    """Give the column before the filling; its keys and constraints are added afterwards."""
    return sa.Column(
        column.name,
        column.type,
        nullable=True,
        comment=column.comment,
        **column.dialect_kwargs,
    )


def _not_null(
    kind: type[ops.AlterColumnOp], target: ColumnToFill, column: sa.Column[Any], default: Any
) -> ops.AlterColumnOp:
    return kind(
        target.container.table_name,
        column.name,
        schema=target.container.schema,
        modify_nullable=False,
        existing_nullable=True,
        existing_type=column.type,
        existing_server_default=default,
        existing_comment=column.comment,
    )


def keep_as_default(target: ColumnToFill, constant: Any) -> bool:
    """Give the column a server default; say whether this fills the column, too."""
    default = sa.DefaultClause(_as_sql(constant))
    if isinstance(target.operation, ops.AddColumnOp):
        target.operation.column = copied(target.operation.column)
        target.operation.column.server_default = default
        return True
    target.operation.modify_server_default = default
    return False


def _as_sql(constant: Any) -> Any:
    if isinstance(constant, bool):
        return sa.true() if constant else sa.false()
    if isinstance(constant, time):
        return constant.isoformat()
    return str(constant)
