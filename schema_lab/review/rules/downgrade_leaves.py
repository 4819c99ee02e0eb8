"""What the upgrade makes, the downgrade leaves."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from alembic.operations import ops

from schema_lab.review.acts import dropped_columns, dropped_tables
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import on
from schema_lab.review.step import Place, Step

CODE = "SL403"
NAME = "downgrade-leaves"
SEVERITY: Severity = "warning"
TITLE = "The downgrade does not drop what the upgrade has made."

_WHY = (
    "After a downgrade it still stands there, and the next upgrade fails since it already exists."
)
_RECIPE = "Drop it in downgrade(), in the reverse order of the upgrade."

Thing = tuple[str, Place | None, str]


def find(change: Change) -> Iterator[Finding]:
    """Give what is made and not dropped again; a downgrade without steps is SL401's."""
    if change.direction == "downgrade" or not change.downgrade:
        return
    back = replace(change, direction="downgrade", upgrade=())
    tables = {act.place for act in dropped_tables(back)}
    columns = {(act.place, act.column) for act in dropped_columns(back)}
    dropped = {_dropped(step) for step in change.downgrade}
    names = {name for _, _, name in dropped} | {
        word for step in change.downgrade for word in step.text.replace('"', " ").split()
    }
    later = {_dropped(step) for step in change.upgrade}
    for step in change.upgrade:
        kind, place, name = made = _made(step)
        if not kind or place in tables or (place, name) in columns or step.new:
            continue
        if made in dropped or made in later or (kind not in ("table", "column") and name in names):
            continue
        if kind in ("index", "constraint") and any(where == place for where, _ in columns):
            continue  # it goes with a column
        what = str(place) if kind == "table" else f"{kind} {name} of {place}"
        sentence = f"makes {what}, which the downgrade leaves"
        yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _made(step: Step) -> Thing:
    one: Any = step.operation
    if isinstance(one, ops.CreateTableOp):
        return "table", Place(one.table_name, one.schema), one.table_name
    if isinstance(one, ops.AddColumnOp):
        return "column", step.place, step.column
    if isinstance(one, ops.CreateIndexOp) and one.index_name:
        return "index", step.place, str(one.index_name)
    name = getattr(one, "constraint_name", None)
    if isinstance(one, ops.AddConstraintOp) and name:
        return "constraint", step.place, str(name)
    return "", None, ""


def _dropped(step: Step) -> Thing:
    one: Any = step.operation
    if isinstance(one, ops.DropTableOp):
        return "table", step.place, one.table_name
    if isinstance(one, ops.DropColumnOp):
        return "column", step.place, step.column
    if isinstance(one, ops.DropIndexOp):
        return "index", step.place, str(one.index_name)
    if isinstance(one, ops.DropConstraintOp):
        return "constraint", step.place, str(one.constraint_name)
    return "", None, ""
