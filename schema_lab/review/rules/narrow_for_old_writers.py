"""A type gets narrower than what a running application writes."""

from collections.abc import Iterator

from schema_lab.database import is_mysql
from schema_lab.review.acts import altered_columns, type_before
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.narrowing import misfits
from schema_lab.review.saying import on

CODE = "SL305"
NAME = "narrow-for-old-writers"
SEVERITY: Severity = "warning"
TITLE = "A type gets narrower than what a version which still runs may write."
SQUAWK = ("changing-column-type",)

_WHY = (
    "Until every process runs the new version, those with the old one may write values "
    "{words}: strict mode refuses them, any other mode cuts them."
)
_RECIPE = (
    "First release a version that writes no such value; narrow the type in a later migration, "
    "when no process with the old models is left."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each narrowed type; SQLite refuses no value, and on PostgreSQL squawk speaks of it."""
    if not is_mysql(change.dialect):
        return
    for step, place, operation in altered_columns(change):
        before = type_before(change, place, operation)
        if operation.modify_type is None or before is None:
            continue
        for one in misfits(before, operation.modify_type, step.column, change.dialect):
            sentence = f"narrows {place}.{step.column}: no values {one.words} any more"
            yield on(step, CODE, SEVERITY, sentence, _WHY.format(words=one.words), _RECIPE)
