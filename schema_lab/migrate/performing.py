"""Perform steps on a connection: under the lock, through the project's env.py."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from schema_lab.history import Environment, Options, checksums, refuse_damage
from schema_lab.migrate.attempt import Attempt, direction_of
from schema_lab.migrate.connection import ready
from schema_lab.migrate.environment import transactional
from schema_lab.migrate.failure import failure_of
from schema_lab.migrate.keeping import Keeper
from schema_lab.migrate.start import Start

Choose = Callable[[ScriptDirectory, tuple[str, ...]], Iterable[Any]]
"""From where the database stands to Alembic's steps."""


def perform(
    environment: Environment, choose: Choose, attempt: Attempt, keeper: Keeper, purge: bool
) -> None:
    """Run the chosen steps on an attempt's connection; changes the database.

    Raises
    ------
    MigrationError
        When a revision fails, with what stands.
    """
    with ready(attempt.connection, environment.wait):
        try:
            attempt.run(lambda: _migrate(environment, choose, attempt, keeper, purge))
        except (Exception, SystemExit) as error:
            failure = failure_of(error, attempt, environment.url)
            if failure is None:
                raise
            raise failure from None


def _ask(attempt: Attempt, context: MigrationContext, heads: Any, steps: list[Any]) -> None:
    """Ask whether the steps may run, on the connection that will run them."""
    allow = attempt.hooks.allow
    if allow is None or not steps:
        return
    standing = tuple(sorted(heads))
    direction = direction_of(steps[0])
    allow(Start(attempt.connection, direction, standing, tuple(steps), context.version_table))


def _migrate(
    environment: Environment, choose: Choose, attempt: Attempt, keeper: Keeper, purge: bool
) -> None:
    # Where DDL cannot be taken back, not even an empty version table is made before all is asked.
    waits = attempt.journaling is not None and not keeper.stamped

    def work(heads: Any, context: MigrationContext) -> Iterator[Any]:
        assert context.script is not None
        keeper.scripts = context.script
        refuse_damage(context.script, heads, checksums(environment))
        steps = list(choose(context.script, heads))
        if attempt.may_begin():
            _ask(attempt, context, heads, steps)
        if waits:
            attempt.foresee(heads, steps)
            attempt.connection.rollback()
            if not heads:
                context._ensure_version_table()
        return attempt.steps(context, heads, steps)

    def options(given: Options) -> Options:
        theirs = given.get("on_version_apply") or ()
        hooks = tuple(theirs) if isinstance(theirs, list | tuple) else (theirs,)
        return {
            **given,
            "transactional_ddl": transactional(attempt.connection.dialect.name),
            "on_version_apply": (*hooks, keeper.applied, attempt.applied),
            "purge": purge,
        }

    environment.run(attempt.connection, work, options, destination_rev=None, dont_mutate=waits)
