"""A column requires a value that old versions of the application do not write."""

from collections.abc import Iterator

from alembic.operations import ops
from sqlglot import exp

from schema_lab.candidate.recipes.expansion import PREFIX
from schema_lab.review.change import Change
from schema_lab.review.effects import added_columns, needs_a_value
from schema_lab.review.findings import Finding, Severity
from schema_lab.review.reviewed_operation import ReviewedOperation
from schema_lab.review.rule import on

CODE = "SL304"
NAME = "required-for-old-writers"
SEVERITY: Severity = "warning"
TITLE = "A column requires a value that running versions of the application do not write."
SQUAWK = ("adding-required-field",)

_WHY = (
    "Until every process runs the new version, processes with the old version insert rows "
    "without this value, and the database refuses them."
)
_RECIPE = (
    "Give the column a server default, and drop the default in a later migration. Or leave the "
    "column nullable until no process uses the old models."
)


def find(change: Change) -> Iterator[Finding]:
    """Find each column that becomes NOT NULL and has no server default."""
    for step in change.steps:
        if _is_required(change, step) and not _kept_in_step(change, step):
            what = f"`{step.table}.{step.column}`"
            sentence = f"makes {what} NOT NULL without a server default"
            if isinstance(step.operation, ops.AddColumnOp):
                sentence = f"adds {what} NOT NULL without a server default"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _kept_in_step(change: Change, step: ReviewedOperation) -> bool:
    """Tell whether a trigger of `candidate.expand` writes the column for old versions."""
    ends = f"_{step.column}"
    return any(
        isinstance(statement, exp.Create)
        and statement.kind == "TRIGGER"
        and statement.this.name.startswith(f"{PREFIX}{step.table}_")
        and statement.this.name.endswith(ends)
        for other in change.steps
        for statement in other.sql
    )


def _is_required(change: Change, step: ReviewedOperation) -> bool:
    operation = step.operation
    if isinstance(operation, ops.AddColumnOp):  # squawk reports it on PostgreSQL
        return change.dialect != "postgresql" and needs_a_value(operation.column)
    if not isinstance(operation, ops.AlterColumnOp) or operation.modify_nullable is not False:
        return False
    added = added_columns(change).get((step.place, step.column)) if step.place else None
    if operation.modify_server_default is not False:
        return operation.modify_server_default is None
    live = change.live.columns(step.place).get(step.column) if change.live and step.place else None
    kept = (
        None if operation.existing_server_default is False else operation.existing_server_default,
        added.server_default if added is not None else None,
        live.default if live is not None else None,
    )
    return all(default is None for default in kept)
