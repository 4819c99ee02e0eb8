"""Where the database stands: its heads, what is applied, what is pending. All read-only."""

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from schema_lab.errors import HistoryError
from schema_lab.history.environment import Environment, Options
from schema_lab.history.failures import as_lab_errors
from schema_lab.history.project import fresh_sources
from schema_lab.history.revisions import History, history_of

T = TypeVar("T")


def look(
    environment: Environment,
    read: Callable[[MigrationContext], T],
    options: Callable[[Options], Options] = dict,
) -> T:
    """Run `read` on the migration context that env.py makes, on a fresh connection. Read-only."""
    found: list[T] = []

    def work(heads: object, context: MigrationContext) -> tuple[()]:
        found.append(read(context))
        return ()

    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        environment.run(connection, work, options, dont_mutate=True)
    if not found:
        raise HistoryError(
            "env.py ran no migrations.", "Let it call context.run_migrations(), as Alembic's does."
        )
    return found[0]


def database_heads(environment: Environment) -> tuple[str, ...]:
    """Give the revisions that the database says it stands at, sorted. Read-only."""
    return tuple(sorted(look(environment, lambda context: context.get_current_heads())))


def script_heads(scripts: ScriptDirectory) -> tuple[str, ...]:
    """Give the heads of the script directory, sorted. Read-only."""
    with as_lab_errors(), fresh_sources():
        return tuple(sorted(scripts.get_heads()))


def applied_ids(scripts: ScriptDirectory, heads: tuple[str, ...]) -> frozenset[str]:
    """Give every revision at or below the given heads. Read-only.

    Raises
    ------
    HistoryError
        When the database names a revision that no file has.
    """
    with as_lab_errors(), fresh_sources():
        known = {script.revision for script in scripts.walk_revisions()}
        unknown = sorted(set(heads) - known)
        if unknown:
            raise HistoryError(
                f"The database stands at {', '.join(unknown)}, and no revision file has that id.",
                "Bring the file back, or lab.stamp(…) a revision whose schema the database has.",
            )
        below = scripts.revision_map.iterate_revisions(heads, "base", inclusive=True)
        return frozenset(script.revision for script in below)


def whole_history(scripts: ScriptDirectory, heads: tuple[str, ...]) -> History:
    """Give all revisions, newest first. Read-only."""
    applied = applied_ids(scripts, heads)
    with as_lab_errors(), fresh_sources():
        return history_of(scripts.walk_revisions(), applied)


def project_metadata(environment: Environment) -> sa.MetaData | list[sa.MetaData] | None:
    """Give the target_metadata that env.py names. Read-only: env.py runs offline."""
    seen: list[sa.MetaData | list[sa.MetaData] | None] = []

    def note(options: Options) -> Options:
        seen.append(options.get("target_metadata"))
        return options

    environment.run(None, lambda heads, context: (), note)
    return seen[0]
