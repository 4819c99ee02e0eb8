"""Alembic's migration environment: a project's env.py, run on a database that the lab names."""

import inspect
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from io import StringIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from schema_lab.compat.alembic_private import running
from schema_lab.database import DEFAULT_WAIT, engine_for, resolve, tls_where_there_is, track
from schema_lab.errors import HistoryError
from schema_lab.history.aim import Choice, Taken, chosen_url, is_same_place, take_over
from schema_lab.history.alembic_lock import ALEMBIC_LOCK, fresh_sources
from schema_lab.history.checksums import ChecksumFile
from schema_lab.history.env_py import (
    asynchronous_url,
    env_errors,
    in_a_temporary_folder,
    is_asynchronous,
    logging_untouched,
    prepares_its_connection,
    run_env_py,
)
from schema_lab.history.project import Project
from schema_lab.history.sources import imports_noted
from schema_lab.history.translation import as_lab_errors
from schema_lab.schema import reflected_word_for_word

Steps = Iterable[Any]
Options = Mapping[str, Any]

READY = "schema_lab.ready"
"""Key in `config.attributes`: the connection that the lab has prepared to migrate."""

URL = "schema_lab.url"
"""Key in `config.attributes`: the URL of the lab's database."""


@dataclass(frozen=True)
class Environment:
    """A project and the database that it migrates.

    `remembers` says whether checksums of what runs are kept: for a temporary copy they are not.
    `throwaway` says whether this is a scratch database, which may be left half-migrated.
    `arguments` are those that env.py reads with `context.get_x_argument()`.
    `own` says that env.py opens and prepares each connection, which the lab then works on.
    """

    project: Project
    url: sa.URL
    wait: float = DEFAULT_WAIT
    new_id: Callable[[ScriptDirectory], str | None] = field(default=lambda scripts: None)
    remembers: bool = True
    throwaway: bool = False
    arguments: tuple[str, ...] = ()
    own: bool = False

    @classmethod
    def opened(
        cls,
        project: Project,
        url: str | sa.URL | None = None,
        wait: float = DEFAULT_WAIT,
        arguments: Iterable[str] = (),
    ) -> "Environment":
        """Open a project on the database to which its `alembic` command would connect.

        Nothing connects. A `url` counts before what env.py chooses.

        Raises
        ------
        SchemaLabError
            When env.py fails, names no database, or the URL cannot be used.
        """
        given = None if url is None else resolve(url, base=project.root)
        _refuse_several_databases(project)
        first = cls(project, given or _NOWHERE, wait, arguments=tuple(arguments))
        choice = _choice(first, given)
        if choice.ours or choice.url is None:
            return replace(first, url=given or project.url())
        named = given or resolve(_synchronous(choice.url), base=project.root)
        own = not _is_async(choice.url) and is_same_place(_absolute(choice.url, project), named)
        return replace(first, url=named, own=own)

    @property
    def checksum_file(self) -> ChecksumFile | None:
        """The file with the checksums of what ran here; None where none are kept."""
        return ChecksumFile.of(self.project.ini, self.url) if self.remembers else None

    @property
    def engine(self) -> sa.Engine:
        """The engine on the database; each connection is new, except with `looking_again`."""
        return _own_engine(self) if self.own else _engine(self.url, self.wait)

    def config(self, *, aimed: bool = True) -> Config:
        """Give Alembic's configuration for this database, or as the project has it."""
        config = self.project.config(self.url if aimed else None)
        config.attributes[URL] = self.url
        config.cmd_opts = Namespace(quiet=True, x=list(self.arguments) or None)
        return config

    def env_config(self, scripts: ScriptDirectory) -> Config:
        """Give Alembic's configuration for env.py: its URL has a driver that env.py can use."""
        config = self.config()
        if is_asynchronous(Path(scripts.env_py_location)):
            self.project.aim(config, asynchronous_url(self.url))
        return config

    def template_config(self) -> Config:
        """Give Alembic's configuration for a new script, which may be one for several databases."""
        return replace(self, project=replace(self.project, engine=None)).config()

    def run(
        self,
        connection: sa.Connection | None,
        work: Callable[[Any, MigrationContext], Steps],
        options: Callable[[Options], Options] = dict,
        **context_options: Any,
    ) -> None:
        """Run the project's env.py with `work` in the place of Alembic's command.

        Parameters
        ----------
        connection
            The connection that env.py must use, whatever it opens itself; None: offline.
        work
            Called by Alembic with the database's heads and the migration context;
            gives the steps to run.
        options
            From the keywords that env.py gives to `context.configure` to those that are used.

        Raises
        ------
        SchemaLabError
            For every error of Alembic's and of the database's.
        """
        with ALEMBIC_LOCK, as_lab_errors(self.url), logging_untouched(), fresh_sources():
            scripts = self.project.scripts()
            config = self.env_config(scripts)
            config.attributes[READY] = connection
            env_py, begun = Path(scripts.env_py_location), list[bool]()
            if connection is None:
                context_options |= {"as_sql": True, "output_buffer": StringIO()}

            def begin(heads: Any, migration_context: MigrationContext) -> Steps:
                begun.append(True)
                return work(heads, migration_context)

            with (
                reflected_word_for_word(),
                tls_where_there_is(self.url),
                imports_noted(),
                env_errors(env_py, lambda: bool(begun)),
                running(
                    EnvironmentContext(config, scripts, fn=begin, **context_options)
                ) as context,
            ):
                configured = decide(context, connection, options)
                apart = connection is None and self.project.engine is not None
                with in_a_temporary_folder() if apart else nullcontext():
                    run_env_py(scripts)
                if not configured:
                    raise HistoryError(
                        f"{scripts.env_py_location} never calls context.configure().",
                        "Compare it with the env.py that `alembic init` writes.",
                    )


def decide(
    context: EnvironmentContext,
    connection: sa.Connection | None,
    options: Callable[[Options], Options],
) -> list[Options]:
    """Let the lab choose the connection and the options that env.py gives to `configure`.

    Alembic's proxy looks the method up on the instance; a subclass would get a separate proxy.
    Gives the list to which each configuration is added.
    """
    plain, configured = context.configure, list[Options]()
    signature, theirs = inspect.signature(plain), list[Any]()

    def configure(*args: Any, **keywords: Any) -> None:
        given = dict(signature.bind(*args, **keywords).arguments)
        given |= given.pop("kw", {})
        theirs.append(given.get("connection"))
        chosen = dict(options(given))
        if connection is not None:
            chosen = {**chosen, "connection": connection, "url": None}
        chosen.pop("output_buffer", None)
        configured.append(chosen)
        plain(**chosen)

    context.configure = configure  # type: ignore[method-assign]
    context.run_migrations = _in_a_transaction(context, connection, theirs)  # type: ignore[method-assign]
    return configured


def _in_a_transaction(
    context: EnvironmentContext, connection: sa.Connection | None, theirs: list[Any]
) -> Callable[..., None]:
    """Give what runs migrations in a transaction also where env.py has begun one by itself.

    It has done so on its own connection, whose place the lab's has taken.
    """
    plain = context.run_migrations

    def run_migrations(**names: Any) -> None:
        by_itself = bool(theirs) and theirs[-1] is not None and theirs[-1].in_transaction()
        begins = connection is not None and by_itself and not connection.in_transaction()
        with context.begin_transaction() if begins else nullcontext():
            plain(**names)

    return run_migrations


_NOWHERE = sa.make_url("sqlite://")
"""Stands for the database until env.py has named it; nothing ever connects to it."""


def _refuse_several_databases(project: Project) -> None:
    """Refuse a history of several databases, unless the project names one of them."""
    known = _databases(replace(project, engine=None))
    if project.engine is None and known:
        raise HistoryError(
            f"This project migrates {len(known)} databases with one history: {', '.join(known)}. "
            "A lab works with one.",
            f'Open one of them: Lab(config=…, engine="{known[0]}"). '
            "`alembic upgrade head` migrates all of them.",
        )
    if project.engine is not None and project.engine not in known:
        raise HistoryError(
            f"{project.ini.name} has no database named {project.engine}.",
            f"Its databases are: {', '.join(known)}." if known else "Leave out `engine`.",
        )


def _databases(project: Project) -> list[str]:
    """Name the databases for which env.py runs, if these are several with one history."""
    names = project.config().get_alembic_option("databases") or ""
    env_py = Path(project.scripts().env_py_location)
    several = env_py.is_file() and "engine_name" in env_py.read_text(encoding="utf-8")
    return names.replace(",", " ").split() if several else []


def _choice(environment: Environment, given: sa.URL | None) -> Choice:
    """Ask env.py where it goes; where the project names nothing, DATABASE_URL is put into it."""
    project = environment.project
    with as_lab_errors():
        try:
            config = (
                environment.env_config(project.scripts())
                if given
                else environment.config(aimed=False)
            )
            choice = chosen_url(partial(_run_env, project), config)
        except (HistoryError, NoSuchModuleError, ArgumentError):
            if given is not None or project.written_url is not None:
                raise
            choice = Choice(None, ours=False)
    if given is not None or choice.ours or choice.url is not None:
        return choice
    named = project.named_url
    if named is None:
        raise HistoryError(
            f"Neither {project.ini.name} nor env.py names a database.",
            'Name one: Lab("postgresql://…", config=…), --url, or DATABASE_URL.',
        )
    return _choice(replace(environment, url=named), named)


def _run_env(
    project: Project, config: Config, intercept: Callable[[EnvironmentContext], None]
) -> None:
    """Run env.py online for what it does before any migration."""
    with ALEMBIC_LOCK, logging_untouched(), fresh_sources():
        scripts = project.scripts()
        env_py = Path(scripts.env_py_location)
        with (
            imports_noted(),
            env_errors(env_py, lambda: False),
            running(EnvironmentContext(config, scripts, fn=lambda heads, context: ())) as context,
        ):
            intercept(context)
            run_env_py(scripts)


def _is_async(url: sa.URL) -> bool:
    return bool(url.get_dialect().is_async)


def _synchronous(url: sa.URL) -> sa.URL:
    """Give an asynchronous URL without its driver: the lab's own is chosen then."""
    return url.set(drivername=url.get_backend_name()) if _is_async(url) else url


def _absolute(url: sa.URL, project: Project) -> sa.URL:
    """Let a relative SQLite path start at the project, as `alembic` has it that runs there."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return url
    return url.set(database=str(project.root / url.database))


@lru_cache(maxsize=16)
def _own_engine(environment: Environment) -> sa.Engine:
    """Give the engine whose connections env.py opens and makes ready."""
    options, heard = dict[str, Any](), list[Taken]()

    def open_one() -> Any:
        found = take_over(
            partial(_run_env, environment.project), environment.config(), environment.url
        )
        if found is None:
            return _plain_connection(environment)
        options.update(found.options)
        if not heard:
            found.hand_over(engine)
            heard.append(found)
        return found.driver

    def give_options(connection: sa.Connection) -> None:
        if options:
            connection.execution_options(**options)

    engine = engine_for(environment.url, environment.wait, open_one)
    event.listen(engine, "engine_connect", give_options)
    return track(engine)


def _plain_connection(environment: Environment) -> Any:
    """Open a connection to a copy of the database, to which env.py cannot be led.

    Raises
    ------
    HistoryError
        When env.py prepares its connection: what it would do there is not known here.
    """
    env_py = Path(environment.project.scripts().env_py_location)
    if prepares_its_connection(env_py):
        raise HistoryError(
            f"{env_py} prepares its connection and chooses the database by itself, "
            "so that it cannot be led to another database.",
            "Let env.py connect to the URL in sqlalchemy.url.",
        )
    opened = _engine(environment.url, environment.wait).raw_connection()
    opened.detach()
    return opened.dbapi_connection


@lru_cache(maxsize=16)
def _engine(url: sa.URL, wait: float) -> sa.Engine:
    """Keep what an engine learns of a server when it first connects."""
    return track(engine_for(url, wait))
