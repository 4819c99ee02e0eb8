"""Where the database stands: its heads, what is applied, what is pending. All read-only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from schema_lab.database import looking_again
from schema_lab.errors import HistoryError
from schema_lab.history.checksum_file import birth
from schema_lab.history.checksums import Checksums
from schema_lab.history.environment import Environment, Options
from schema_lab.history.failures import as_lab_errors
from schema_lab.history.health import refuse_damage
from schema_lab.history.kept_scripts import memo, revisions_of
from schema_lab.history.project import fresh_sources
from schema_lab.history.revisions import History, history_of

T = TypeVar("T")

HEADS = "schema_lab_heads"
"""Alembic's option under which a look keeps the heads that it was given."""


def look(
    environment: Environment,
    read: Callable[[MigrationContext], T],
    options: Callable[[Options], Options] = dict,
) -> T:
    """Run `read` on the migration context that env.py makes, on a connection. Read-only."""
    found: list[T] = []

    def work(heads: Iterable[str], context: MigrationContext) -> tuple[()]:
        context.opts[HEADS] = tuple(sorted(heads))
        found.append(read(context))
        return ()

    with as_lab_errors(environment.url), looking_again(environment.engine) as connection:
        environment.run(connection, work, options, dont_mutate=True)
    if not found:
        raise HistoryError(
            "env.py ran no migrations.", "Let it call context.run_migrations(), as Alembic's does."
        )
    return found[0]


def heads_in(context: MigrationContext) -> tuple[str, ...]:
    """Give the revisions at which the database stands, sorted: in a look, what Alembic has read."""
    known: tuple[str, ...] | None = context.opts.get(HEADS)
    return tuple(sorted(context.get_current_heads())) if known is None else known


@dataclass(frozen=True)
class Standing:
    """What a database says of itself: its heads, and what tells it from one of the same name."""

    heads: tuple[str, ...]
    birth: str

    @classmethod
    def of(cls, context: MigrationContext) -> "Standing":
        """Read it on a migration context's connection. Read-only."""
        heads = heads_in(context)
        assert context.connection is not None
        return cls(heads, birth(context.connection, context.version_table))


def read_again(connection: sa.Connection, context: MigrationContext) -> Standing:
    """Read what the database says of itself, and leave no transaction open. Read-only.

    Parameters
    ----------
    connection
        Another connection than the one that migrated.
    context
        What env.py configured a moment ago: it knows the version table.
    """
    try:  # the table was there a moment ago, so whether it is need not be asked first
        found = connection.scalars(sa.select(context._version.c.version_num)).all()
    except DBAPIError:
        connection.rollback()
        name, schema = context.version_table, context.version_table_schema
        if sa.inspect(connection).has_table(name, schema=schema):
            raise
        found = ()
    standing = Standing(tuple(sorted(found)), birth(connection, context.version_table))
    connection.rollback()
    return standing


def database_heads(environment: Environment) -> tuple[str, ...]:
    """Give the revisions that the database says it stands at, sorted. Read-only."""
    return look(environment, heads_in)


def script_heads(scripts: ScriptDirectory) -> tuple[str, ...]:
    """Give the heads of the script directory, sorted. Read-only."""
    with as_lab_errors(), fresh_sources():
        return tuple(sorted(scripts.get_heads()))


def checksums(environment: Environment, birth: str = "") -> Checksums:
    """Give what is known of the files that the database has had. Read-only."""
    file = environment.checksum_file
    return file.read(birth) if file else Checksums()


def applied_ids(
    scripts: ScriptDirectory, heads: tuple[str, ...], known: Checksums | None = None
) -> frozenset[str]:
    """Give every revision at or below the given heads. Read-only.

    Raises
    ------
    HistoryError
        When no history can have led to these heads.
    """
    with as_lab_errors(), fresh_sources():
        refuse_damage(scripts, heads, known)
        noted = memo(scripts)
        if ("applied", heads) not in noted:
            below = scripts.revision_map.iterate_revisions(heads, "base", inclusive=True)
            noted["applied", heads] = frozenset(script.revision for script in below)
        found: frozenset[str] = noted["applied", heads]
        return found


def whole_history(environment: Environment) -> History:
    """Give all revisions, newest first. Read-only."""
    scripts, standing = look(environment, lambda context: (context.script, Standing.of(context)))
    assert scripts is not None
    known = checksums(environment, standing.birth)
    return marked_history(scripts, standing.heads, known)


def marked_history(scripts: ScriptDirectory, heads: tuple[str, ...], known: Checksums) -> History:
    """Give all revisions, newest first, marking those that a database has. Read-only.

    Raises
    ------
    HistoryError
        When no history can have led to these heads.
    """
    applied = applied_ids(scripts, heads, known)
    with as_lab_errors(), fresh_sources():
        noted, asked = memo(scripts), (heads, known)
        if noted.get("history", (None,))[0] != asked:
            noted["history"] = asked, history_of(revisions_of(scripts).values(), applied, known)
        found: History = noted["history"][1]
        return found


def project_metadata(environment: Environment) -> sa.MetaData | list[sa.MetaData] | None:
    """Give the target_metadata that env.py names. Read-only: env.py runs offline."""
    seen: list[sa.MetaData | list[sa.MetaData] | None] = []

    def note(options: Options) -> Options:
        seen.append(options.get("target_metadata"))
        return options

    environment.run(None, lambda heads, context: (), note)
    return seen[0]
