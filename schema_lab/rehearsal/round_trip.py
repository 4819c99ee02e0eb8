"""There and back and there again: what the way back does not bring back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from schema_lab.rehearsal.comparing import Difference
from schema_lab.rehearsal.lineage import Lineage
from schema_lab.rehearsal.losing import changes_of, losses_of
from schema_lab.rehearsal.pairs import pairs_of
from schema_lab.rehearsal.performing import Act, Before, Outcome, act, compare
from schema_lab.rehearsal.stage import Stage
from schema_lab.rehearsal.tracing import Schema, schema_of, traces
from schema_lab.rehearsal.values import LostValues, RoundTrip
from schema_lab.rehearsal.watching import Watch
from schema_lab.rehearsal.way import Way


@dataclass(frozen=True)
class Beginning:
    """Rows and schema before anything ran."""

    before: Before
    schema: Schema

    @classmethod
    def of(cls, stage: Stage) -> "Beginning":
        """Read them, and keep the rows."""
        return cls(Before.of(stage), schema_of(stage))


def round_trip(
    stage: Stage, way: Way, watch: Watch, beginning: Beginning, first: Act, outcome: Outcome
) -> RoundTrip | None:
    """Go back and forth again on a stage on which the first way was gone; changes the stage.

    Returns
    -------
    RoundTrip or None
        None where nothing ran, or where there is more than one head to go back to.
    """
    run = first.run
    back = way.back(run) if run and run.revisions else None
    again = way.again(run) if run else None
    if run is None or back is None or again is None:
        return None
    there = schema_of(stage)
    second = act(stage, back, watch)
    if second.failure is not None:
        return RoundTrip(back.target, second.failure)
    after = compare(stage, beginning.before, [*first.sql, *second.sql], show=False)
    trip = RoundTrip(
        back.target,
        traces=traces(beginning.schema, schema_of(stage)),
        drops=_drops(stage, outcome, after, second),
        losses=(*losses_of(after.differences), *_overwritten(after.differences)),
    )
    third = act(stage, again, watch)
    left = traces(there, schema_of(stage)) if third.failure is None else ()
    return replace(trip, failure=third.failure, traces=tuple(dict.fromkeys(trip.traces + left)))


def _drops(stage: Stage, up: Outcome, down: Outcome, second: Act) -> tuple[LostValues, ...]:
    """Count what stood after the first way and is gone after the way back: tables and columns."""
    lineage = Lineage.of(stage.environment.url.get_backend_name(), second.sql)
    return losses_of(Difference(pair, None) for pair in pairs_of(up.state, down.state, lineage))


def _overwritten(differences: Iterable[Difference]) -> tuple[LostValues, ...]:
    return tuple(
        LostValues(one.table, one.column, one.count, "changed") for one in changes_of(differences)
    )
