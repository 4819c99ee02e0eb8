"""The current state: the database's heads, what is applied and what is pending. All read-only.

A `CurrentState` is what the database says of itself. A `Condition` is what can be read of the
script directory and the database, and what is wrong with them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy.exc import DBAPIError

from schema_lab.compat.alembic_private import version_folders
from schema_lab.database import looking_again
from schema_lab.errors import HistoryError, SchemaLabError
from schema_lab.history.alembic_lock import fresh_sources
from schema_lab.history.checksums import Checksums, birth
from schema_lab.history.env_py import env_errors
from schema_lab.history.environment import Environment, Options
from schema_lab.history.health import (
    refuse_damage,
    refuse_forgotten,
    refuse_heads,
    refuse_leftovers,
    refuse_no_schema,
)
from schema_lab.history.project import memo, revisions_of
from schema_lab.history.revisions import History, history_of
from schema_lab.history.translation import as_lab_errors

T = TypeVar("T")

HEADS = "schema_lab_heads"
"""Alembic's option under which a look keeps the heads that it was given."""


def look(
    environment: Environment,
    read: Callable[[MigrationContext], T],
    options: Callable[[Options], Options] = dict,
) -> T:
    """Run `read` on the migration context that env.py creates, on a connection. Read-only."""
    found: list[T] = []

    def work(heads: Iterable[str], context: MigrationContext) -> tuple[()]:
        context.opts[HEADS] = tuple(sorted(heads))
        refuse_no_schema(context.connection, context.opts[HEADS])
        found.append(read(context))
        return ()

    env_py = Path(environment.project.scripts().env_py_location)
    with (
        as_lab_errors(environment.url),
        looking_again(environment.engine) as connection,
        env_errors(env_py, lambda: not found),  # once `read` has ended, only env.py still runs
    ):
        environment.run(connection, work, options, dont_mutate=True)
    if not found:
        raise never_ran()
    return found[0]


def never_ran() -> HistoryError:
    """Give the error of an env.py that does not run migrations."""
    return HistoryError(
        "env.py ran no migrations.",
        "Call context.run_migrations() in it, as the env.py of `alembic init` does.",
    )


def heads_in(context: MigrationContext) -> tuple[str, ...]:
    """Give the database's current revisions, sorted: in a look, what Alembic has read."""
    known: tuple[str, ...] | None = context.opts.get(HEADS)
    return tuple(sorted(context.get_current_heads())) if known is None else known


@dataclass(frozen=True)
class CurrentState:
    """A database's heads, and what tells it from an earlier database of the same name."""

    heads: tuple[str, ...]
    birth: str

    @classmethod
    def of(cls, context: MigrationContext) -> "CurrentState":
        """Read it on a migration context's connection. Read-only."""
        heads = heads_in(context)
        assert context.connection is not None
        return cls(heads, birth(context.connection, context.version_table))


def read_again(connection: sa.Connection, context: MigrationContext) -> CurrentState:
    """Read what the database says of itself, and leave no transaction open. Read-only.

    Parameters
    ----------
    connection
        A connection other than the migrating connection.
    context
        The context that env.py has configured: it knows the version table.
    """
    try:  # the table was there a moment ago, so whether it is need not be asked first
        version = sa.column("version_num", sa.String())
        table = sa.table(context.version_table, version, schema=context.version_table_schema)
        found = connection.scalars(sa.select(table.c.version_num)).all()
    except DBAPIError:
        connection.rollback()
        name, schema = context.version_table, context.version_table_schema
        if sa.inspect(connection).has_table(name, schema=schema):
            raise
        refuse_no_schema(connection, ())
        found = ()
    state = CurrentState(tuple(sorted(found)), birth(connection, context.version_table))
    connection.rollback()
    return state


def database_heads(environment: Environment) -> tuple[str, ...]:
    """Give the database's current revisions, sorted. Read-only."""
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
    noted = memo(scripts)
    if ("applied", heads) not in noted:
        with as_lab_errors(), fresh_sources():
            refuse_damage(scripts, heads, known)
            below = scripts.revision_map.iterate_revisions(heads, "base", inclusive=True)
            noted["applied", heads] = frozenset(script.revision for script in below)
    found: frozenset[str] = noted["applied", heads]
    return found


def whole_history(environment: Environment) -> History:
    """Give all revisions, newest first. Read-only."""
    scripts, state = look(environment, lambda context: (context.script, CurrentState.of(context)))
    assert scripts is not None
    known = checksums(environment, state.birth)
    return marked_history(scripts, state.heads, known)


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
    found: sa.MetaData | list[sa.MetaData] | None = options_of(environment).get("target_metadata")
    return found


def options_of(environment: Environment) -> Options:
    """Give the options that env.py hands to `context.configure`. Read-only: it runs offline."""
    seen: list[Options] = []

    def note(options: Options) -> Options:
        seen.append(options)
        return options

    environment.run(None, lambda heads, context: (), note)
    return seen[0]


@dataclass(frozen=True)
class Condition:
    """What can be read of script directory and database; `problems` says what cannot, and why.

    None stands for what is unknown; `current` is None when the database cannot be asked.
    """

    heads: tuple[str, ...] | None
    current: tuple[str, ...] | None
    pending: int | None
    problems: tuple[str, ...] = ()


def condition(environment: Environment) -> Condition:
    """Check the script directory and the database, each also when the other fails. Read-only."""
    problems: list[str] = []
    scripts = _said(problems, lambda: _loaded(environment.project.scripts()))
    heads = tuple(sorted(scripts.get_heads())) if scripts else None
    bases = scripts.get_revisions(scripts.get_bases()) if scripts else ()
    state = _said(problems, lambda: look(environment, lambda seen: _seen(seen, bases, problems)))
    if state is None:
        return Condition(heads, None, None, tuple(problems))
    known = None
    if scripts is not None:
        known = _said(problems, lambda: _history(environment, scripts, state, problems))
    pending = None if known is None else sum(not revision.applied for revision in known)
    return Condition(heads, state.heads, pending, tuple(problems))


def trace(environment: Environment) -> tuple[object, ...]:
    """Give what differs once another program has changed the scripts or the database. Read-only."""
    scripts = environment.project.scripts()
    folders = map(Path, version_folders(scripts))
    files = sorted(path for folder in folders for path in folder.glob("*.py"))
    stats = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
    return stats, look(environment, _marks)


def _marks(context: MigrationContext) -> tuple[object, ...]:
    connection = context.connection
    assert connection is not None
    sqlite = connection.dialect.name == "sqlite"
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar() if sqlite else None
    return heads_in(context), version


def refuse_unsound(environment: Environment, scripts: ScriptDirectory) -> None:
    """Refuse a database whose state its history does not explain. Read-only.

    Raises
    ------
    SchemaLabError
        For a damaged or forgotten version table, or a leftover copy.
    """
    look(environment, _examination(environment, scripts))


def soundness(
    environment: Environment, scripts: ScriptDirectory
) -> Callable[[MigrationContext], None]:
    """Refuse more than one head, and give what refuses the rest: a part of a longer look."""
    with as_lab_errors(environment.url), fresh_sources():
        refuse_heads(scripts)
    return _examination(environment, scripts)


def _examination(
    environment: Environment, scripts: ScriptDirectory
) -> Callable[[MigrationContext], None]:
    def examine(context: MigrationContext) -> None:
        connection, state = context.connection, CurrentState.of(context)
        assert connection is not None
        refuse_damage(scripts, state.heads, checksums(environment, state.birth))
        refuse_leftovers(connection)
        refuse_forgotten(connection, state.heads, scripts.get_revisions(scripts.get_bases()))

    return examine


def _said(problems: list[str], read: Callable[[], T]) -> T | None:
    """Read, or note the problem and give None."""
    try:
        return read()
    except SchemaLabError as error:
        problems.append(str(error))
        return None


def _loaded(scripts: ScriptDirectory) -> ScriptDirectory:
    with as_lab_errors(), fresh_sources():
        scripts.get_heads()
    return scripts


def _seen(context: MigrationContext, bases: Iterable[Script], problems: list[str]) -> CurrentState:
    connection, state = context.connection, CurrentState.of(context)
    assert connection is not None
    _said(problems, lambda: refuse_leftovers(connection))
    _said(problems, lambda: refuse_forgotten(connection, state.heads, bases))
    return state


def _history(
    environment: Environment, scripts: ScriptDirectory, state: CurrentState, problems: list[str]
) -> History:
    known = checksums(environment, state.birth)
    history = marked_history(scripts, state.heads, known)
    edited = [
        f"{revision.id} ({known.words(revision.id)})" for revision in history if revision.edited
    ]
    if edited:
        problems.append(
            f"Edited after they were applied: {', '.join(edited)}. Restore the files from "
            f'version control, or accept them with lab.stamp("{state.heads[0]}").'
        )
    if known.problem:
        problems.append(known.problem)
    return history
