"""Which tables SQLite copies in a change, and what the copies lose.

Batch mode copies a table to change it. The change is run on an empty copy of the schema in memory,
which shows what SQLite loses or refuses.
"""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.recording.empty_copy import EmptyCopyRun, on_empty_copy
from schema_lab.review.change import Change
from schema_lab.review.reviewed_operation import ReviewedOperation


def outcome_of(change: Change) -> tuple[EmptyCopyRun, ReviewedOperation | None]:
    """Run the change on an empty copy of the live schema; return the operation at which it stops.

    Nothing is lost on other dialects, or if no database is reachable. Read-only.
    """
    live = change.live
    if live is None or change.dialect != "sqlite" or live.dialect != "sqlite":
        return EmptyCopyRun(), None
    parts = list(_parts(change))
    if not parts:
        return EmptyCopyRun(), None
    operations = [operation for _, operation in parts]
    found = live.remembered(
        ("copy", tuple(id(step) for step, _ in parts)),
        lambda: on_empty_copy(live.connection, operations),
    )
    return found, parts[found.at][0] if found.stops else None


def batch_steps(change: Change) -> Iterator[ReviewedOperation]:
    """Yield the first operation of each batch for which SQLite copies the table."""
    seen: set[int] = set()
    for step in change.steps:
        if step.copies and id(step.batch) not in seen:
            seen.add(id(step.batch))
            yield step


def of_table(lost: tuple[str, ...], step: ReviewedOperation) -> list[str]:
    """Return the losses of an operation's table."""
    ends = (f" of {step.table}", f" of {step.table}.")
    return [loss for loss in lost if loss.endswith(ends[0]) or ends[1] in loss]


def _parts(change: Change) -> Iterator[tuple[ReviewedOperation, ops.MigrateOperation]]:
    """Yield the operations in order, each batch as a whole."""
    chosen = change.upgrade if change.direction == "upgrade" else change.downgrade
    batches: set[int] = set()
    for step in chosen:
        if step.batch is None:
            yield step, step.operation
        elif id(step.batch) not in batches:
            batches.add(id(step.batch))
            place, inner = step.batch.place, list(step.batch.operations)
            yield step, ops.ModifyTableOps(place.name, inner, schema=place.schema)
