"""What the steps of a change do to tables and columns, by an operation or by SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from sqlglot import exp

from schema_lab.review.change import Change
from schema_lab.review.step import Place, Step


@dataclass(frozen=True)
class Act:
    """A step, the table and the column that it is about, and a new name where it gives one."""

    step: Step
    place: Place
    column: str = ""
    new_name: str = ""

    @property
    def what(self) -> str:
        """Name the table, or the column with its table."""
        return f"{self.place}.{self.column}" if self.column else str(self.place)


def dropped_columns(change: Change) -> Iterator[Act]:
    """Give the columns that are dropped, but for those that the same change has added."""
    added = added_columns(change)
    for step in change.steps:
        operation = step.operation
        known = isinstance(operation, ops.DropColumnOp) and (step.place, step.column) not in added
        if known and step.place is not None:
            yield Act(step, step.place, step.column)
        for place, action in _altered(step):
            if isinstance(action, exp.Drop) and action.kind == "COLUMN":
                for one in action.args.get("tables") or ():
                    yield Act(step, place, one.name)


def dropped_tables(change: Change) -> Iterator[Act]:
    """Give the tables that are dropped."""
    for step in change.steps:
        if isinstance(step.operation, ops.DropTableOp) and step.place is not None:
            yield Act(step, step.place)
        for statement in step.sql:
            if isinstance(statement, exp.Drop) and statement.kind == "TABLE":
                for one in statement.args.get("tables") or ():
                    yield Act(step, _place(one))


def renamed_columns(change: Change) -> Iterator[Act]:
    """Give the columns that get another name."""
    for step in change.steps:
        operation = step.operation
        if isinstance(operation, ops.AlterColumnOp) and operation.modify_name and step.place:
            yield Act(step, step.place, step.column, str(operation.modify_name))
        for place, action in _altered(step):
            if isinstance(action, exp.RenameColumn):
                yield Act(step, place, action.this.name, action.args["to"].name)


def renamed_tables(change: Change) -> Iterator[Act]:
    """Give the tables that get another name."""
    for step in change.steps:
        operation = step.operation
        if isinstance(operation, ops.RenameTableOp) and step.place is not None:
            yield Act(step, step.place, new_name=str(operation.new_table_name))
        for place, action in _altered(step):
            if isinstance(action, exp.AlterRename):
                yield Act(step, place, new_name=action.this.name)


def altered_columns(change: Change) -> Iterator[tuple[Step, Place, ops.AlterColumnOp]]:
    """Give the columns that are altered."""
    for step in change.steps:
        if isinstance(step.operation, ops.AlterColumnOp) and step.place is not None:
            yield step, step.place, step.operation


def added_columns(change: Change) -> dict[tuple[Place, str], sa.Column[Any]]:
    """Give the columns that the change adds to tables that are there."""
    return {
        (step.place, str(step.operation.column.name)): step.operation.column
        for step in change.steps
        if isinstance(step.operation, ops.AddColumnOp) and step.place is not None
    }


def type_before(change: Change, place: Place, operation: ops.AlterColumnOp) -> Any:
    """Give the type that a column has: as the operation says, else as the database does."""
    if operation.existing_type is not None:
        return operation.existing_type
    live = change.live.columns(place).get(operation.column_name) if change.live else None
    return None if live is None else live.type


def is_filled(change: Change, place: Place) -> bool | None:
    """Say whether a table has rows; None where no database was asked."""
    rows = change.live.rows(place) if change.live else None
    return None if rows is None else rows > 0


def _altered(step: Step) -> Iterator[tuple[Place, exp.Expr]]:
    for statement in step.sql:
        if isinstance(statement, exp.Alter) and isinstance(statement.this, exp.Table):
            for action in statement.args.get("actions") or ():
                yield _place(statement.this), action


def _place(table: exp.Expr) -> Place:
    return Place(table.name, getattr(table, "db", "") or None)
