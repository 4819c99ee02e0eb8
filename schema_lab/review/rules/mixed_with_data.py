"""Schema and rows change in one revision, on a database that commits at each DDL."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.database import is_mysql
from schema_lab.review.change import Change
from schema_lab.review.filling import is_data
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.step import Step

CODE = "SL602"
NAME = "mixed-with-data"
SEVERITY: Severity = "warning"
TITLE = "Schema and rows change in one revision, though MariaDB and MySQL commit at each DDL."

_WHY = (
    "Nothing is rolled back across a DDL statement: when a statement fails, all before the last "
    "DDL stands, and plain Alembic runs the changes of rows a second time after the mend. The "
    "lab's journal goes on where it stopped; other tools do not."
)
_RECIPE = (
    "Put the change of rows into a revision of its own; or write it so that running it twice does "
    "no harm (WHERE … IS NULL)."
)


def find(change: Change) -> Iterator[Finding]:
    """Give the first change of rows that has DDL before or after it."""
    if not is_mysql(change.dialect):
        return
    data = [step for step in change.steps if _is_data(step)]
    ddl = [step for step in change.steps if _is_ddl(step)]
    if data and ddl:
        between = _between(change, data)
        words = "between changes of rows" if between else "beside changes of rows"
        number = f"{len(ddl)} DDL statement" + ("" if len(ddl) == 1 else "s")
        sentence = f"has {number} {words}, each of which commits what ran before it"
        yield on(data[0], CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _between(change: Change, data: list[Step]) -> bool:
    first, last = change.steps.index(data[0]), change.steps.index(data[-1])
    return any(_is_ddl(step) for step in change.steps[first:last])


def _is_data(step: Step) -> bool:
    return isinstance(step.operation, ops.BulkInsertOp) or any(is_data(one) for one in step.sql)


def _is_ddl(step: Step) -> bool:
    if isinstance(step.operation, ops.ExecuteSQLOp):
        return any(type(one).__name__ in ("Create", "Drop", "Alter") for one in step.sql)
    return step.place is not None and not isinstance(step.operation, ops.BulkInsertOp)
