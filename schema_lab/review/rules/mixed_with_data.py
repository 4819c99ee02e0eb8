"""Schema and rows change in one revision on MariaDB or MySQL."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.change import Change
from schema_lab.review.effects import is_data
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.review.rule import on
from schema_lab.views.plain import counted

CODE = "SL602"
NAME = "mixed-with-data"
SEVERITY: Severity = "warning"
TITLE = "Schema and rows change in one revision, but MariaDB and MySQL commit each DDL statement."

_WHY = (
    "A DDL statement commits everything before it. If a later statement fails, plain Alembic "
    "runs the changes of rows a second time after the fix. The lab's journal continues where "
    "the revision stopped; other tools do not."
)
_RECIPE = (
    "Move the changes of rows to a separate revision. Or write them so that they can run twice "
    "without harm (WHERE … IS NULL)."
)


def find(change: Change) -> Iterator[Finding]:
    """Find the first change of rows in a revision that also contains DDL."""
    if not is_mysql(change.dialect):
        return
    data = [step for step in change.steps if _is_data(step)]
    ddl = [step for step in change.steps if _is_ddl(step)]
    if data and ddl:
        between = _between(change, data)
        words = "between" if between else "in addition to"
        each = "which commits" if len(ddl) == 1 else "each of which commits"
        statements = counted(len(ddl), "DDL statement")
        sentence = f"runs {statements} {words} changes of rows, {each} everything before it"
        yield on(data[0], CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _between(change: Change, data: list[ReviewedOperation]) -> bool:
    first, last = change.steps.index(data[0]), change.steps.index(data[-1])
    return any(_is_ddl(step) for step in change.steps[first:last])


def _is_data(step: ReviewedOperation) -> bool:
    return isinstance(step.operation, ops.BulkInsertOp) or any(
        is_data(statement) for statement in step.sql
    )


def _is_ddl(step: ReviewedOperation) -> bool:
    if isinstance(step.operation, ops.ExecuteSQLOp):
        return any(
            type(statement).__name__ in ("Create", "Drop", "Alter") for statement in step.sql
        )
    return step.place is not None and not isinstance(step.operation, ops.BulkInsertOp)
