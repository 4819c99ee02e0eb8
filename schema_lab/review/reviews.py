"""Review a candidate, or revisions on disk, against the live database. Read-only.

For revisions on disk, `chosen` finds those to review, and which of them are already applied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

from schema_lab.candidate.proposal import script_module
from schema_lab.database import masked
from schema_lab.errors import DatabaseError, InputError
from schema_lab.history import (
    Environment,
    applied_ids,
    as_lab_errors,
    database_heads,
    fresh_sources,
)
from schema_lab.recording.recorded import Recorded, Recording, record
from schema_lab.review.allowances import allowances_in
from schema_lab.review.change import Change
from schema_lab.review.engine import review
from schema_lab.review.findings import Findings
from schema_lab.review.live_facts import LiveFacts
from schema_lab.review.reviewed_operation import Batch, ReviewedOperation
from schema_lab.schema.frames.reading import reading
from schema_lab.schema.words import TableKey


@dataclass(frozen=True)
class Chosen:
    """The scripts to review, oldest first; `applied` are the ids of applied revisions.

    `answers` is false if no database could be asked; `notes` then says so.
    """

    scripts: tuple[Any, ...]
    applied: frozenset[str]
    answers: bool
    notes: tuple[str, ...]


def chosen(
    environment: Environment,
    revisions: str | None,
    since: Sequence[str],
    *,
    or_latest: bool = True,
) -> Chosen:
    """Find the revisions to review.

    Raises
    ------
    InputError
        When both are given.
    HistoryError
        When there is no such revision.
    """
    if revisions is not None and since:
        raise InputError("Both `revisions` and `since` are given.", "Use only one of them.")
    scripts = environment.project.scripts()
    applied = _applied(environment, scripts)
    notes = () if applied is not None else (_silent(environment),)
    with as_lab_errors(environment.url), fresh_sources():
        found = _picked(scripts, revisions, since, applied)
    if applied is not None and revisions is None and not since and not or_latest:
        found = [script for script in found if script.revision not in applied]
    return Chosen(tuple(found), applied or frozenset(), applied is not None, notes)


def _picked(
    scripts: Any, revisions: str | None, since: Sequence[str], applied: frozenset[str] | None
) -> list[Any]:
    every = list(scripts.walk_revisions())[::-1]
    if since:
        known = (
            {
                script.revision
                for script in scripts.iterate_revisions(tuple(since), "base", inclusive=True)
            }
            if "base" not in since
            else set()
        )
        return [script for script in every if script.revision not in known]
    if revisions is None:
        pending = [
            script for script in every if applied is not None and script.revision not in applied
        ]
        return pending or [script for script in every if script.is_head]
    lower, colon, upper = revisions.partition(":")
    if not colon:
        return list(scripts.get_revisions(revisions))
    return list(scripts.walk_revisions(lower or "base", upper or "heads"))[::-1]


def _applied(environment: Environment, scripts: Any) -> frozenset[str] | None:
    """Read the applied revisions; None without a database. Creates no SQLite file."""
    file = environment.url.database
    if environment.url.get_backend_name() == "sqlite" and not Path(file or "").exists():
        return None
    try:
        heads = database_heads(environment)
    except DatabaseError:
        return None
    return applied_ids(scripts, heads)


def _silent(environment: Environment) -> str:
    return (
        f"No database answers at {masked(environment.url)}, so no rows were counted, and every "
        "revision counts as pending."
    )


Both = tuple[Recording, Recording]
"""The recorded upgrade and downgrade of a script."""


def review_candidate(candidate: Any, environment: Environment) -> Findings:
    """Review a candidate against the live database. Read-only.

    Parameters
    ----------
    candidate
        The candidate, a `schema_lab.candidate.Candidate`.
    environment
        The project and its database.

    Raises
    ------
    SchemaLabError
        When the database does not answer, or squawk is installed and fails.
    """
    with as_lab_errors(environment.url):
        module = script_module(candidate, environment)
    (both,) = _recorded(environment, [module])
    with as_lab_errors(environment.url), reading(environment.engine) as connection:
        change = _change(
            both,
            environment,
            LiveFacts(connection),
            revision=candidate.id,
            allowances=allowances_in(candidate.upgrade_code),
        )
        return review([change], environment.project.root)


def review_scripts(
    environment: Environment,
    revisions: str | None = None,
    since: Sequence[str] = (),
    *,
    or_latest: bool = True,
) -> Findings:
    """Review revisions on disk. They run with an `op` that only records operations.

    Parameters
    ----------
    environment
        The project and its database; if the database does not answer, no rows are counted.
    revisions
        A revision, "head", or a range such as "abc:def" or "base:head" (both ends included). By
        default the pending revisions, or else the latest.
    since
        Instead: the revisions (or "base") after which to begin, on every branch.
    or_latest
        Whether the latest revision is reviewed where the database answers and none is pending.

    Raises
    ------
    SchemaLabError
        When there is no such revision, a script does not load, or squawk is installed and fails.
    """
    found = chosen(environment, revisions, since, or_latest=or_latest)
    recorded = _recorded(environment, [script.module for script in found.scripts])
    with _live(environment, found) as live:
        changes = [
            _change(
                both,
                environment,
                None if script.revision in found.applied else live,
                revision=script.revision,
                allowances=allowances_in(Path(script.path).read_text(encoding="utf-8")),
                path=Path(script.path),
            )
            for script, both in zip(found.scripts, recorded, strict=True)
        ]
        return review(changes, environment.project.root, found.notes)


def _recorded(environment: Environment, modules: Sequence[ModuleType]) -> list[Both]:
    """Record each script with the project's env.py, offline."""
    recorded: list[Both] = []

    def work(heads: object, context: Any) -> tuple[()]:
        for module in modules:
            both = (
                record(module, name, context, environment.project.engine)
                for name in ("upgrade", "downgrade")
            )
            recorded.append((next(both), next(both)))
        return ()

    environment.run(None, work)
    return recorded


@contextmanager
def _live(environment: Environment, found: Chosen) -> Iterator[LiveFacts | None]:
    """Open the live database, if it answers and a revision is pending."""
    if not found.answers or all(script.revision in found.applied for script in found.scripts):
        yield None
        return
    with as_lab_errors(environment.url), reading(environment.engine) as connection:
        yield LiveFacts(connection)


def _change(both: Both, environment: Environment, live: LiveFacts | None, **fields: Any) -> Change:
    up, down = both if "path" in fields else map(_without_lines, both)
    return Change.of(
        [_step(recorded) for recorded in up.operations],
        [_step(recorded) for recorded in down.operations],
        dialect=environment.url.get_backend_name(),
        live=live,
        gaps=(*up.gaps, *down.gaps),
        **fields,
    )


def _without_lines(recording: Recording) -> Recording:
    """Remove the line numbers of a script that is not on disk."""
    return Recording(
        tuple(replace(operation, line=None) for operation in recording.operations),
        tuple(replace(gap, line=None) for gap in recording.gaps),
    )


def _step(recorded: Recorded) -> ReviewedOperation:
    batch = recorded.batch
    reviewed = None
    if batch is not None:
        place = TableKey(batch.schema, batch.table)
        reviewed = Batch(place, batch.recreate, tuple(batch.operations))
    return ReviewedOperation(recorded.operation, reviewed, recorded.line, recorded.autocommit)
