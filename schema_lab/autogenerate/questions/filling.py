"""The operation that fills a column, and how a script spells it on every dialect."""

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
from alembic.autogenerate.render import _repr_type
from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.operations import Operation, describe, full_name
from schema_lab.database import as_text, is_mysql

BATCH = 50_000
"""Rows that one UPDATE of a large table fills."""


@dataclass(frozen=True)
class Filling:
    """With what a column is filled: a constant, an expression of SQL, or another column."""

    constant: Any = None
    sql: str = ""
    copied: str = ""

    @property
    def words(self) -> str:
        """Say it as a person would."""
        if self.sql or self.copied:
            return self.sql or f"the values of {self.copied}"
        return repr(self.constant) if isinstance(self.constant, str) else str(self.constant)


def constant_filling(constant: Any, type_: Any, dialect: sa.Dialect) -> Filling:
    """Fill with a constant; JSON is spelled in SQL, for SQLAlchemy writes it nowhere offline."""
    if not isinstance(getattr(type_, "impl", type_), sa.JSON):
        return Filling(constant=constant)
    text = json.dumps(constant).replace("'", "''")
    if is_mysql(dialect.name):
        text = text.replace("\\", "\\\\")
    return Filling(sql=f"'{text}'")


class FillOp(ops.MigrateOperation):
    """Fill a column where it is NULL; on the way back there is nothing to do.

    Parameters
    ----------
    table, schema
        The table's name when this runs.
    column
        The column, with its type.
    filling
        What it gets.
    key
        The primary key by which a large table is filled in batches; None fills it at once.
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
        """Say nothing: the column goes, or keeps what it has."""
        return NoteOp("")

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Say what this is, as Alembic's operations do."""
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
    # One piece, for Alembic's printer would indent each line by itself.
    return [*table, "\n".join(_batches(f"{variable}.c[{operation.key.name!r}]", update))]


def _table(context: AutogenContext, operation: FillOp, variable: str) -> list[str]:
    """Name the table with the columns that the UPDATE needs, apart from any model."""
    columns = [operation.column, *([operation.key] if operation.key is not None else [])]
    lines = [
        f"    sa.column({one.name!r}, {_repr_type(one.type, context).strip()})," for one in columns
    ]
    if operation.filling.copied:
        lines.append(f"    sa.column({operation.filling.copied!r}),")
    schema = [f"    schema={operation.schema!r},"] if operation.schema else []
    return [f"{variable} = sa.table(", f"    {operation.table!r},", *lines, *schema, ")"]


def _batches(key: str, update: str) -> list[str]:
    """Fill in ranges of the key, each committed by itself, so that no row is locked for long."""
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
    """Spell a constant as Python, and import what it needs."""
    for of, needs in _IMPORTS:
        if isinstance(value, of):
            context.imports.add(needs)
    return repr(value)


_IMPORTS: tuple[tuple[Any, str], ...] = (
    (Decimal, "from decimal import Decimal"),
    (UUID, "from uuid import UUID"),
    ((date, datetime, time, timedelta), "import datetime"),
)
