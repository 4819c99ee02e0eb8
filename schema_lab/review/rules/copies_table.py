"""MariaDB and MySQL copy the whole table, and writes wait.

They alter a table in place, or by copying every row. Measured on MariaDB 10.11 with
`ALGORITHM=… , LOCK=NONE` and checked by a test; MySQL 8 does the same for these:
https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-operations.html
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.dialects import mysql

from schema_lab.database import is_mysql
from schema_lab.review.change import Change
from schema_lab.review.effects import type_before
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import of_rows, on
from schema_lab.rows import plain_type

CODE = "SL601"
NAME = "copies-table"
SEVERITY: Severity = "warning"
TITLE = "MariaDB and MySQL copy the whole table, and writes wait until the copy is done."

MANY = 10_000
"""Fewer rows are copied in well under a second, so the finding is a note."""

_WHY = (
    "The statement needs ALGORITHM=COPY, LOCK=SHARED: every row is written to a new table. "
    "INSERT, UPDATE and DELETE wait meanwhile, and the disk must have room for both tables."
)
_RECIPE = (
    "Run it when there is little traffic, or copy the table with gh-ost or "
    "pt-online-schema-change while the application writes. For a changed type: add a new "
    "column, fill it in batches, then switch to it."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each operation that copies a table; for a small or empty table, as a note."""
    if not is_mysql(change.dialect):
        return
    for step in change.steps:
        operation, place = step.operation, step.place
        if place is None:
            continue
        before = (
            type_before(change, place, operation)
            if isinstance(operation, ops.AlterColumnOp)
            else None
        )
        reason = why_copied(operation, before)
        if reason:
            rows = change.live.rows(place) if change.live else None
            severity: Severity = "note" if rows is not None and rows < MANY else SEVERITY
            sentence = f"copies `{place}`{of_rows(change, place)} because of {reason}"
            yield on(step, CODE, severity, sentence, _WHY, _RECIPE)


_SHORT_BYTES = 255
"""Up to this size, MariaDB stores a VARCHAR's length in a single byte; beyond it, in two bytes."""


def why_copied(operation: ops.MigrateOperation, before: Any) -> str:
    """Say why an operation copies the table; "" if it does not.

    Parameters
    ----------
    operation
        The operation.
    before
        The current type of an altered column.

    Examples
    --------
    >>> add = ops.AddColumnOp("users", sa.Column("plan", sa.String(20)))
    >>> why_copied(add, None)
    ''
    """
    if isinstance(operation, ops.CreateForeignKeyOp):
        return "a foreign key that is checked"
    if isinstance(operation, ops.CreateCheckConstraintOp):
        return "a CHECK that is checked on every row"
    if isinstance(operation, ops.DropConstraintOp) and operation.constraint_type == "primary":
        return "a dropped primary key"
    if isinstance(operation, ops.AddColumnOp):
        return _of_new(operation.column)
    if isinstance(operation, ops.AlterColumnOp) and operation.modify_type is not None:
        return _of_type(plain_type(before), plain_type(operation.modify_type))
    return ""


def _of_new(column: sa.Column[Any]) -> str:
    if column.computed is not None and column.computed.persisted:
        return "a stored generated column"
    text = str(getattr(column.server_default, "arg", "")).lower()
    volatile = any(f"{name}(" in text for name in ("uuid", "rand", "random_bytes"))
    return "a default that differs from row to row" if volatile else ""


def _of_type(before: Any, after: Any) -> str:
    if isinstance(before, sa.Enum) and isinstance(after, sa.Enum):
        old, new = list(before.enums), list(after.enums)
        return "" if new[: len(old)] == old else "enum members that are not only added at the end"
    if _spelled(before) == _spelled(after) or _is_longer_text(before, after):
        return ""
    return "a changed type"


def _spelled(type_: Any) -> str:
    try:
        return str(type_.compile(dialect=mysql.dialect()))
    except (sa.exc.CompileError, AttributeError):
        return repr(type_)


def _is_longer_text(before: Any, after: Any) -> bool:
    """Tell whether a VARCHAR only grows, with its length in as many bytes; 4 bytes a character."""
    if not all(isinstance(type_, sa.String) and type_.length for type_ in (before, after)):
        return False
    keeps = after.length * 4 <= _SHORT_BYTES or before.length * 4 > _SHORT_BYTES
    charset = getattr(after, "charset", None)
    return bool(before.length <= after.length and keeps and charset is None)
