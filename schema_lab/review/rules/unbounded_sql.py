"""SQL changes or deletes every row of a table."""

from collections.abc import Iterator

from sqlglot import exp

from schema_lab.review.change import Change
from schema_lab.review.effects import added_columns, altered_columns, is_filled
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.review.rule import of_rows, on
from schema_lab.schema.words import TableKey
from schema_lab.views.plain import counted

CODE = "SL104"
NAME = "sql-on-every-row"
SEVERITY: Severity = "error"
TITLE = "DELETE, TRUNCATE or UPDATE without WHERE affects every row of a table."

_WHY = "The previous values are lost permanently: no downgrade restores them."
_RECIPE = (
    "Name the rows in a WHERE. If all rows are meant, copy them first (CREATE TABLE … AS "
    "SELECT), and restore them in the downgrade."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each such statement on a table with rows.

    Filling a new column is fine, and so is converting a column whose type changes.
    """
    for step, statement in change.statements():
        for verb, place in _whole(change, statement):
            yield from _finding(change, step, verb, place)


def _finding(
    change: Change, step: ReviewedOperation, verb: str, place: TableKey
) -> Iterator[Finding]:
    if is_filled(change, place) is not False:
        rows = of_rows(change, place).strip(" ()")
        sentence = f"{verb} all {rows} of `{place}`" if rows else f"{verb} every row of `{place}`"
        if rows == counted(1, "row"):
            sentence = f"{verb} the only row of `{place}`"
        yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=place)


def _whole(change: Change, statement: exp.Expr) -> Iterator[tuple[str, TableKey]]:
    if isinstance(statement, exp.TruncateTable):
        for table in statement.expressions:
            yield "truncates", _place(table)
    if statement.args.get("where") or not isinstance(statement.this, exp.Table):
        return
    place = _place(statement.this)
    if isinstance(statement, exp.Delete) and not statement.args.get("using"):
        yield "deletes", place
    elif isinstance(statement, exp.Update) and not statement.args.get("from_"):
        new = {name for where, name in added_columns(change) if where == place}
        if not set(_lost(change, statement, place)) <= new:
            yield "overwrites", place


def _lost(change: Change, update: exp.Update, place: TableKey) -> Iterator[str]:
    """Name the columns that an UPDATE overwrites, except columns converted to another type."""
    retyped = {
        operation.column_name for _, where, operation in altered_columns(change) if where == place
    }
    for assignment in update.expressions:
        if isinstance(assignment, exp.EQ):
            name = assignment.this.name
            of_itself = any(
                read.name == name for read in assignment.expression.find_all(exp.Column)
            )
            if not (name in retyped and of_itself):
                yield name


def _place(table: exp.Expr) -> TableKey:
    return TableKey(getattr(table, "db", "") or None, table.name)
