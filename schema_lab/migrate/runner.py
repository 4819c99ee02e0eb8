"""Upgrade, downgrade and stamp: the steps run under the lock, and the heads are read afresh."""

from collections.abc import Sequence
from dataclasses import replace

from schema_lab.database import is_mysql
from schema_lab.errors import CancelledError, InputError, MigrationError, SchemaLabError
from schema_lab.history import (
    Environment,
    Standing,
    as_lab_errors,
    damaged,
    database_heads,
    fresh_sources,
    look,
    read_again,
    refuse_heads,
)
from schema_lab.migrate.attempt import Attempt
from schema_lab.migrate.checks import refuse_other_heads, tables_gone
from schema_lab.migrate.hooks import NO_HOOKS, Cancelled, Hooks, OnRevision, OnStatement
from schema_lab.migrate.journal import Journal, Stopped
from schema_lab.migrate.keeping import Keeper
from schema_lab.migrate.performing import Choose, perform
from schema_lab.migrate.run import Run
from schema_lab.migrate.start import Allow
from schema_lab.migrate.steps import steps_down, steps_up
from schema_lab.views.plain import count, names


def upgrade(
    environment: Environment,
    target: str = "head",
    on_revision: OnRevision | None = None,
    *,
    resume: bool = False,
    on_statement: OnStatement | None = None,
    cancelled: Cancelled | None = None,
    allow: Allow | None = None,
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
    on_statement
        Called after each statement of a revision, on the migrating connection.
    cancelled
        Asked between revisions and, where the running one can still be rolled back, after each
        of its statements; True stops there.
    allow
        Called under the migration lock before the first statement; an error of it refuses the run.

    Raises
    ------
    CancelledError
        When it was cancelled, with where the database stands; never within a revision.
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
        Hooks(on_revision, on_statement, cancelled, allow),
        resume=resume,
    )


def downgrade(
    environment: Environment,
    target: str = "-1",
    on_revision: OnRevision | None = None,
    *,
    on_statement: OnStatement | None = None,
    cancelled: Cancelled | None = None,
    allow: Allow | None = None,
) -> Run:
    """Downgrade the database to a target; changes the database.

    Raises
    ------
    CancelledError
        When it was cancelled; see `upgrade`.
    HistoryError
        When the target is not below the database's revision.
    MigrationError
        When a revision fails, with what stands.
    """
    _checked(environment, target)
    return _run(
        environment,
        "downgrade",
        lambda scripts, heads: steps_down(scripts, heads, target),
        Hooks(on_revision, on_statement, cancelled, allow),
    )


def stamp(
    environment: Environment, target: str | Sequence[str] = "head", *, purge: bool = False
) -> Run:
    """Write into the version table where the database stands, and run nothing.

    What the table held is replaced when no history can have led there, or with `purge`. The files
    of all revisions at or below the target count from now on as those that were applied.

    Raises
    ------
    HistoryError
        When there is no such revision.
    """
    scripts, heads = environment.project.scripts(), database_heads(environment)
    goal = target if isinstance(target, str) else tuple(target)
    with as_lab_errors(environment.url), fresh_sources():
        refuse_heads(scripts) if goal == "head" else scripts.get_revisions(goal)
        purge = purge or damaged(scripts, heads)
    run = _run(
        environment,
        "stamp",
        lambda scripts, heads: scripts._stamp_revs(goal, heads),
        purge=purge,
    )
    return replace(run, before=heads)


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
        Hooks(on_revision),
        resume=True,
    )


def stopped_revision(environment: Environment) -> Stopped | None:
    """Give the revision that stopped half-way, if there is one. Read-only."""
    if not is_mysql(environment.url.get_backend_name()):
        return None
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        return Journal(connection).stopped()


def _checked(environment: Environment, target: str) -> str:
    """Refuse an empty target and an ambiguous head before anything runs."""
    if not target.strip():
        raise InputError("The target is empty.", 'Name a revision, or "head", "+1", "-1", "base".')
    scripts = environment.project.scripts()
    with as_lab_errors(), fresh_sources():
        scripts.get_heads()
        if target == "head":
            refuse_heads(scripts)
    return target


def _run(
    environment: Environment,
    direction: str,
    choose: Choose,
    hooks: Hooks = NO_HOOKS,
    *,
    resume: bool = False,
    purge: bool = False,
) -> Run:
    keeper = Keeper(environment.checksum_file, stamped=direction == "stamp")
    try:
        with as_lab_errors(environment.url), environment.engine.connect() as connection:
            attempt = Attempt(connection, hooks, resume=resume, patience=environment.wait)
            perform(environment, choose, attempt, keeper, purge)
    except SchemaLabError as error:
        if keeper.ran:
            keeper.keep(lambda: look(environment, Standing.of))
        if isinstance(error, CancelledError):
            raise _cancelled(direction, attempt, database_heads(environment)) from None
        raise
    after, notes = _read_back(environment, direction, attempt, keeper)
    revisions = () if direction == "stamp" else tuple(attempt.done)
    statements = tuple(attempt.statements)
    return Run(direction, attempt.before, after, revisions, statements, notes)


def _read_back(
    environment: Environment, direction: str, attempt: Attempt, keeper: Keeper
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the heads that a fresh connection sees, and what a person should know of the run."""
    context, scripts = attempt.context, keeper.scripts
    if context is None or scripts is None:  # no step was asked for: env.py itself has to say why
        return look(environment, Standing.of).heads, ()
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        with keeper.alone():
            standing = read_again(connection, context)
            refuse_other_heads(direction, attempt.expected, standing.heads)
            notes = keeper.kept(standing)
        if direction == "upgrade":
            notes += tables_gone(connection, scripts, standing.heads)
    return standing.heads, notes


def _cancelled(direction: str, attempt: Attempt, after: tuple[str, ...]) -> CancelledError:
    """Say where a cancelled run has left the database, read afresh."""
    stands = f"{count(len(attempt.done), 'revision')} had run and stand"
    kept = "nothing was changed" if after == attempt.before else stands
    return CancelledError(
        f"The {direction} was cancelled: {kept}; the database is at {names(after)}.",
        f"Another {direction} goes on from there.",
    )
