"""Values that SQLite's batch mode would garble wait in a column of their own.

SQLite's CAST knows numbers and text only, and would cut '2026-01-31' to 2026:
https://www.sqlite.org/lang_expr.html#castexpr
"""

from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.conversions.families import MOMENTS, family
from schema_lab.autogenerate.sql_text import sql_of
from schema_lab.autogenerate.statement import StatementOp

Aside = tuple[list[ops.MigrateOperation], list[ops.MigrateOperation]]


def garbled_by_sqlite(before: Any, after: Any) -> bool:
    """Say whether the way there or back casts a date, a time or both."""
    pair = {family(before), family(after)}
    return len(pair) > 1 and bool(pair & MOMENTS)


def kept_aside(operation: ops.AlterColumnOp, dialect: sa.Dialect) -> Aside:
    """Give what keeps the values aside, and what brings them back into the changed column."""
    name, schema, column = operation.table_name, operation.schema, operation.column_name
    added = ops.AddColumnOp(name, sa.Column(f"{column}_before", sa.Text()), schema=schema)
    away = _moved(operation, f"{column}_before", sa.column(column), dialect)
    kept: Any = sa.column(f"{column}_before")
    there = _said(kept, operation.existing_type, operation.modify_type)
    back = _said(kept, operation.modify_type, operation.existing_type)
    return (
        [
            ops.ModifyTableOps(name, [added], schema=schema),
            StatementOp(away, _moved(operation, column, back, dialect)),
        ],
        [
            StatementOp(_moved(operation, column, there, dialect), away),
            ops.ModifyTableOps(name, [added.reverse()], schema=schema),
        ],
    )


def _moved(operation: ops.AlterColumnOp, goal: str, value: Any, dialect: sa.Dialect) -> str:
    table = sa.table(operation.table_name, sa.column(goal), schema=operation.schema)
    return sql_of(sa.update(table).values({goal: value}), dialect)


def _said(kept: Any, before: Any, after: Any) -> Any:
    """Spell a moment as SQLAlchemy reads the new type; all else stays as it is."""
    pair = (family(before), family(after))
    if pair == ("datetime", "date"):
        return sa.func.substr(kept, 1, 10)
    if pair == ("datetime", "time"):
        return sa.func.substr(kept, 12)
    return kept
