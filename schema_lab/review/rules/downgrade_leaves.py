"""The downgrade does not drop everything that the upgrade creates."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from alembic.operations import ops

from schema_lab.review.change import Change
from schema_lab.review.effects import dropped_columns, dropped_tables
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.review.rule import on
from schema_lab.schema.words import TableKey

CODE = "SL403"
NAME = "downgrade-leaves"
SEVERITY: Severity = "warning"
TITLE = "The downgrade does not drop everything that the upgrade creates."

_WHY = "After a downgrade it still exists, so the next upgrade fails: it already exists."
_RECIPE = "Drop it in downgrade(), in the reverse order of the upgrade."

Thing = tuple[str, TableKey | None, str]


def find(change: Change) -> Iterator[Finding]:
    """Find what is created but not dropped; SL401 reports an empty downgrade."""
    if change.direction == "downgrade" or not change.downgrade:
        return
    back = replace(change, direction="downgrade", upgrade=())
    tables = {effect.place for effect in dropped_tables(back)}
    columns = {(effect.place, effect.column) for effect in dropped_columns(back)}
    dropped = {_dropped(step) for step in change.downgrade}
    names = {name for _, _, name in dropped} | {
        word for step in change.downgrade for word in step.text.replace('"', " ").split()
    }
    later = {_dropped(step) for step in change.upgrade}
    for step in change.upgrade:
        kind, place, name = created = _created(step)
        if not kind or place in tables or (place, name) in columns or step.new:
            continue
        if (
            created in dropped
            or created in later
            or (kind not in ("table", "column") and name in names)
        ):
            continue
        if kind in ("index", "constraint") and any(where == place for where, _ in columns):
            continue  # it is dropped with a column
        what = f"table `{place}`" if kind == "table" else f"{kind} `{name}` of `{place}`"
        sentence = f"creates {what}, which the downgrade does not drop"
        yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _created(step: ReviewedOperation) -> Thing:
    operation: Any = step.operation
    if isinstance(operation, ops.CreateTableOp):
        return "table", TableKey(operation.schema, operation.table_name), operation.table_name
    if isinstance(operation, ops.AddColumnOp):
        return "column", step.place, step.column
    if isinstance(operation, ops.CreateIndexOp) and operation.index_name:
        return "index", step.place, str(operation.index_name)
    name = getattr(operation, "constraint_name", None)
    if isinstance(operation, ops.AddConstraintOp) and name:
        return "constraint", step.place, str(name)
    return "", None, ""


def _dropped(step: ReviewedOperation) -> Thing:
    operation: Any = step.operation
    if isinstance(operation, ops.DropTableOp):
        return "table", step.place, operation.table_name
    if isinstance(operation, ops.DropColumnOp):
        return "column", step.place, step.column
    if isinstance(operation, ops.DropIndexOp):
        return "index", step.place, str(operation.index_name)
    if isinstance(operation, ops.DropConstraintOp):
        return "constraint", step.place, str(operation.constraint_name)
    return "", None, ""
