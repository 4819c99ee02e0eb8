"""A column must have a value that a running application does not write."""

from collections.abc import Iterator

from alembic.operations import ops
from sqlglot import exp

from schema_lab.autogenerate.recipes.in_step import PREFIX
from schema_lab.review.acts import added_columns
from schema_lab.review.change import Change
from schema_lab.review.defaults import needs_a_value
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.step import Step

CODE = "SL304"
NAME = "required-for-old-writers"
SEVERITY: Severity = "warning"
TITLE = "A column needs a value that a version which still runs does not write."
SQUAWK = ("adding-required-field",)

_WHY = (
    "Until every process runs the new version, those with the old one insert rows without this "
    "value, and the database refuses them."
)
_RECIPE = (
    "Give the column a server default for the time being and take it away in a later migration; "
    "or leave it nullable until no process with the old models is left."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each column that is NOT NULL in the end and has no server default."""
    for step in change.steps:
        if _is_required(change, step) and not _kept_in_step(change, step):
            what = f"{step.table}.{step.column}"
            sentence = f"makes {what} NOT NULL without a server default"
            if isinstance(step.operation, ops.AddColumnOp):
                sentence = f"adds {what} NOT NULL without a server default"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _kept_in_step(change: Change, step: Step) -> bool:
    """Say whether a trigger of `candidate.expand` writes the column for versions that do not."""
    ends = f"_{step.column}"
    return any(
        isinstance(statement, exp.Create)
        and statement.kind == "TRIGGER"
        and statement.this.name.startswith(f"{PREFIX}{step.table}_")
        and statement.this.name.endswith(ends)
        for one in change.steps
        for statement in one.sql
    )


def _is_required(change: Change, step: Step) -> bool:
    one = step.operation
    if isinstance(one, ops.AddColumnOp):  # squawk speaks of it on PostgreSQL
        return change.dialect != "postgresql" and needs_a_value(one.column)
    if not isinstance(one, ops.AlterColumnOp) or one.modify_nullable is not False:
        return False
    added = added_columns(change).get((step.place, step.column)) if step.place else None
    if one.modify_server_default is not False:
        return one.modify_server_default is None
    live = change.live.columns(step.place).get(step.column) if change.live and step.place else None
    kept = (
        None if one.existing_server_default is False else one.existing_server_default,
        added.server_default if added is not None else None,
        live.default if live is not None else None,
    )
    return all(default is None for default in kept)
