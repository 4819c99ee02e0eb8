"""Upgrade, downgrade and stamp: the steps run under the lock, and the heads are read afresh."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from schema_lab.database import scrub
from schema_lab.errors import HistoryError, MigrationError, SchemaLabError
from schema_lab.history import (
    Environment,
    Options,
    as_lab_errors,
    database_heads,
    driver_message,
    script_heads,
)
from schema_lab.migrate.connection import foreign_keys_kept, ready
from schema_lab.migrate.environment import transactional
from schema_lab.migrate.run import Recorder, Run

OnRevision = Callable[[str, int, int], None]
"""Called after each revision with its id, how many are done, and how many there are."""

Choose = Callable[[ScriptDirectory, tuple[str, ...]], Iterable[Any]]


def upgrade(
    environment: Environment, target: str = "head", on_revision: OnRevision | None = None
) -> Run:
    """Upgrade the database to a target; changes the database.

    Raises
    ------
    HistoryError
        When the target is not above the database's revision.
    MigrationError
        When a revision fails, with what stands.
    """
    goal = _checked(environment, target)
    return _run(environment, "upgrade", lambda s, heads: s._upgrade_revs(goal, heads), on_revision)  # type: ignore[arg-type]


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
        lambda s, heads: s._downgrade_revs(target, heads),  # type: ignore[arg-type]
        on_revision,
    )


def stamp(environment: Environment, target: str = "head") -> Run:
    """Write into the version table where the database stands, and run nothing.

    Raises
    ------
    HistoryError
        When there is no such revision.
    """
    return _run(environment, "stamp", lambda s, heads: s._stamp_revs(target, heads), None)


def _checked(environment: Environment, target: str) -> str:
    """Refuse an ambiguous head before anything runs."""
    heads = script_heads(environment.project.scripts())
    if target == "head" and len(heads) > 1:
        raise HistoryError(
            f"There is more than one head: {', '.join(heads)}.",
            'Join them with lab.merge("…"), or name one, or upgrade to "heads".',
        )
    return target


@dataclass
class _Progress:
    """How far a run has come; what the failure message and the report are made of."""

    direction: str
    on_revision: OnRevision | None
    before: tuple[str, ...] = ()
    expected: tuple[str, ...] = ()
    done: list[str] = field(default_factory=list)
    total: int = 0
    running: Any = None

    def begin(self, heads: tuple[str, ...], steps: list[Any]) -> None:
        self.before = self.expected = tuple(sorted(heads))
        self.total = len(steps)

    def finished(self, step: Any, heads: set[str], **rest: Any) -> None:
        """Note a revision that Alembic has applied (its `on_version_apply` hook)."""
        revision = step.up_revision_id if step.is_upgrade else ", ".join(step.source_revision_ids)
        self.done.append(str(revision))
        self.expected = tuple(sorted(heads))
        if self.on_revision is not None:
            self.on_revision(str(revision), len(self.done), self.total)


def _run(
    environment: Environment, direction: str, choose: Choose, on_revision: OnRevision | None
) -> Run:
    progress = _Progress(direction, on_revision)
    recorder = Recorder(lambda: progress.running is not None)
    with (
        as_lab_errors(environment.url),
        environment.engine.connect() as connection,
        ready(connection, environment.wait),
        recorder.on(connection),
    ):
        try:
            _migrate(environment, connection, choose, progress)
        except (Exception, SystemExit) as error:
            failure = _failure(error, progress, recorder, environment)
            if failure is None:
                raise
            raise failure from None
    after = database_heads(environment)
    _refuse_other_heads(progress, after)
    return Run(direction, progress.before, after, tuple(progress.done), tuple(recorder.statements))


def _migrate(
    environment: Environment, connection: sa.Connection, choose: Choose, progress: _Progress
) -> None:
    def work(heads: Any, context: MigrationContext) -> Iterator[Any]:
        assert context.script is not None
        steps = list(choose(context.script, heads))
        progress.begin(tuple(heads), steps)
        with foreign_keys_kept(connection):
            for progress.running in steps:
                yield progress.running
            progress.running = None

    def options(given: Options) -> Options:
        theirs = given.get("on_version_apply") or ()
        hooks = tuple(theirs) if isinstance(theirs, list | tuple) else (theirs,)
        safe = {"transactional_ddl": transactional(connection.dialect.name)}
        return {**given, **safe, "on_version_apply": (*hooks, progress.finished)}

    environment.run(connection, work, options, destination_rev=None)


def _failure(
    error: BaseException, progress: _Progress, recorder: Recorder, environment: Environment
) -> SchemaLabError | None:
    """Say which revision failed at which statement, and what stands; None: not a revision's."""
    if progress.running is None:
        return None
    script = progress.running.revision
    where = f"Revision {script.revision} ({script.doc}) failed in {progress.direction}()"
    at = f" at {' '.join(recorder.running.split())[:200]!r}" if recorder.running else ""
    fact = scrub(f"{where}{at}: {_reason(error)}", environment.url)
    return MigrationError(fact, _what_stands(environment))


def _reason(error: BaseException) -> str:
    if isinstance(error, SchemaLabError):
        return error.fact
    if isinstance(error, DBAPIError):
        return driver_message(error).rstrip(".") + "."
    if isinstance(error, SystemExit):
        return f"it called sys.exit({error.code})."
    return f"{type(error).__name__}: {error}".rstrip(".") + "."


def _what_stands(environment: Environment) -> str:
    if environment.url.get_backend_name() in ("mysql", "mariadb"):
        return (
            "MariaDB and MySQL commit at each DDL statement, so the statements before it stand; "
            "look with lab.tables(), mend by hand, then try again."
        )
    return "The database is as it was: all was rolled back. Mend the revision, then try again."


def _refuse_other_heads(progress: _Progress, after: tuple[str, ...]) -> None:
    if after != progress.expected:
        raise MigrationError(
            f"The {progress.direction} reported {', '.join(progress.expected) or 'base'}, "
            f"but the database stands at {', '.join(after) or 'base'}.",
            "Nothing was committed, or another program migrates this database; try again.",
        )
