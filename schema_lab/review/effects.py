"""The effects of a migration on tables and columns, by operations or by SQL. Pure.

An `Effect` is an operation with the table or column that it drops, renames or adds. The other
functions read what SQL writes, and which columns need a value in every row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import sqlglot
from alembic.operations import ops
from sqlglot import exp
from sqlglot.errors import SqlglotError

from schema_lab.history import COPY_OF, forgotten_by
from schema_lab.review.change import Change
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.rows import Demand, LiveTables, demands_of_cast
from schema_lab.rows.using import using_of
from schema_lab.schema.words import TableKey


@dataclass(frozen=True)
class Effect:
    """An operation, its table and column, and the new name if it renames them."""

    step: ReviewedOperation
    place: TableKey
    column: str = ""
    new_name: str = ""

    @property
    def what(self) -> str:
        """The table's name, or the column's name with its table."""
        return f"{self.place}.{self.column}" if self.column else str(self.place)


def dropped_columns(change: Change) -> Iterator[Effect]:
    """Yield the dropped columns, except columns that the same migration adds."""
    added = added_columns(change)
    for step in change.steps:
        operation = step.operation
        known = isinstance(operation, ops.DropColumnOp) and (step.place, step.column) not in added
        if known and step.place is not None:
            yield Effect(step, step.place, step.column)
        for place, action in _altered(step):
            if isinstance(action, exp.Drop) and action.kind == "COLUMN":
                for column_name in action.args.get("tables") or ():
                    if not _is_computed(change, place, column_name.name):
                        yield Effect(step, place, column_name.name)
    for step in _every(change):
        for table, column in forgotten_by(step.text):
            yield Effect(step, TableKey(None, table), column)


def _every(change: Change) -> tuple[ReviewedOperation, ...]:
    """Give the operations of the direction, on tables that the migration creates, too."""
    return change.upgrade if change.direction == "upgrade" else change.downgrade


def _is_computed(change: Change, place: TableKey, column: str) -> bool:
    """Tell whether the live column has no values of its own."""
    live = change.live.columns(place).get(column) if change.live else None
    return live is not None and live.generated


def dropped_tables(change: Change) -> Iterator[Effect]:
    """Yield the dropped tables, except those whose copy takes their place."""
    copied = {effect.place for effect in copied_tables(change)}
    yield from (effect for effect in _dropped_tables(change) if effect.place not in copied)


def copied_tables(change: Change) -> Iterator[Effect]:
    """Yield the tables that are dropped while a copy by SQL takes their name."""
    renamed = {
        (place.name, action.this.name)
        for step in _every(change)
        for place, action in _altered(step)
        if isinstance(action, exp.AlterRename)
    }
    for effect in _dropped_tables(change):
        if (f"{COPY_OF}{effect.place.name}", effect.place.name) in renamed:
            yield effect


def _dropped_tables(change: Change) -> Iterator[Effect]:
    for step in change.steps:
        if isinstance(step.operation, ops.DropTableOp) and step.place is not None:
            yield Effect(step, step.place)
        for statement in step.sql:
            if isinstance(statement, exp.Drop) and statement.kind == "TABLE":
                for table in statement.args.get("tables") or ():
                    yield Effect(step, _place(table))


def renamed_columns(change: Change) -> Iterator[Effect]:
    """Yield the renamed columns."""
    for step in change.steps:
        operation = step.operation
        if isinstance(operation, ops.AlterColumnOp) and operation.modify_name and step.place:
            yield Effect(step, step.place, step.column, str(operation.modify_name))
        for place, action in _altered(step):
            if isinstance(action, exp.RenameColumn):
                yield Effect(step, place, action.this.name, action.args["to"].name)


def renamed_tables(change: Change) -> Iterator[Effect]:
    """Yield the renamed tables."""
    for step in change.steps:
        operation = step.operation
        if isinstance(operation, ops.RenameTableOp) and step.place is not None:
            yield Effect(step, step.place, new_name=str(operation.new_table_name))
        for place, action in _altered(step):
            if isinstance(action, exp.AlterRename):
                yield Effect(step, place, new_name=action.this.name)


def altered_columns(
    change: Change,
) -> Iterator[tuple[ReviewedOperation, TableKey, ops.AlterColumnOp]]:
    """Yield the altered columns."""
    for step in change.steps:
        if isinstance(step.operation, ops.AlterColumnOp) and step.place is not None:
            yield step, step.place, step.operation


def added_columns(change: Change) -> dict[tuple[TableKey, str], sa.Column[Any]]:
    """Return the columns that are added to existing tables."""
    return {
        (step.place, str(step.operation.column.name)): step.operation.column
        for step in change.steps
        if isinstance(step.operation, ops.AddColumnOp) and step.place is not None
    }


def type_before(change: Change, place: TableKey, operation: ops.AlterColumnOp) -> Any:
    """Return a column's current type, as the operation or else the database says."""
    if operation.existing_type is not None:
        return operation.existing_type
    live = change.live.columns(place).get(operation.column_name) if change.live else None
    return None if live is None else live.type


def is_filled(change: Change, place: TableKey) -> bool | None:
    """Tell whether a table has rows; None without a database."""
    rows = change.live.rows(place) if change.live else None
    return None if rows is None else rows > 0


def _altered(step: ReviewedOperation) -> Iterator[tuple[TableKey, exp.Expr]]:
    for statement in step.sql:
        if isinstance(statement, exp.Alter) and isinstance(statement.this, exp.Table):
            for action in statement.args.get("actions") or ():
                yield _place(statement.this), action


def _place(table: exp.Expr) -> TableKey:
    return TableKey(getattr(table, "db", "") or None, table.name)


def needs_a_value(column: sa.Column[Any]) -> bool:
    """Tell whether every row must give a value: NOT NULL, without a default of any kind.

    Examples
    --------
    >>> needs_a_value(sa.Column("plan", sa.String, nullable=False))
    True
    >>> needs_a_value(sa.Column("plan", sa.String, nullable=False, server_default="free"))
    False
    """
    given = (column.server_default, column.computed, column.identity)
    own = column.autoincrement is True or bool(column.primary_key)
    return not column.nullable and not own and all(given_value is None for given_value in given)


def is_written_before(
    change: Change, step: ReviewedOperation, place: TableKey, column: str
) -> bool:
    """Tell whether an UPDATE before an operation writes a column."""
    before = change.steps[: change.steps.index(step)]
    return any(_writes(step, place, column) for step in before)


def _writes(step: ReviewedOperation, place: TableKey, column: str) -> bool:
    return any(
        column in columns
        for statement in step.sql
        for where, columns in writes(statement)
        if where == place
    )


def demands_on_values(
    change: Change, step: ReviewedOperation, place: TableKey, operation: ops.AlterColumnOp
) -> tuple[Demand, ...]:
    """Give what a change of a column's type requires of the values; none for a fixed column."""
    before = type_before(change, place, operation)
    if operation.modify_type is None or before is None:
        return ()
    if is_mended_before(change, step, place, operation):
        return ()
    if change.live is None:
        return demands_of_cast(step.column, before, operation.modify_type, dialect_named(change))
    restored = _is_written_after(change, step, place, step.column)
    found = LiveTables(change.live.connection).demands_of(operation, kept_aside=restored)
    return tuple(demand for _, demand in found)


def dialect_named(change: Change) -> sa.Dialect:
    """Give the dialect of a change, with the settings that a live connection has read."""
    if change.live is not None:
        return change.live.connection.dialect
    return sa.make_url(f"{change.dialect}://").get_dialect()()


def _is_written_after(
    change: Change, step: ReviewedOperation, place: TableKey, column: str
) -> bool:
    after = change.steps[change.steps.index(step) + 1 :]
    return any(_writes(step, place, column) for step in after)


def is_mended_before(
    change: Change, step: ReviewedOperation, place: TableKey, operation: ops.AlterColumnOp
) -> bool:
    """Tell whether the migration itself converts the values of an altered column.

    It does so by an UPDATE before, or on PostgreSQL by a USING that is more than a plain cast.
    """
    if is_written_before(change, step, place, operation.column_name):
        return True
    using = operation.kw.get("postgresql_using") if change.dialect == "postgresql" else None
    if not using or _is_plain_cast(str(using)):
        return False
    types = type_before(change, place, operation), operation.modify_type
    return operation.modify_type is None or str(using) != using_of(operation.column_name, *types)


def _is_plain_cast(using: str) -> bool:
    try:
        found = sqlglot.parse_one(using, read="postgres")
    except SqlglotError:
        return False
    return isinstance(found, exp.Column) or (
        isinstance(found, exp.Cast) and isinstance(found.this, exp.Column)
    )


def writes(statement: exp.Expr) -> Iterator[tuple[TableKey, frozenset[str]]]:
    """Yield the table that an UPDATE changes, and the columns that it sets."""
    if isinstance(statement, exp.Update) and isinstance(statement.this, exp.Table):
        table = statement.this
        names = {
            assignment.this.name
            for assignment in statement.expressions
            if isinstance(assignment, exp.EQ)
        }
        yield TableKey(table.db or None, table.name), frozenset(names)


def is_data(statement: exp.Expr) -> bool:
    """Tell whether a statement changes rows."""
    return isinstance(statement, exp.Insert | exp.Update | exp.Delete | exp.Merge)
