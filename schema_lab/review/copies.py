"""What SQLite would lose or refuse in a change: its steps, run on an empty copy in memory."""

from collections.abc import Iterator

from alembic.operations import ops

from schema_lab.autogenerate.copying import Outcome, on_empty_copy
from schema_lab.review.change import Change
from schema_lab.review.step import Step


def outcome_of(change: Change) -> tuple[Outcome, Step | None]:
    """Run the upgrade on an empty copy of the live schema; give the step at which it stops.

    Nothing is lost where no database is reachable, or on another dialect. Read-only.
    """
    live = change.live
    if live is None or change.dialect != "sqlite" or live.dialect != "sqlite":
        return Outcome(), None
    parts = list(_parts(change))
    if not parts:
        return Outcome(), None
    operations = [operation for _, operation in parts]
    found = live.remembered(
        ("copy", tuple(id(one) for one, _ in parts)),
        lambda: on_empty_copy(live.connection, operations),
    )
    return found, parts[found.at][0] if found.stops else None


def batch_steps(change: Change) -> Iterator[Step]:
    """Give the first step of each batch for which SQLite copies the table."""
    seen: set[int] = set()
    for step in change.steps:
        if step.copies and id(step.batch) not in seen:
            seen.add(id(step.batch))
            yield step


def of_table(lost: tuple[str, ...], step: Step) -> list[str]:
    """Give those losses that are of a step's table."""
    ends = (f" of {step.table}", f" of {step.table}.")
    return [one for one in lost if one.endswith(ends[0]) or ends[1] in one]


def _parts(change: Change) -> Iterator[tuple[Step, ops.MigrateOperation]]:
    """Give the operations in order; the steps of a batch are one."""
    chosen = change.upgrade if change.direction == "upgrade" else change.downgrade
    batches: set[int] = set()
    for step in chosen:
        if step.batch is None:
            yield step, step.operation
        elif id(step.batch) not in batches:
            batches.add(id(step.batch))
            place, inner = step.batch.place, list(step.batch.operations)
            yield step, ops.ModifyTableOps(place.name, inner, schema=place.schema)
