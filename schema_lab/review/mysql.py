"""How MariaDB and MySQL alter a table: in place, or by copying every row while writers wait.

Measured on MariaDB 10.11 with `ALGORITHM=… , LOCK=NONE` and checked by a test; MySQL 8 does the
same for these: https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-operations.html
"""

from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from sqlalchemy.dialects import mysql

from schema_lab.review.narrowing import plain

MOST_BYTES = 255
"""Up to here a VARCHAR keeps its length in one byte; a longer one has to be written anew."""


def copies(operation: ops.MigrateOperation, before: Any) -> str:
    """Say why an operation copies the table; "" where it does not.

    Parameters
    ----------
    operation
        Alembic's.
    before
        The type of an altered column as it is.

    Examples
    --------
    >>> add = ops.AddColumnOp("users", sa.Column("plan", sa.String(20)))
    >>> copies(add, None)
    ''
    """
    if isinstance(operation, ops.CreateForeignKeyOp):
        return "a foreign key that is checked"
    if isinstance(operation, ops.CreateCheckConstraintOp):
        return "a CHECK that is tried on every row"
    if isinstance(operation, ops.DropConstraintOp) and operation.constraint_type == "primary":
        return "a primary key that goes"
    if isinstance(operation, ops.AddColumnOp):
        return _of_new(operation.column)
    if isinstance(operation, ops.AlterColumnOp) and operation.modify_type is not None:
        return _of_type(plain(before), plain(operation.modify_type))
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
    return "a change of the type"


def _spelled(type_: Any) -> str:
    try:
        return str(type_.compile(dialect=mysql.dialect()))
    except (sa.exc.CompileError, AttributeError):
        return repr(type_)


def _is_longer_text(before: Any, after: Any) -> bool:
    """Say whether a VARCHAR only grows, and its length keeps its place; up to 4 bytes a letter."""
    if not all(isinstance(one, sa.String) and one.length for one in (before, after)):
        return False
    keeps = after.length * 4 <= MOST_BYTES or before.length * 4 > MOST_BYTES
    charset = getattr(after, "charset", None)
    return bool(before.length <= after.length and keeps and charset is None)


def invented(column: sa.Column[Any]) -> str:
    """Say what a row gets that has no value for a NOT NULL column without a default.

    Source: https://mariadb.com/kb/en/null-values-in-mariadb/ and
    https://dev.mysql.com/doc/refman/8.0/en/data-type-defaults.html

    Examples
    --------
    >>> invented(sa.Column("plan", sa.String(20))), invented(sa.Column("n", sa.Integer))
    ("''", '0')
    """
    type_ = plain(column.type)
    if isinstance(type_, sa.Enum):
        return repr(type_.enums[0]) if type_.enums else "''"
    if isinstance(type_, sa.Date | sa.DateTime):
        return "the zero date"
    if isinstance(type_, sa.Numeric | sa.Integer | sa.Boolean | sa.Time):
        return "0"
    return "''"
