"""The replay: a project's scripts run on an empty database of the same kind, up to a revision.

The database is a throwaway: a file for SQLite, a new database on the server otherwise. It is
dropped at the end, whatever happens. A snapshot is restored into one too.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from schema_lab import migrate
from schema_lab.database.snapshots import Snapshot, load
from schema_lab.errors import MigrationError
from schema_lab.history import (
    Environment,
    applied_ids,
    as_lab_errors,
    database_heads,
    fresh_sources,
    script_heads,
)
from schema_lab.migrate.safeguards import ready
from schema_lab.rehearsal.copies import sweep
from schema_lab.rehearsal.rehearsal_copy import empty_copy

HEADS = "heads"
"""The target of a replay of the whole history."""

_CURE = (
    "Let its upgrade() check for the rows or tables that it needs, or compare with the URL of a "
    "database on which the whole history has run."
)


@contextmanager
def replayed(environment: Environment, target: str = HEADS) -> Iterator[Environment]:
    """Give a throwaway database at a revision, as an environment; the live one is not changed.

    Parameters
    ----------
    environment
        The project and its database.
    target
        A revision, "head", "heads" or "base"; or relative to the current revision of the live
        database, as "-1" and "+1" are for a downgrade and an upgrade.

    Raises
    ------
    HistoryError
        When there is no such revision.
    MigrationError
        When a revision fails on an empty database, with its id.
    DatabaseError
        When the user may not create databases.
    """
    targets = _targets(environment, target)
    with _throwaway(environment) as empty:
        for each in targets:
            _upgrade(empty, each)
        yield empty


@contextmanager
def restored(environment: Environment, snapshot: Snapshot) -> Iterator[Environment]:
    """Give a throwaway database with what a snapshot holds; the live one is not changed.

    Raises
    ------
    InputError
        When the snapshot is of another dialect.
    DatabaseError
        When its file is missing or damaged, or the user may not create databases.
    """
    with _throwaway(environment) as empty:
        with (
            as_lab_errors(empty.url),
            empty.engine.connect() as connection,
            ready(connection, environment.wait),
        ):
            load(connection, snapshot, None, environment.wait)
        yield empty


@contextmanager
def stepwise(environment: Environment) -> Iterator[Iterator[tuple[tuple[str, ...], Environment]]]:
    """Give each state of the history in turn, on one throwaway database: its heads, and where.

    The first state is that of the empty database; the next one is made when it is asked for.

    Raises
    ------
    MigrationError
        When a revision fails on an empty database, with its id.
    DatabaseError
        When the user may not create databases.
    """
    with as_lab_errors(), fresh_sources():
        order = [each.revision for each in environment.project.scripts().walk_revisions()][::-1]
    with _throwaway(environment) as empty:

        def states() -> Iterator[tuple[tuple[str, ...], Environment]]:
            yield (), empty
            for revision in order:
                _upgrade(empty, revision)
                yield database_heads(empty), empty

        yield states()


@contextmanager
def _throwaway(environment: Environment) -> Iterator[Environment]:
    """Give an empty database of the same kind, and drop those that a killed process has left."""
    sweep(environment)
    with empty_copy(environment, lambda engine: engine) as copy:
        yield copy.environment


def _upgrade(empty: Environment, target: str) -> None:
    try:
        migrate.upgrade(empty, target, allow=migrate.accept_values(migrate.EVERY_LOSS))
    except MigrationError as error:
        if not error.revision:
            raise
        raise MigrationError(
            f"Revision {error.revision} fails on an empty database: {error.fact}", _CURE
        ) from error


def _targets(environment: Environment, target: str) -> tuple[str, ...]:
    """Name the revisions to which the scripts run; none for an empty schema."""
    scripts = environment.project.scripts()
    if target == "base" or not script_heads(scripts):
        return ()
    if target[:1] not in ("-", "+"):
        return (target,)
    before = database_heads(environment)
    _, steps = migrate.steps_to(environment, target, before)
    after = set(before)
    for step in steps:
        after = (after - set(step.from_revisions)) | set(step.to_revisions)
    with as_lab_errors(), fresh_sources():
        below = {each: applied_ids(scripts, (each,)) for each in after}
    return tuple(
        sorted(
            each
            for each in after
            if not any(each in below[other] for other in after if other != each)
        )
    )
