"""Alembic's migration environment: a project's env.py, run on a database that the lab names."""

import inspect
import logging
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from schema_lab.database import engine_for, reflected_word_for_word, tls_where_there_is
from schema_lab.errors import HistoryError
from schema_lab.history.alembic_lock import ALEMBIC_LOCK
from schema_lab.history.asynchronous import (
    asynchronous_url,
    is_asynchronous,
    outside_of_the_loop,
)
from schema_lab.history.checksum_file import ChecksumFile
from schema_lab.history.env_errors import env_errors
from schema_lab.history.failures import as_lab_errors
from schema_lab.history.project import Project, fresh_sources

Steps = Iterable[Any]
Options = Mapping[str, Any]

READY = "schema_lab.ready"
"""Key in `config.attributes`: the connection that the lab has made ready to migrate."""

URL = "schema_lab.url"
"""Key in `config.attributes`: the URL of the lab's database."""


@dataclass(frozen=True)
class Environment:
    """A project and the database that it migrates.

    `remembers` says whether checksums of what runs are kept: for a throwaway copy they are not.
    `throwaway` says whether the database may be filled with samples and left half-migrated.
    `arguments` are those that env.py reads with `context.get_x_argument()`.
    """

    project: Project
    url: sa.URL
    wait: float = 60.0
    new_id: Callable[[ScriptDirectory], str | None] = field(default=lambda scripts: None)
    remembers: bool = True
    throwaway: bool = False
    arguments: tuple[str, ...] = ()

    @property
    def checksum_file(self) -> ChecksumFile | None:
        """The file with the checksums of what ran here; None where none are kept."""
        return ChecksumFile.of(self.project.ini, self.url) if self.remembers else None

    @property
    def engine(self) -> sa.Engine:
        """The engine on the database; each connection is a fresh one, but for `looking_again`."""
        return _engine(self.url, self.wait)

    def config(self) -> Config:
        """Give Alembic's configuration for this database."""
        config = self.project.config(self.url)
        config.attributes[URL] = self.url
        config.cmd_opts = Namespace(quiet=True, x=list(self.arguments) or None)
        return config

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
            The connection that env.py shall use, whatever it opens itself; None: offline.
        work
            Called by Alembic with the database's heads and the migration context;
            gives the steps to run.
        options
            From the keywords that env.py gives to `context.configure` to those that count.

        Raises
        ------
        SchemaLabError
            For every error of Alembic's and of the database's.
        """
        config = self.config()
        with ALEMBIC_LOCK, as_lab_errors(self.url), logging_untouched(), fresh_sources():
            scripts = self.project.scripts()
            config.attributes[READY] = connection
            env_py, begun = Path(scripts.env_py_location), list[bool]()
            asynchronous = is_asynchronous(env_py)
            if asynchronous:
                self.project.aim(config, asynchronous_url(self.url))
            if connection is None:
                context_options |= {"as_sql": True, "output_buffer": StringIO()}

            def begin(heads: Any, migration_context: MigrationContext) -> Steps:
                begun.append(True)
                return work(heads, migration_context)

            with (
                reflected_word_for_word(),
                tls_where_there_is(self.url),
                env_errors(env_py, lambda: bool(begun)),
                EnvironmentContext(config, scripts, fn=begin, **context_options) as context,
            ):
                configured = decide(context, connection, options)
                if asynchronous:
                    outside_of_the_loop(scripts.run_env)
                else:
                    scripts.run_env()
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
    """Let the lab decide on the connection and the options that env.py gives to `configure`.

    Alembic's proxy looks the method up on the instance; a subclass would get a proxy of its own.
    Gives the list that fills with what was configured.
    """
    plain, configured = context.configure, list[Options]()
    signature = inspect.signature(plain)

    def configure(*args: Any, **keywords: Any) -> None:
        given = dict(signature.bind(*args, **keywords).arguments)
        given |= given.pop("kw", {})
        chosen = dict(options(given))
        if connection is not None:
            chosen = {**chosen, "connection": connection, "url": None}
        chosen.pop("output_buffer", None)
        configured.append(chosen)
        plain(**chosen)

    context.configure = configure  # type: ignore[method-assign]
    return configured


@contextmanager
def logging_untouched() -> Iterator[None]:
    """Give every logger back as it was: a fileConfig in env.py would take the notebook's."""
    manager = logging.Logger.manager
    loggers = [logging.root, *manager.loggerDict.values()]
    before = [
        (logger, logger.level, list(logger.handlers), logger.disabled, logger.propagate)
        for logger in loggers
        if isinstance(logger, logging.Logger)
    ]
    try:
        yield
    finally:
        for logger, level, handlers, disabled, propagate in before:
            if logger.level != level:
                logger.setLevel(level)
            logger.handlers[:] = handlers
            logger.disabled, logger.propagate = disabled, propagate


@lru_cache(maxsize=16)
def _engine(url: sa.URL, wait: float) -> sa.Engine:
    """Keep what an engine learns of a server when it first connects."""
    return engine_for(url, wait)
