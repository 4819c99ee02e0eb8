"""Review a candidate, or scripts on disk, with the live database in view. Read-only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

from schema_lab.autogenerate.in_memory import module_of
from schema_lab.autogenerate.recorded import Recorded, Recording, record
from schema_lab.database.reading import reading
from schema_lab.history import Environment, as_lab_errors
from schema_lab.review.allowances import allowances_in
from schema_lab.review.change import Change
from schema_lab.review.chosen import Chosen, chosen
from schema_lab.review.engine import review
from schema_lab.review.finding import Findings
from schema_lab.review.live import Live
from schema_lab.review.place import Place
from schema_lab.review.step import Batch, Step

Both = tuple[Recording, Recording]
"""What the upgrade and the downgrade of a script do."""


def review_candidate(candidate: Any, environment: Environment) -> Findings:
    """Review a candidate against the live database. Read-only.

    Parameters
    ----------
    candidate
        An `autogenerate.Candidate`.
    environment
        The project and its database.

    Raises
    ------
    SchemaLabError
        When the database does not answer, or squawk is installed and fails.
    """
    with as_lab_errors(environment.url):
        module = module_of(candidate, environment)
    (both,) = _recorded(environment, [module])
    with as_lab_errors(environment.url), reading(environment.engine) as connection:
        change = _change(
            both,
            environment,
            Live(connection),
            revision=candidate.id,
            allowances=allowances_in(candidate.upgrade_code),
        )
        return review([change], environment.project.root)


def review_scripts(
    environment: Environment, revisions: str | None = None, since: Sequence[str] = ()
) -> Findings:
    """Review revisions on disk: they run with an `op` that notes operations and does nothing.

    Parameters
    ----------
    environment
        The project and its database; without a database that answers, no rows are counted.
    revisions
        A revision, "head", or a range as "abc:def", "base:head" (both ends included); by default
        those that are pending, else the newest.
    since
        Instead: revisions (or "base") after which to begin, on every branch.

    Raises
    ------
    SchemaLabError
        When there is no such revision, a script does not load, or squawk is installed and fails.
    """
    found = chosen(environment, revisions, since)
    recorded = _recorded(environment, [one.module for one in found.scripts])
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
    """Record each script within the project's env.py, offline."""
    recorded: list[Both] = []

    def work(heads: object, context: Any) -> tuple[()]:
        for module in modules:
            both = (record(module, name, context) for name in ("upgrade", "downgrade"))
            recorded.append((next(both), next(both)))
        return ()

    environment.run(None, work)
    return recorded


@contextmanager
def _live(environment: Environment, found: Chosen) -> Iterator[Live | None]:
    """Open the live database, if it answers and one of the revisions is still to come."""
    if not found.answers or all(one.revision in found.applied for one in found.scripts):
        yield None
        return
    with as_lab_errors(environment.url), reading(environment.engine) as connection:
        yield Live(connection)


def _change(both: Both, environment: Environment, live: Live | None, **fields: Any) -> Change:
    up, down = both if "path" in fields else map(_without_lines, both)
    return Change.of(
        [_step(one) for one in up.operations],
        [_step(one) for one in down.operations],
        dialect=environment.url.get_backend_name(),
        live=live,
        gaps=(*up.gaps, *down.gaps),
        **fields,
    )


def _without_lines(recording: Recording) -> Recording:
    """Leave out the lines of a script that is not on disk."""
    return Recording(
        tuple(replace(one, line=None) for one in recording.operations),
        tuple(replace(one, line=None) for one in recording.gaps),
    )


def _step(recorded: Recorded) -> Step:
    batch = recorded.batch
    stands = None
    if batch is not None:
        place = Place(batch.table, batch.schema)
        stands = Batch(place, batch.recreate, tuple(batch.operations))
    return Step(recorded.operation, stands, recorded.line, recorded.autocommit)
