"""Upgrade, downgrade and stamp: the steps run under the lock, and the heads are read afresh."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from schema_lab.errors import HistoryError, MigrationError
from schema_lab.history import (
    Environment,
    Options,
    as_lab_errors,
    database_heads,
    script_heads,
)
from schema_lab.migrate.attempt import JOURNALED, Attempt, OnRevision
from schema_lab.migrate.connection import ready
from schema_lab.migrate.environment import transactional
from schema_lab.migrate.failure import failure_of
from schema_lab.migrate.journal import Journal, Stopped
from schema_lab.migrate.run import Run
from schema_lab.migrate.steps import steps_down, steps_up

Choose = Callable[[ScriptDirectory, tuple[str, ...]], Iterable[Any]]


def upgrade(
    environment: Environment,
    target: str = "head",
    on_revision: OnRevision | None = None,
    *,
    resume: bool = False,
) -> Run:
    """Upgrade the database to a target; changes the database.

    Parameters
    ----------
    environment
        The project and its database.
    target
        A revision, "head", "heads" or "+1" …
    on_revision
        Called after each revision.
    resume
        Go on where a revision stopped half-way (MariaDB, MySQL) instead of refusing.

    Raises
    ------
    HistoryError
        When the target is not above the database's revision.
    MigrationError
        When a revision fails, with what stands.
    """
    goal = _checked(environment, target)
    return _run(
        environment,
        "upgrade",
        lambda scripts, heads: steps_up(scripts, heads, goal),
        on_revision,
        resume=resume,
    )


def downgrade(
    environment: Environment, target: str = "-1", on_revision: OnRevision | None = None
) -> Run:
    """Downgrade the database to a target; changes the database.

    Raises
    ------
    HistoryError
        When the target is not below the database's revision.
    MigrationError
        When a revision fails, with what stands.
    """
    if not target.startswith("-") and target != "base":
        _checked(environment, target)
    return _run(
        environment,
        "downgrade",
        lambda scripts, heads: steps_down(scripts, heads, target),
        on_revision,
    )


def stamp(environment: Environment, target: str = "head") -> Run:
    """Write into the version table where the database stands, and run nothing.

    Raises
    ------
    HistoryError
        When there is no such revision.
    """
    return _run(environment, "stamp", lambda scripts, heads: scripts._stamp_revs(target, heads))


def resume(environment: Environment, on_revision: OnRevision | None = None) -> Run:
    """Finish the revision that stopped half-way on MariaDB or MySQL; changes the database.

    Raises
    ------
    MigrationError
        When nothing stopped half-way, or the script was edited since.
    """
    stopped = stopped_revision(environment)
    if stopped is None:
        raise MigrationError("No revision stopped half-way.", "lab.upgrade() goes on as usual.")
    if stopped.direction == "upgrade":
        return upgrade(environment, stopped.revision, on_revision, resume=True)
    return _run(
        environment,
        "downgrade",
        lambda scripts, heads: steps_down(scripts, heads, "-1"),
        on_revision,
        resume=True,
    )


def stopped_revision(environment: Environment) -> Stopped | None:
    """Give the revision that stopped half-way, if there is one. Read-only."""
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        return Journal(connection).stopped() if connection.dialect.name in JOURNALED else None


def _checked(environment: Environment, target: str) -> str:
    """Refuse an ambiguous head before anything runs."""
    heads = script_heads(environment.project.scripts())
    if target == "head" and len(heads) > 1:
        raise HistoryError(
            f"There is more than one head: {', '.join(heads)}.",
            'Join them with lab.merge("…"), or name one, or upgrade to "heads".',
        )
    return target


def _run(
    environment: Environment,
    direction: str,
    choose: Choose,
    on_revision: OnRevision | None = None,
    *,
    resume: bool = False,
) -> Run:
    with (
        as_lab_errors(environment.url),
        environment.engine.connect() as connection,
        ready(connection, environment.wait),
    ):
        attempt = Attempt(connection, on_revision, resume=resume, patience=environment.wait)
        if attempt.journaling is not None:
            _foresee(environment, choose, connection)
        try:
            attempt.run(lambda: _migrate(environment, choose, attempt))
        except (Exception, SystemExit) as error:
            failure = failure_of(error, attempt, environment.url)
            if failure is None:
                raise
            raise failure from None
    after = database_heads(environment)
    _refuse_other_heads(direction, attempt.expected, after)
    revisions = () if direction == "stamp" else tuple(attempt.done)
    return Run(direction, attempt.before, after, revisions, tuple(attempt.statements))


def _foresee(environment: Environment, choose: Choose, connection: sa.Connection) -> None:
    """Find the steps before anything is touched: even an empty version table cannot be undone."""

    def work(heads: Any, context: MigrationContext) -> tuple[()]:
        assert context.script is not None
        list(choose(context.script, heads))
        return ()

    environment.run(connection, work, dont_mutate=True)
    connection.rollback()


def _migrate(environment: Environment, choose: Choose, attempt: Attempt) -> None:
    def work(heads: Any, context: MigrationContext) -> Iterator[Any]:
        assert context.script is not None
        return attempt.steps(heads, choose(context.script, heads))

    def options(given: Options) -> Options:
        theirs = given.get("on_version_apply") or ()
        hooks = tuple(theirs) if isinstance(theirs, list | tuple) else (theirs,)
        safe = {"transactional_ddl": transactional(attempt.connection.dialect.name)}
        return {**given, **safe, "on_version_apply": (*hooks, attempt.applied)}

    environment.run(attempt.connection, work, options, destination_rev=None)


def _refuse_other_heads(direction: str, expected: tuple[str, ...], after: tuple[str, ...]) -> None:
    if after != expected:
        raise MigrationError(
            f"The {direction} reported {', '.join(expected) or 'base'}, "
            f"but the database stands at {', '.join(after) or 'base'}.",
            "Nothing was committed, or another program migrates this database; try again.",
        )
