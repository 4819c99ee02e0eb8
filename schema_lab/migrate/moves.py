"""Upgrade, downgrade, stamp and resume a lab's database, and upgrade one at start-up.

A target is a revision, "head", "heads", "base", or relative as "+1" and "-1". Each function hands
the steps to its target to the migration driver.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from schema_lab.compat.alembic_private import downgrade_steps, stamp_steps, upgrade_steps
from schema_lab.database import DEFAULT_WAIT, is_mysql
from schema_lab.errors import HistoryError, InputError, MigrationError, ModelError
from schema_lab.history import (
    Environment,
    Options,
    Project,
    applied_ids,
    as_lab_errors,
    damaged,
    database_heads,
    fresh_sources,
    project_metadata,
    refuse_heads,
)
from schema_lab.migrate.driver import MigrationRun
from schema_lab.migrate.journal import Journal, Stopped
from schema_lab.migrate.run import (
    NO_HOOKS,
    Allow,
    Cancelled,
    Hooks,
    OnRevision,
    OnStatement,
    Request,
    Run,
    Work,
)
from schema_lab.migrate.safeguards import ready

Heads = tuple[str, ...]


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
        Continue a revision that stopped partway (MariaDB, MySQL) instead of refusing.
    on_statement
        Called after each statement of a revision, on the migrating connection.
    cancelled
        Asked between revisions and, where the running revision can still be rolled back, after
        each of its statements; True stops the upgrade there.
    allow
        Called under the migration lock before the first statement; an error of it refuses the run.

    Raises
    ------
    CancelledError
        When it was canceled, with the database's revision; never within a revision.
    HistoryError
        When the target is not above the database's revision.
    MigrationError
        When a revision fails, with what remains of it.
    """
    goal = _checked(environment, target)
    hooks = Hooks(on_revision, on_statement, cancelled, allow)
    return _run(environment, "upgrade", _up_to(goal), hooks, resume=resume)


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
        When it was canceled; see `upgrade`.
    HistoryError
        When the target is not below the database's revision.
    MigrationError
        When a revision fails, with what remains of it.
    """
    goal = _checked(environment, target)
    hooks = Hooks(on_revision, on_statement, cancelled, allow)
    return _run(environment, "downgrade", _down_to(goal), hooks)


def stamp(
    environment: Environment, target: str | Sequence[str] = "head", *, purge: bool = False
) -> Run:
    """Record in the version table that the database is at a revision, and run nothing.

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
        lambda heads, context: stamp_steps(_scripts(context), goal, heads),
        purge=purge,
    )
    return replace(run, before=heads)


def resume(
    environment: Environment, on_revision: OnRevision | None = None, *, ran: bool | None = None
) -> Run:
    """Finish the revision that stopped partway on MariaDB or MySQL; changes the database.

    Parameters
    ----------
    environment
        The project and its database.
    on_revision
        Called after each revision.
    ran
        Whether the statement at which it stopped ran; needed only where the server does not say.

    Raises
    ------
    MigrationError
        When no revision stopped partway, its script was edited since, or the server does not say
        whether the last statement ran.
    """
    stopped = stopped_revision(environment)
    if stopped is None:
        database_heads(environment)  # an error, where the database does not answer
        raise MigrationError("No revision stopped partway.", "Run lab.upgrade() as usual.")
    choose = _down_to("-1")
    if stopped.direction == "upgrade":
        choose = _up_to(_checked(environment, stopped.revision))
    hooks = Hooks(on_revision)
    return _run(environment, stopped.direction, choose, hooks, resume=True, in_doubt=ran)


def stopped_revision(environment: Environment) -> Stopped | None:
    """Give the revision that stopped partway, if there is one. Read-only."""
    if not is_mysql(environment.url.get_backend_name()):
        return None
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        return Journal(connection).stopped()


def init_db(
    url: str | sa.URL | None = None,
    *,
    config: str | Path | None = None,
    target: str = "head",
    timeout: float = DEFAULT_WAIT,
    create_missing: bool = False,
    metadata: sa.MetaData | None = None,
    x: Sequence[str] = (),
) -> Run:
    """Upgrade the database to a target before an application serves; changes the database.

    Several replicas may start at once: one of them migrates, the others wait.

    Parameters
    ----------
    url
        The database; by default the one to which this project's `alembic` command connects.
    config
        The project's alembic.ini; by default the nearest in the working directory or above.
    target
        The revision to reach.
    timeout
        Seconds to wait for another replica that migrates.
    create_missing
        For development only: afterwards create the models' tables that no migration creates.
    metadata
        The models; by default env.py's target_metadata.
    x
        What env.py reads with `context.get_x_argument()`, such as ["tenant=a"].

    Returns
    -------
    Run
        With no revisions when the database was already there.

    Raises
    ------
    SchemaLabError
        When the database cannot be reached or a migration fails; the application must not serve.
    """
    environment = Environment.opened(Project.chosen(config), url, timeout, x)
    run = upgrade(environment, target, resume=True)
    if create_missing:
        _create_missing(environment, metadata)
    return run


def _create_missing(environment: Environment, metadata: sa.MetaData | None) -> None:
    models = metadata if metadata is not None else project_metadata(environment)
    if not isinstance(models, sa.MetaData):
        raise ModelError("env.py names no single target_metadata.", "Pass metadata= to init_db.")
    with (
        as_lab_errors(environment.url),
        environment.engine.connect() as connection,
        ready(connection, environment.wait),
        connection.begin(),
    ):
        there = sa.inspect(connection)
        missing = [
            table
            for table in models.sorted_tables
            if not there.has_table(table.name, schema=table.schema)
        ]
        models.create_all(connection, tables=missing)
    if missing:
        names = ", ".join(table.fullname for table in missing)
        warnings.warn(
            f"init_db created tables that no migration creates: {names}. "
            "Write a revision for them before you deploy.",
            stacklevel=3,
        )


def _run(
    environment: Environment,
    direction: str,
    choose: Work,
    hooks: Hooks = NO_HOOKS,
    *,
    resume: bool = False,
    purge: bool = False,
    in_doubt: bool | None = None,
) -> Run:
    request = Request(direction, choose, resume, purge, in_doubt)
    file = environment.checksum_file
    run = MigrationRun(request, environment.url, environment.wait, file, hooks)
    with as_lab_errors(environment.url):
        return run.migrate(environment.engine.connect, partial(_execute, environment))


def _execute(
    environment: Environment, connection: sa.Connection, work: Work, ours: Mapping[str, Any]
) -> None:
    """Let the project's env.py do the work on a connection, with its own hooks before ours."""

    def options(given: Options) -> Options:
        theirs = given.get("on_version_apply") or ()
        hooks = tuple(theirs) if isinstance(theirs, list | tuple) else (theirs,)
        return {**given, **ours, "on_version_apply": (*hooks, *ours["on_version_apply"])}

    environment.run(connection, work, options, destination_rev=None)


def _scripts(context: Any) -> ScriptDirectory:
    scripts: ScriptDirectory = context.script
    return scripts


# targets -----------------------------------------------------------------------------------------


def steps_up(scripts: ScriptDirectory, heads: Heads, target: str) -> list[Any]:
    """List the steps of an upgrade. Read-only.

    Raises
    ------
    HistoryError
        When a relative target has nothing above.
    CommandError
        Alembic's own, for a target that is not above.
    """
    if target.startswith("+") and set(heads) >= set(scripts.get_heads()):
        raise HistoryError(
            f"The database is at the head ({', '.join(heads)}): there is nothing to upgrade.",
            "Write a revision first: lab.autogenerate(…).write().",
        )
    return upgrade_steps(scripts, target, heads)


def steps_down(scripts: ScriptDirectory, heads: Heads, target: str) -> list[Any]:
    """List the steps of a downgrade. Read-only.

    Raises
    ------
    HistoryError
        When a relative target has nothing below, or starts from more than one head.
    CommandError
        Alembic's own, for a target that is not below.
    """
    if target.startswith("-") and not heads:
        raise HistoryError(
            "The database is at base: there is nothing to downgrade.",
            "Run lab.upgrade() to apply revisions.",
        )
    if target.startswith("-") and heads[1:]:
        raise HistoryError(
            f"The database is at {' and '.join(sorted(heads))}, so {target} is ambiguous.",
            "Name the revision to downgrade to; lab.history() lists them.",
        )
    return downgrade_steps(scripts, target, heads)


def steps_to(environment: Environment, target: str, heads: Heads) -> tuple[str, list[Any]]:
    """Give the direction from the database's heads to a target, and its steps. Read-only.

    Raises
    ------
    InputError
        When the target is empty.
    HistoryError
        When there is no such revision, or nothing in that direction.
    """
    _refuse_empty(target)
    scripts = environment.project.scripts()
    direction = _direction(scripts, heads, target)
    choose = steps_up if direction == "upgrade" else steps_down
    with as_lab_errors(environment.url), fresh_sources():
        return direction, choose(scripts, heads, target)


def _direction(scripts: ScriptDirectory, heads: Heads, target: str) -> str:
    if target == "base" or target.startswith("-"):
        return "downgrade"
    if target in ("head", "heads") or target.startswith("+") or not heads:
        return "upgrade"
    with as_lab_errors(), fresh_sources():
        named = scripts.get_revision(target)
    below = named.revision in applied_ids(scripts, heads)
    return "downgrade" if below and named.revision not in heads else "upgrade"


def _up_to(target: str) -> Work:
    return lambda heads, context: steps_up(_scripts(context), heads, target)


def _down_to(target: str) -> Work:
    return lambda heads, context: steps_down(_scripts(context), heads, target)


def _checked(environment: Environment, target: str) -> str:
    """Refuse an empty target and an ambiguous head before anything runs."""
    _refuse_empty(target)
    scripts = environment.project.scripts()
    with as_lab_errors(), fresh_sources():
        scripts.get_heads()
        if target == "head":
            refuse_heads(scripts)
    return target


def _refuse_empty(target: str) -> None:
    if not target.strip():
        raise InputError("The target is empty.", 'Name a revision, or "head", "+1", "-1", "base".')
