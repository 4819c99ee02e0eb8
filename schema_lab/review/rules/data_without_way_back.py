"""The upgrade changes rows, but the downgrade does not restore them."""

from collections.abc import Iterator

from sqlglot import exp

from schema_lab.review.change import Change
from schema_lab.review.effects import added_columns, is_data, writes
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.rule import on
from schema_lab.schema.words import TableKey

CODE = "SL404"
NAME = "data-without-way-back"
SEVERITY: Severity = "note"
TITLE = "The upgrade changes rows, but the downgrade does not restore them."

_WHY = (
    "After a downgrade, the previous version of the application reads rows that it did not write."
)
_RECIPE = (
    "Restore the previous values in downgrade(), from a copy if they cannot be computed. Or "
    "allow this finding, with the reason why the previous version can use the changed rows."
)


def find(change: Change) -> Iterator[Finding]:
    """Find the first statement that changes existing values; filling a new column is fine."""
    if change.direction == "downgrade" or not change.downgrade:
        return
    if any(is_data(statement) for step in change.downgrade for statement in step.sql):
        return
    new = added_columns(change)
    for step, statement in change.statements():
        if is_data(statement) and not _only_fills(statement, set(new)):
            verb = type(statement).__name__.upper()
            table = statement.find(exp.Table)
            place = TableKey(table.db or None, table.name) if table is not None else None
            sentence = (
                f"changes rows of `{place}` with {verb}, but the downgrade does not restore them"
            )
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=place)
            return


def _only_fills(statement: exp.Expr, new: set[tuple[TableKey, str]]) -> bool:
    written = [(place, name) for place, names in writes(statement) for name in names]
    return bool(written) and set(written) <= new
