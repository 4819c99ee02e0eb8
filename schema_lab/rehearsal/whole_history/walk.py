"""Walk through a history on an empty database."""

from collections.abc import Sequence

from schema_lab import autogenerate
from schema_lab.autogenerate import Drift, Metadata
from schema_lab.database import family
from schema_lab.errors import InputError
from schema_lab.history import (
    Environment,
    as_lab_errors,
    database_heads,
    fresh_sources,
    project_metadata,
    script_heads,
)
from schema_lab.rehearsal.copies import sweep
from schema_lab.rehearsal.stage import Dressed, Stage
from schema_lab.rehearsal.watching import Watch
from schema_lab.rehearsal.whole_history.empty import KEPT, empty_like
from schema_lab.rehearsal.whole_history.trip import Traveller
from schema_lab.rehearsal.whole_history.values import Roundtrip, Trip

_MADE = "an empty database"


def roundtrip(
    environment: Environment,
    target: str = "head",
    rows: int = 20,
    seed: int = 0,
    metadata: Metadata | None = None,
) -> Roundtrip:
    """Take each revision up, down and up again on an empty database, over sample rows.

    The database itself is only asked for its kind; it stays as it is.

    Parameters
    ----------
    environment
        The project and its database.
    target
        Up to where: "head", a revision, or a range such as "0002:0004", both ends included.
        Revisions before the range are only gone through upwards.
    rows
        Sample rows for each table; 0 for none.
    seed
        Any whole number; the same gives the same rows.
    metadata
        The models; None: those of env.py.

    Raises
    ------
    InputError
        When the target is empty, or the number of rows is below zero.
    HistoryError
        When there is no such revision.
    DatabaseError
        When no empty database can be made.
    """
    if rows < 0:
        raise InputError(f"{rows} is no number of rows.", "Give 0 or more.")
    before, within = _revisions(environment, target)
    sweep(environment)
    watch = Watch()
    with empty_like(environment) as (url, kept):
        stage = Stage(
            Dressed(
                project=environment.project,
                url=url,
                wait=environment.wait,
                new_id=environment.new_id,
                remembers=False,
                throwaway=True,
                dress=watch.dress,
            ),
            kept,
            _MADE,
        )
        traveller = Traveller(stage, watch, rows, seed)
        trips = _trips(traveller, before, within)
        drift = _drift(stage, metadata)
        return Roundtrip(family(environment.engine.dialect), trips, drift, tuple(traveller.notes))


Named = tuple[str, str]
"""A revision's id and message."""


def _revisions(environment: Environment, target: str) -> tuple[list[Named], list[Named]]:
    """List the revisions below a range and those within it, oldest first."""
    if not target.strip():
        raise InputError("The target is empty.", 'Name a revision, "head", or a range "a:b".')
    start, colon, end = target.rpartition(":")
    scripts = environment.project.scripts()
    with as_lab_errors(environment.url), fresh_sources():
        upper = "heads" if end in ("", "head") else end
        listed = [(one.revision, one.doc) for one in scripts.walk_revisions("base", upper)][::-1]
        first = scripts.get_revision(start).revision if colon and start else ""
    if not first:
        return [], listed
    ids = [one for one, _ in listed]
    if first not in ids:
        raise InputError(f"{start} is not below {end or 'head'}.", "See lab.history().")
    place = ids.index(first)
    return listed[:place], listed[place:]


def _trips(traveller: Traveller, before: list[Named], within: list[Named]) -> tuple[Trip, ...]:
    for named in before:
        passed = traveller.passes(*named)
        if passed.failure is not None:
            return (passed,)
    trips: list[Trip] = []
    for place, named in enumerate(within):
        trip = traveller.goes(*named)
        trips.append(trip)
        if trip.failed_at in ("upgrade", "second upgrade") or traveller.is_stuck:
            rest = f"not tried, since {trip.revision} failed before it"
            return (*trips, *(Trip(*one, untried=rest) for one in within[place + 1 :]))
    return tuple(trips)


def _drift(stage: Stage, metadata: Metadata | None) -> Drift | None:
    """Compare the models with the database at the head; None below it, or with no models."""
    environment = stage.environment
    models = metadata if metadata is not None else project_metadata(environment)
    listed = models if isinstance(models, Sequence) else [models]
    if models is None or not any(one is not None and one.tables for one in listed):
        return None  # with no model every table would be one too many
    if database_heads(environment) != script_heads(environment.project.scripts()):
        return None
    drift = autogenerate.drift_of(autogenerate.compare(environment, models))
    ours = tuple(one for one in drift if not str(one.table).startswith(f"{KEPT}."))
    return Drift(ours, drift.notes)
