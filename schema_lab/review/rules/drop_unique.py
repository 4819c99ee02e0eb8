"""A primary key, unique constraint or unique index is dropped."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.review.change import Change
from schema_lab.review.effects import dropped_columns, is_filled
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.review.rule import of_rows, on
from schema_lab.schema.words import TableKey

CODE = "SL106"
NAME = "drop-unique"
SEVERITY: Severity = "note"
TITLE = "A primary key, unique constraint or unique index is dropped: duplicates become possible."
SQUAWK = ("ban-drop-constraint",)

_WHY = (
    "Once there are duplicates, the downgrade cannot recreate the constraint, and code that "
    "expects a single row per value (get_or_create, ON CONFLICT, a foreign key) fails."
)
_RECIPE = (
    "To replace it, create the new constraint first, in the same migration. If there is none, "
    "make sure that no code expects a single row per value."
)


def find(change: Change) -> Iterator[Finding]:
    """Find what is dropped on a table with rows, unless the migration creates another."""
    gone = {(effect.place, effect.column) for effect in dropped_columns(change)}
    replaced = {step.place for step in change.steps if _creates(step)}
    for step in change.steps:
        what, columns = _unique(change, step)
        if not what or step.place is None or step.place in replaced:
            continue
        if any((step.place, column) in gone for column in columns):
            continue
        if is_filled(change, step.place) is not False:
            rows = of_rows(change, step.place)
            listed = ", ".join(f"`{column}`" for column in columns)
            duplicates = f"duplicates in {listed}" if columns else "duplicates"
            sentence = f"drops {what} of `{step.table}`{rows}, so {duplicates} become possible"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _creates(step: ReviewedOperation) -> bool:
    operation = step.operation
    if isinstance(operation, ops.CreateIndexOp):
        return bool(operation.unique)
    return isinstance(operation, ops.CreateUniqueConstraintOp | ops.CreatePrimaryKeyOp)


def _unique(change: Change, step: ReviewedOperation) -> tuple[str, list[str]]:
    """Name the constraint that an operation drops, and its columns; "" if it drops none."""
    operation = step.operation
    if isinstance(operation, ops.DropIndexOp) and step.place is not None:
        found = _index(change, step.place, str(operation.index_name))
        return (f"unique index `{operation.index_name}`", found) if found is not None else ("", [])
    if isinstance(operation, ops.DropConstraintOp) and operation.constraint_type in (
        "unique",
        "primary",
    ):
        word = "unique constraint" if operation.constraint_type == "unique" else "primary key"
        name = operation.constraint_name
        return (f"{word} `{name}`" if name else f"the unnamed {word}"), []
    return "", []


def _index(change: Change, place: TableKey, name: str) -> list[str] | None:
    for index in change.live.indexes(place) if change.live else ():
        if index["name"] == name and index["unique"]:
            return [str(part) for part in index["column_names"] if part]
    return None
