"""The upgrade changes rows, and the downgrade does not."""

from collections.abc import Iterator

from sqlglot import exp

from schema_lab.review.acts import added_columns
from schema_lab.review.change import Change
from schema_lab.review.filling import is_data, writes
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.step import Place

CODE = "SL404"
NAME = "data-without-way-back"
SEVERITY: Severity = "note"
TITLE = "The upgrade changes rows, and the downgrade has no step that puts them back."

_WHY = "After a downgrade the former version of the application meets rows that it did not write."
_RECIPE = (
    "Let the downgrade write the former values, from a copy if they cannot be computed; or allow "
    "this finding with the reason why the former version can live with the rows."
)


def find(change: Change) -> Iterator[Finding]:
    """Give the first statement on rows that were there; filling a new column passes."""
    if change.direction == "downgrade" or not change.downgrade:
        return
    if any(is_data(one) for step in change.downgrade for one in step.sql):
        return
    new = added_columns(change)
    for step, statement in change.statements():
        if is_data(statement) and not _only_fills(statement, set(new)):
            verb = type(statement).__name__.upper()
            table = statement.find(exp.Table)
            place = Place(table.name, table.db or None) if table is not None else None
            sentence = f"changes rows of {place} by {verb}, and the downgrade changes none back"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE, place=place)
            return


def _only_fills(statement: exp.Expr, new: set[tuple[Place, str]]) -> bool:
    written = [(place, name) for place, names in writes(statement) for name in names]
    return bool(written) and set(written) <= new
