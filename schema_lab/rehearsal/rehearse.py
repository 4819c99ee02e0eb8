"""Rehearse: the same migration code, on something that may be thrown away."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from schema_lab import autogenerate
from schema_lab.autogenerate import Candidate, Drift, Metadata
from schema_lab.errors import SchemaLabError
from schema_lab.history import Environment, as_lab_errors, project_metadata, script_heads
from schema_lab.migrate import Run
from schema_lab.rehearsal.checksums import MOST_ROWS
from schema_lab.rehearsal.choosing import Choice, choose
from schema_lab.rehearsal.comparing import Difference
from schema_lab.rehearsal.copies import sweep
from schema_lab.rehearsal.fingerprint import Fingerprint
from schema_lab.rehearsal.foreseeing import Size, foreseen, sentence, sizes_of
from schema_lab.rehearsal.losing import changes_of, column_changes, losses_of
from schema_lab.rehearsal.overlay import with_candidate
from schema_lab.rehearsal.performing import Act, act, compare
from schema_lab.rehearsal.report import Rehearsal
from schema_lab.rehearsal.round_trip import Beginning, round_trip
from schema_lab.rehearsal.stage import Stage, stage_of
from schema_lab.rehearsal.watching import Watch
from schema_lab.rehearsal.way import Way


def rehearse(
    environment: Environment,
    target: str = "head",
    how: str | None = None,
    metadata: Metadata | None = None,
) -> Rehearsal:
    """Run an upgrade or a downgrade on a throwaway copy, and report. The database stays as it is.

    Parameters
    ----------
    environment
        The project and its database.
    target
        As for an upgrade ("head", "+1", a revision) or a downgrade ("-1", "base", …).
    how
        "copy", "transaction" or "sample"; None: by size and rights.
    metadata
        The models; None: those of env.py.

    Raises
    ------
    InputError
        When the target is empty, or there is no such way.
    HistoryError
        When there is no such revision, or nothing in that direction.
    DatabaseError
        When no copy can be made.
    """
    sweep(environment)
    way = Way.to(environment, target)
    choice = choose(environment, how)
    seen = Fingerprint.of(environment, way.revisions, count=choice.how != "sample")
    watch = Watch()
    with as_lab_errors(environment.url), stage_of(environment, choice, watch.dress) as stage:
        sizes = sizes_of(environment, stage.sampled)
        beginning = Beginning.of(stage)
        first = act(stage, way, watch)
        if first.run is None:
            return _sized(_report(way, first, (), choice, seen, stage), sizes, environment)
        outcome = compare(stage, beginning.before, first.sql, show=True)
        report = _report(way, first, outcome.differences, choice, seen, stage)
        return replace(
            _sized(report, sizes, environment),
            samples=outcome.samples,
            drift=_drift(stage, first.run, metadata),
            round_trip=round_trip(stage, way, watch, beginning, first, outcome)
            if choice.how != "transaction"
            else None,
        )


def rehearse_candidate(
    environment: Environment,
    candidate: Candidate,
    how: str | None = None,
    metadata: Metadata | None = None,
) -> Rehearsal:
    """Rehearse the upgrade to a candidate that is not written yet. Nothing is written.

    Parameters
    ----------
    environment
        The project and its database.
    candidate
        What to rehearse; one that is already written is rehearsed as it stands on disk.
    how, metadata
        As for `rehearse`.

    Raises
    ------
    SchemaLabError
        As for `rehearse`, and when the candidate cannot be written.
    """
    with with_candidate(environment, candidate) as overlaid:
        return rehearse(overlaid, candidate.id, how, metadata)


def _report(
    way: Way,
    first: Act,
    differences: Sequence[Difference],
    choice: Choice,
    seen: Fingerprint,
    stage: Stage,
) -> Rehearsal:
    return Rehearsal(
        direction=way.direction,
        before=seen.heads,
        after=first.run.after if first.run else (),
        how=choice.how,
        why=f"{stage.made}; {choice.why}",
        revisions=way.revisions,
        statements=first.statements,
        columns=column_changes(differences),
        losses=losses_of(differences),
        changes=changes_of(differences),
        failure=first.failure,
        notes=(*_notes(differences, first.run), *_unseen(seen), *choice.notes),
        fingerprint=seen,
    )


def _sized(report: Rehearsal, sizes: Sequence[Size], environment: Environment) -> Rehearsal:
    """Say of a sample what it is a sample of."""
    if not sizes:
        return report
    timed = foreseen(report.statements, sizes, environment.url.get_backend_name())
    notes = (sentence(sizes), *report.notes)
    return replace(report, statements=timed, notes=notes, sampled=tuple(sizes))


def _notes(differences: Sequence[Difference], run: Run | None) -> Iterator[str]:
    if run is not None:
        yield from run.notes
    for one in differences:
        pair = one.pair
        if pair.before and pair.after and pair.before.rows and not pair.key:
            yield (
                f"The rows of {pair.table.name} have no key in common before and after: the values "
                "of each column were compared together, so at least these are lost or changed."
            )


def _unseen(seen: Fingerprint) -> Iterator[str]:
    """Say which later changes of the database will not be noticed."""
    if not seen.counted:
        yield "Rows that are written from now on do not make this rehearsal outdated."
    elif seen.unread:
        yield (
            f"A value of {', '.join(seen.unread)} that is written over by another from now on does "
            f"not make this rehearsal outdated: a table of more than {MOST_ROWS} rows is only "
            "counted."
        )


def _drift(stage: Stage, run: Run, metadata: Metadata | None) -> Drift | None:
    """Compare the models with the copy at the head; None below it, or where there are no models."""
    environment = stage.environment
    if run.direction != "upgrade" or run.after != script_heads(environment.project.scripts()):
        return None
    models = metadata if metadata is not None else project_metadata(environment)
    if models is None:
        return None
    try:
        drift = autogenerate.drift_of(autogenerate.compare(environment, models))
    except SchemaLabError:  # models that do not hold together are no matter of the migration
        return None
    own = f"{stage.kept.schema}."
    return replace(
        drift, operations=tuple(one for one in drift if not str(one.table).startswith(own))
    )
