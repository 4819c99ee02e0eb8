"""What kept values unique goes."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.review.acts import dropped_columns, is_filled
from schema_lab.review.change import Change
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.saying import of_rows, on
from schema_lab.review.step import Place, Step

CODE = "SL106"
NAME = "drop-unique"
SEVERITY: Severity = "note"
TITLE = "A primary key, unique constraint or unique index goes, so that duplicates may enter."
SQUAWK = ("ban-drop-constraint",)

_WHY = (
    "From then on rows may repeat. Once they do, the downgrade cannot bring the rule back, and "
    "what relies on one row for a value (get_or_create, ON CONFLICT, a foreign key) fails."
)
_RECIPE = (
    "If another rule takes its place, create that one first, in the same migration; if not, make "
    "sure that nothing relies on one row for a value."
)


def find(change: Change) -> Iterator[Finding]:
    """Give what is dropped on a table with rows, unless the change makes another such rule."""
    gone = {(act.place, act.column) for act in dropped_columns(change)}
    made = {step.place for step in change.steps if _makes(step)}
    for step in change.steps:
        what, columns = _unique(change, step)
        if not what or step.place is None or step.place in made:
            continue
        if any((step.place, one) in gone for one in columns):
            continue
        if is_filled(change, step.place) is not False:
            rows = of_rows(change, step.place)
            over = f" over {', '.join(columns)}" if columns else ""
            sentence = f"drops {what}{over}, which kept the rows of {step.table}{rows} apart"
            yield on(step, CODE, SEVERITY, sentence, _WHY, _RECIPE)


def _makes(step: Step) -> bool:
    one = step.operation
    if isinstance(one, ops.CreateIndexOp):
        return bool(one.unique)
    return isinstance(one, ops.CreateUniqueConstraintOp | ops.CreatePrimaryKeyOp)


def _unique(change: Change, step: Step) -> tuple[str, list[str]]:
    """Name the rule that a step drops, and its columns; "" when it drops none."""
    one = step.operation
    if isinstance(one, ops.DropIndexOp) and step.place is not None:
        found = _index(change, step.place, str(one.index_name))
        return (f"unique index {one.index_name}", found) if found is not None else ("", [])
    if isinstance(one, ops.DropConstraintOp) and one.constraint_type in ("unique", "primary"):
        word = "unique constraint" if one.constraint_type == "unique" else "primary key"
        return f"{word} {one.constraint_name or '(unnamed)'}", []
    return "", []


def _index(change: Change, place: Place, name: str) -> list[str] | None:
    for one in change.live.indexes(place) if change.live else ():
        if one["name"] == name and one["unique"]:
            return [str(part) for part in one["column_names"] if part]
    return None
