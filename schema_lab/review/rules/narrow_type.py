"""A type gets narrower than the values are."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.review.acts import altered_columns, type_before
from schema_lab.review.change import Change
from schema_lab.review.filling import is_mended_before
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.narrowing import Misfit, misfits
from schema_lab.review.saying import on
from schema_lab.review.step import Place
from schema_lab.review.words import counted

CODE = "SL103"
NAME = "narrow-type"
SEVERITY: Severity = "error"
TITLE = "A type gets narrower than the values in the column are."

_REFUSED = "The database refuses the values that do not fit, and the upgrade fails there."
_CHANGED = "The database changes the values without a word, and no downgrade brings them back."
_SQLITE = (
    "SQLite keeps longer values whatever the type says; from now on they break the model's rule, "
    "and on any other database the upgrade fails."
)
_RECIPE = (
    "Mend the values in a data migration of its own, which says what becomes of them, and narrow "
    "the type after it; or keep the wider type."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each narrowed column with the values that do not fit; if all fit, nothing."""
    for step, place, operation in altered_columns(change):
        before = type_before(change, place, operation)
        if operation.modify_type is None or before is None:
            continue
        if is_mended_before(change, step, place, operation):
            continue
        for one in misfits(before, operation.modify_type, step.column, change.dialect):
            sentence = _sentence(change, place, operation, one)
            if sentence:
                why = _SQLITE if change.dialect == "sqlite" else _CHANGED
                why = _REFUSED if one.refused and change.dialect != "sqlite" else why
                severity: Severity = "warning" if change.dialect == "sqlite" else SEVERITY
                yield on(step, CODE, severity, sentence, why, _RECIPE)


def _sentence(change: Change, place: Place, operation: ops.AlterColumnOp, one: Misfit) -> str:
    what = f"narrows {place}.{operation.column_name}"
    if change.live is None:
        return f"{what}; values {one.words} do not fit"
    found = change.live.count(place, one.condition)
    if not found:
        return ""
    return f"{what} over {counted(found, 'value')} {one.words}"
