"""SQL changes or deletes every row of a table."""

from collections.abc import Iterator

from sqlglot import exp

from schema_lab.review.acts import added_columns, altered_columns, is_filled
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import of_rows, on
from schema_lab.review.step import Place, Step
from schema_lab.review.words import counted

CODE = "SL104"
NAME = "sql-on-every-row"
SEVERITY: Severity = "error"
TITLE = "DELETE, TRUNCATE or UPDATE without WHERE takes every row of a table."

_WHY = "What stood there before is gone for good, and no downgrade knows it."
_RECIPE = (
    "Say in a WHERE which rows are meant. If all are, copy them first (CREATE TABLE … AS SELECT), "
    "and let the downgrade put them back."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each such statement on a table with rows.

    Filling a new column passes, and making a value of itself for a column that gets another type.
    """
    for step, statement in change.statements():
        for verb, place in _whole(change, statement):
            yield from _finding(change, step, verb, place)


def _finding(change: Change, step: Step, verb: str, place: Place) -> Iterator[Finding]:
    if is_filled(change, place) is not False:
        rows = of_rows(change, place).strip(" ()")
        sentence = f"{verb} all {rows} of {place}" if rows else f"{verb} every row of {place}"
        if rows == counted(1, "row"):
            sentence = f"{verb} the one row of {place}"
        yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=place)


def _whole(change: Change, statement: exp.Expr) -> Iterator[tuple[str, Place]]:
    if isinstance(statement, exp.TruncateTable):
        for one in statement.expressions:
            yield "truncates", _place(one)
    if statement.args.get("where") or not isinstance(statement.this, exp.Table):
        return
    place = _place(statement.this)
    if isinstance(statement, exp.Delete) and not statement.args.get("using"):
        yield "deletes", place
    elif isinstance(statement, exp.Update) and not statement.args.get("from_"):
        new = {name for where, name in added_columns(change) if where == place}
        if not set(_lost(change, statement, place)) <= new:
            yield "overwrites", place


def _lost(change: Change, update: exp.Update, place: Place) -> Iterator[str]:
    """Name the columns that an UPDATE writes; not one that it makes of itself for another type."""
    retyped = {one.column_name for _, where, one in altered_columns(change) if where == place}
    for one in update.expressions:
        if isinstance(one, exp.EQ):
            name = one.this.name
            of_itself = any(read.name == name for read in one.expression.find_all(exp.Column))
            if not (name in retyped and of_itself):
                yield name


def _place(table: exp.Expr) -> Place:
    return Place(table.name, getattr(table, "db", "") or None)
