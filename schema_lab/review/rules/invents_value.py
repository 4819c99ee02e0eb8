"""MariaDB and MySQL invent a value for existing rows."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.change import Change
from schema_lab.review.effects import is_filled, needs_a_value
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import of_rows, on
from schema_lab.rows import plain_type

CODE = "SL603"
NAME = "invents-value"
SEVERITY: Severity = "error"
TITLE = "MariaDB and MySQL invent a value for a NOT NULL column without a default."

_WHY = (
    "Even in strict mode, ADD COLUMN gives existing rows the type's empty value. Nobody chose "
    "this value, and later nobody can tell it from a real value."
)
_RECIPE = "Add the column nullable, fill it, then make it NOT NULL; or give it a server default."


def find(change: Change) -> Iterator[Finding]:
    """Find each such column that is added to a table with rows."""
    if not is_mysql(change.dialect):
        return
    for step in change.steps:
        operation = step.operation
        if not isinstance(operation, ops.AddColumnOp) or step.place is None:
            continue
        filled = is_filled(change, step.place)
        if filled is not False and needs_a_value(operation.column):
            severity: Severity = "warning" if filled is None else SEVERITY
            rows = of_rows(change, step.place).strip(" ()") or "the rows"
            value = invented(operation.column)
            sentence = f"invents {value} in `{step.table}.{step.column}` for {rows}"
            yield on(
                *(step, CODE, severity, sentence, _WHY, _RECIPE),
                call=f'candidate.fill("{step.table}.{step.column}", …)',
            )


def invented(column: sa.Column[Any]) -> str:
    """Return the value that a row gets in a NOT NULL column without a default.

    Source: https://mariadb.com/kb/en/null-values-in-mariadb/ and
    https://dev.mysql.com/doc/refman/8.0/en/data-type-defaults.html

    Examples
    --------
    >>> invented(sa.Column("plan", sa.String(20))), invented(sa.Column("n", sa.Integer))
    ("''", '0')
    """
    type_ = plain_type(column.type)
    if isinstance(type_, sa.Enum):
        return repr(type_.enums[0]) if type_.enums else "''"
    if isinstance(type_, sa.Date | sa.DateTime):
        return "the zero date"
    if isinstance(type_, sa.Numeric | sa.Integer | sa.Boolean | sa.Time):
        return "0"
    return "''"
