"""A column is nullable first, filled, and only then NOT NULL."""

from datetime import time
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.notes import NoteOp
from schema_lab.autogenerate.questions.filling import FillOp
from schema_lab.autogenerate.questions.wanted import Wanted

Operations = list[ops.MigrateOperation]


class SetNotNullOp(ops.AlterColumnOp):
    """NOT NULL for a column that the same upgrade adds: the downgrade just drops the column."""

    def reverse(self) -> NoteOp:  # type: ignore[override]
        """Say nothing."""
        return NoteOp("")


def put_before_not_null(upgrade: ops.UpgradeOps, wanted: Wanted, filling: Operations) -> None:
    """Part a table's operations: what adds columns, the filling, NOT NULL and all else."""
    container = wanted.container
    table, schema = container.table_name, container.schema
    first, not_null = _steps(wanted, filling)
    rest = [one for one in container.ops if one is not wanted.operation and not _adds(one)]
    first = [*(one for one in container.ops if _adds(one)), *first]
    place = upgrade.ops.index(container)
    before = [ops.ModifyTableOps(table, first, schema=schema)] if first else []
    following = _following(upgrade.ops[place + 1 :], table, schema)
    if following is None or rest:
        after = ops.ModifyTableOps(table, [not_null, *rest], schema=schema)
        upgrade.ops[place : place + 1] = [*before, *filling, after]
        return
    known = sum(isinstance(one, ops.AlterColumnOp) for one in following.ops)
    following.ops.insert(known, not_null)
    place_after = upgrade.ops.index(following)
    upgrade.ops[place_after:place_after] = filling
    upgrade.ops[place : place + 1] = before


def _adds(operation: ops.MigrateOperation) -> bool:
    return isinstance(operation, ops.AddColumnOp)


def _following(later: Operations, table: str, schema: str | None) -> ops.ModifyTableOps | None:
    """Find the table's next operations, where only fillings stand between."""
    for one in later:
        if isinstance(one, ops.ModifyTableOps):
            same = (one.table_name, one.schema) == (table, schema)
            return one if same else None
        if not isinstance(one, NoteOp | FillOp):
            return None
    return None


def _steps(wanted: Wanted, filling: Operations) -> tuple[Operations, ops.AlterColumnOp]:
    """Give what comes before the filling, and NOT NULL."""
    operation = wanted.operation
    if isinstance(operation, ops.AddColumnOp):
        operation.column = _nullable(operation.column)
        if any(isinstance(one, FillOp) and one.key is not None for one in filling):
            operation.if_not_exists = True  # what precedes the batches is committed with them
        return [], _not_null(SetNotNullOp, wanted, operation.column, None)
    if operation.modify_type is None:
        return [], operation
    operation.modify_nullable = None
    default = operation.modify_server_default
    default = operation.existing_server_default if default is False else default
    return [operation], _not_null(ops.AlterColumnOp, wanted, wanted.column, default)


def _nullable(column: sa.Column[Any]) -> sa.Column[Any]:
    """Give the column as it is before the filling: its keys and constraints come after."""
    return sa.Column(
        column.name,
        column.type,
        nullable=True,
        comment=column.comment,
        **column.dialect_kwargs,
    )


def _not_null(
    kind: type[ops.AlterColumnOp], wanted: Wanted, column: sa.Column[Any], default: Any
) -> ops.AlterColumnOp:
    return kind(
        wanted.container.table_name,
        column.name,
        schema=wanted.container.schema,
        modify_nullable=False,
        existing_nullable=True,
        existing_type=column.type,
        existing_server_default=default,
        existing_comment=column.comment,
    )


def keep_as_default(wanted: Wanted, constant: Any) -> bool:
    """Give the column a server default; say whether that fills it, too."""
    default = sa.DefaultClause(_as_sql(constant))
    if isinstance(wanted.operation, ops.AddColumnOp):
        wanted.operation.column = wanted.operation.column._copy()
        wanted.operation.column.server_default = default
        return True
    wanted.operation.modify_server_default = default
    return False


def _as_sql(constant: Any) -> Any:
    if isinstance(constant, bool):
        return sa.true() if constant else sa.false()
    if isinstance(constant, time):
        return constant.isoformat()
    return str(constant)
