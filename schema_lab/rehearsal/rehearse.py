"""Rehearse a migration: the same code runs on a temporary copy of the database.

`rehearse` runs to a target and reports what happened. `rehearse_candidate` does so for a
candidate, whose script is not in the project yet. `CopySteps` runs one statement at a time.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from schema_lab import migrate
from schema_lab.candidate import Candidate, Metadata
from schema_lab.compare import Drift
from schema_lab.compat.alembic_private import version_folders
from schema_lab.errors import SchemaLabError
from schema_lab.history import (
    Environment,
    Overlaid,
    as_lab_errors,
    project_metadata,
    script_heads,
)
from schema_lab.migrate import Run, StepController, Steps
from schema_lab.rehearsal.copies import folder, module_of, sweep
from schema_lab.rehearsal.migration_plan import MigrationPlan
from schema_lab.rehearsal.outcome import changes_of, column_changes, losses_of
from schema_lab.rehearsal.rehearsal_copy import (
    CopyMethod,
    RehearsalCopy,
    choose_method,
    copied_environment,
    drift_on,
    rehearsal_copy,
)
from schema_lab.rehearsal.rehearsed_state import RehearsedState
from schema_lab.rehearsal.report import Rehearsal, Size, sample_note, sizes_of, with_estimates
from schema_lab.rehearsal.round_trip import Beginning, round_trip
from schema_lab.rehearsal.row_differences import RowDifference
from schema_lab.rehearsal.table_state import MOST_ROWS
from schema_lab.rehearsal.watched_run import Watch, WatchedRun, compare_rows, run_watched


def rehearse(
    environment: Environment,
    target: str = "head",
    how: str | None = None,
    metadata: Metadata | None = None,
    accept_loss: migrate.Accepted | None = None,
) -> Rehearsal:
    """Run an upgrade or a downgrade on a temporary copy, and report. The database is only read.

    Parameters
    ----------
    environment
        The project and its database.
    target
        As for an upgrade ("head", "+1", a revision) or a downgrade ("-1", "base", …).
    how
        "copy", "transaction" or "sample"; None: chosen by size and rights.
    metadata
        The models; None: those of env.py.
    accept_loss
        Names of what rebuilt tables of SQLite may lose, as for an upgrade.

    Raises
    ------
    InputError
        When the target is empty, or `how` is unknown.
    HistoryError
        When there is no such revision, or nothing in that direction.
    DatabaseError
        When no copy can be made.
    """
    sweep(environment)
    plan = MigrationPlan.to(environment, target, accept_loss)
    method = choose_method(environment, how)
    seen = RehearsedState.of(environment, plan.revisions, count=method.how != "sample")
    watch = Watch()
    with (
        as_lab_errors(environment.url),
        rehearsal_copy(environment, method, watch.listen) as copy,
    ):
        sizes = sizes_of(environment, copy.sampled)
        beginning = Beginning.of(copy)
        first = run_watched(copy, plan, watch)
        if first.run is None:
            return _sized(_report(plan, first, (), method, seen, copy), sizes, environment)
        rows = compare_rows(copy, beginning.before, first.sql, show=True)
        report = _report(plan, first, rows.differences, method, seen, copy)
        return replace(
            _sized(report, sizes, environment),
            samples=rows.samples,
            drift=_drift(copy, first.run, metadata),
            round_trip=round_trip(copy, plan, watch, beginning, first, rows)
            if method.how != "transaction"
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
        What to rehearse; if it is already written, its file is rehearsed.
    how, metadata
        As for `rehearse`.

    Raises
    ------
    SchemaLabError
        As for `rehearse`, and when the candidate cannot be written.
    """
    with _with_candidate(environment, candidate) as overlaid:
        return rehearse(overlaid, candidate.id, how, metadata)


@contextmanager
def _with_candidate(environment: Environment, candidate: Candidate) -> Iterator[Environment]:
    """Yield an environment whose revisions include a candidate, written to a temporary folder."""
    with folder() as place:
        own = (Path(location) for location in version_folders(environment.project.scripts()))
        known = environment.project
        project = Overlaid(known.ini, known.engine, (*own, place))
        overlaid = replace(environment, project=project)
        migrate.write(overlaid, candidate, place)
        yield overlaid


def _report(
    plan: MigrationPlan,
    first: WatchedRun,
    differences: Sequence[RowDifference],
    method: CopyMethod,
    seen: RehearsedState,
    copy: RehearsalCopy,
) -> Rehearsal:
    return Rehearsal(
        direction=plan.direction,
        before=seen.heads,
        after=first.run.after if first.run else (),
        how=method.how,
        why=f"{copy.made} ({method.why})",
        revisions=plan.revisions,
        statements=first.statements,
        columns=column_changes(differences),
        losses=losses_of(differences),
        changes=changes_of(differences),
        failure=first.failure,
        notes=(*_notes(differences, first.run), *_unseen(seen), *method.notes),
        rehearsed_state=seen,
    )


def _sized(report: Rehearsal, sizes: Sequence[Size], environment: Environment) -> Rehearsal:
    """Add the sizes of the real tables to the report on a sample."""
    if not sizes:
        return report
    timed = with_estimates(report.statements, sizes, environment.url.get_backend_name())
    notes = (sample_note(sizes), *report.notes)
    return replace(report, statements=timed, notes=notes, sampled=tuple(sizes))


def _notes(differences: Sequence[RowDifference], run: Run | None) -> Iterator[str]:
    if run is not None:
        yield from run.notes
    for difference in differences:
        pair = difference.pair
        if pair.before and pair.after and pair.before.rows and not pair.key:
            yield (
                f"Table `{pair.table.name}` has no common key before and after, so the values of "
                "each column were compared as a whole. At least the counted values are lost or "
                "changed."
            )


def _unseen(seen: RehearsedState) -> Iterator[str]:
    """Say which later changes of the database will not be noticed."""
    if not seen.counted:
        yield "Rows written after this rehearsal do not make it out of date."
    elif seen.unread:
        tables = ", ".join(f"`{name}`" for name in seen.unread)
        yield (
            f"Overwritten values of {tables} do not make this rehearsal out of date: the values "
            f"of a table with more than {MOST_ROWS} rows are only counted."
        )


def _drift(copy: RehearsalCopy, run: Run, metadata: Metadata | None) -> Drift | None:
    """Compare the models with the copy at the head; None below the head or without models."""
    environment = copy.environment
    if run.direction != "upgrade" or run.after != script_heads(environment.project.scripts()):
        return None
    models = metadata if metadata is not None else project_metadata(environment)
    if models is None:
        return None
    try:
        return drift_on(copy, models)
    except SchemaLabError:  # inconsistent models say nothing about the migration
        return None


class CopySteps(Steps):
    """A migration on a temporary copy, one statement at a time; the database is only read.

    The copy is removed by `close()`, or together with this object. `made` says how the copy was
    made.

    Parameters
    ----------
    environment
        The project and its database.
    target
        As for an upgrade or a downgrade.

    Raises
    ------
    SchemaLabError
        When the target cannot be reached, or no copy can be made.
    """

    def __init__(self, environment: Environment, target: str) -> None:
        sweep(environment)
        plan = MigrationPlan.to(environment, target)
        module, large = module_of(environment), choose_method(environment, None).how == "sample"
        with ExitStack() as making:
            copy = making.enter_context((module.sample if large else module.copy)(environment))
            super().__init__(copied_environment(environment, copy), plan.direction, target)
            copies = making.pop_all()
        self.made: str = copy.made
        self._finalizer.detach()
        self._finalizer = weakref.finalize(self, _end, self._controller, copies)


def _end(controller: StepController, copies: ExitStack) -> None:
    """Stop the migration, then remove its copy."""
    controller.abandon()
    copies.close()
