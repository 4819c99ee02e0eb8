"""What the SQL of a change writes. Pure."""

from collections.abc import Iterator

import sqlglot
from alembic.operations import ops
from sqlglot import exp
from sqlglot.errors import SqlglotError

from schema_lab.review.change import Change
from schema_lab.review.step import Place, Step


def is_written_before(change: Change, step: Step, place: Place, column: str) -> bool:
    """Say whether an UPDATE before a step writes a column."""
    before = change.steps[: change.steps.index(step)]
    return any(
        column in columns
        for one in before
        for statement in one.sql
        for where, columns in writes(statement)
        if where == place
    )


def is_mended_before(
    change: Change, step: Step, place: Place, operation: ops.AlterColumnOp
) -> bool:
    """Say whether the migration says itself what becomes of the values of an altered column.

    By an UPDATE before, or on PostgreSQL by a USING that is more than the plain cast.
    """
    if is_written_before(change, step, place, operation.column_name):
        return True
    using = operation.kw.get("postgresql_using") if change.dialect == "postgresql" else None
    return bool(using) and not _is_plain_cast(str(using))


def _is_plain_cast(using: str) -> bool:
    try:
        found = sqlglot.parse_one(using, read="postgres")
    except SqlglotError:
        return False
    return isinstance(found, exp.Column) or (
        isinstance(found, exp.Cast) and isinstance(found.this, exp.Column)
    )


def writes(statement: exp.Expr) -> Iterator[tuple[Place, frozenset[str]]]:
    """Give the table that an UPDATE changes, and the columns that it sets."""
    if isinstance(statement, exp.Update) and isinstance(statement.this, exp.Table):
        table = statement.this
        names = {one.this.name for one in statement.expressions if isinstance(one, exp.EQ)}
        yield Place(table.name, table.db or None), frozenset(names)


def is_data(statement: exp.Expr) -> bool:
    """Say whether a statement changes rows."""
    return isinstance(statement, exp.Insert | exp.Update | exp.Delete | exp.Merge)
