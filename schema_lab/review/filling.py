"""What the SQL of a change writes. Pure."""

from collections.abc import Iterator

from sqlglot import exp

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


def writes(statement: exp.Expr) -> Iterator[tuple[Place, frozenset[str]]]:
    """Give the table that an UPDATE changes, and the columns that it sets."""
    if isinstance(statement, exp.Update) and isinstance(statement.this, exp.Table):
        table = statement.this
        names = {one.this.name for one in statement.expressions if isinstance(one, exp.EQ)}
        yield Place(table.name, table.db or None), frozenset(names)


def is_data(statement: exp.Expr) -> bool:
    """Say whether a statement changes rows."""
    return isinstance(statement, exp.Insert | exp.Update | exp.Delete | exp.Merge)
