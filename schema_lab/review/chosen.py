"""Which revisions are reviewed, and which of them the database already has. Read-only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schema_lab.database import masked
from schema_lab.errors import DatabaseError, InputError
from schema_lab.history import (
    Environment,
    applied_ids,
    as_lab_errors,
    database_heads,
    fresh_sources,
)


@dataclass(frozen=True)
class Chosen:
    """Alembic's scripts, the oldest first; `applied` are the ids that the database has.

    `answers` is false when no database could be asked; `notes` then says so.
    """

    scripts: tuple[Any, ...]
    applied: frozenset[str]
    answers: bool
    notes: tuple[str, ...]


def chosen(environment: Environment, revisions: str | None, since: Sequence[str]) -> Chosen:
    """Find the revisions to review.

    Raises
    ------
    InputError
        When both are given.
    HistoryError
        When there is no such revision.
    """
    if revisions is not None and since:
        raise InputError("Both revisions and since are given.", "Give one of them.")
    scripts = environment.project.scripts()
    applied = _applied(environment, scripts)
    notes = () if applied is not None else (_silent(environment),)
    with as_lab_errors(environment.url), fresh_sources():
        found = _picked(scripts, revisions, since, applied)
    return Chosen(tuple(found), applied or frozenset(), applied is not None, notes)


def _picked(
    scripts: Any, revisions: str | None, since: Sequence[str], applied: frozenset[str] | None
) -> list[Any]:
    every = list(scripts.walk_revisions())[::-1]
    if since:
        known = (
            {
                one.revision
                for one in scripts.iterate_revisions(tuple(since), "base", inclusive=True)
            }
            if "base" not in since
            else set()
        )
        return [one for one in every if one.revision not in known]
    if revisions is None:
        pending = [one for one in every if applied is not None and one.revision not in applied]
        return pending or [one for one in every if one.is_head]
    lower, colon, upper = revisions.partition(":")
    if not colon:
        return list(scripts.get_revisions(revisions))
    return list(scripts.walk_revisions(lower or "base", upper or "heads"))[::-1]


def _applied(environment: Environment, scripts: Any) -> frozenset[str] | None:
    """Ask the database what it has; None when none answers. No SQLite file is made by asking."""
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
        f"No database answers at {masked(environment.url)}, so nothing is said of its rows, and "
        "every revision counts as pending."
    )
