"""One of Alembic's own commands in this process, on the database and the project of a lab."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.runtime.environment import EnvironmentContext
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.database import reflected_word_for_word, scrub
from schema_lab.errors import MigrationError, SchemaLabError
from schema_lab.history import (
    ALEMBIC_LOCK,
    READY,
    Environment,
    Options,
    as_lab_errors,
    decide,
    env_errors,
    fresh_sources,
    is_asynchronous,
    logging_untouched,
    outside_of_the_loop,
    plain_config,
)
from schema_lab.migrate.connection import ready

_CONTEXT = "EnvironmentContext"

CHANGING = ("ensure_version",)
"""Commands that come here and write to the database; they wait for the lock."""


def run_alembic(environment: Environment, options: Namespace) -> tuple[str, Any]:
    """Run a command of Alembic's; what it prints comes back instead. Changes what the command does.

    The commands that migrate have doors of the lab's own and do not come here, except with
    `--sql`, which writes SQL and touches no database.

    Parameters
    ----------
    environment
        The project and its database.
    options
        What Alembic's own parser made of the command line.

    Returns
    -------
    tuple
        The text that the command printed, and the value that it gave.

    Raises
    ------
    SchemaLabError
        For every error of Alembic's and of the database's.
    """
    config, said, given, begun = environment.config(), StringIO(), list[Any](), list[bool]()
    config.stdout = config.output_buffer = said
    config.cmd_opts = Namespace(quiet=False, x=list(environment.arguments) or None)

    def run() -> None:
        name = options.cmd[0].__name__
        with _on(environment, name, begun), redirect_stdout(said):
            given.append(_called(options, config))

    with ALEMBIC_LOCK, as_lab_errors(environment.url), logging_untouched(), fresh_sources():
        env_py = Path(environment.project.scripts().env_py_location)
        with (
            reflected_word_for_word(),
            _revision_errors() if getattr(options, "sql", False) else nullcontext(),
            env_errors(env_py, lambda: bool(begun)),
        ):
            outside_of_the_loop(run) if is_asynchronous(env_py) else run()
    return scrub(said.getvalue(), environment.url), given[0]


def run_without_project(options: Namespace) -> str:
    """Run `init` or `list_templates`, which need no project; `init` writes one."""
    said = StringIO()
    config = plain_config(options.config[-1] if options.config else "alembic.ini", said)
    with as_lab_errors(), redirect_stdout(said):
        _called(options, config)
    return said.getvalue()


def _called(options: Namespace, config: Any) -> Any:
    function, positional, keywords = options.cmd
    places = (getattr(options, name, None) for name in positional)
    named = {name: getattr(options, name, None) for name in keywords}
    return function(config, *places, **named)


@contextmanager
def _revision_errors() -> Iterator[None]:
    """Say what a revision raises where it meets no rows."""
    try:
        yield
    except (SchemaLabError, CommandError, SQLAlchemyError, SyntaxError):
        raise
    except Exception as error:  # noqa: BLE001 - a revision's code may raise anything
        raise MigrationError(
            f"The SQL cannot be written: a revision raised {type(error).__name__}: {error}.",
            "With --sql there are no rows to read; such a revision needs a database.",
        ) from None


@contextmanager
def _on(environment: Environment, name: str, begun: list[bool]) -> Iterator[None]:
    """Let the contexts that Alembic's command makes work on the lab's database.

    A command makes its own context and hands it to nobody, so that its class is exchanged here,
    where the lock keeps others out.
    """
    plain = vars(command)[_CONTEXT]
    with ExitStack() as opened:

        def context(config: Any, script: Any, fn: Callable[..., Any], **rest: Any) -> Any:
            offline = bool(rest.get("as_sql"))
            connection = None if offline else opened.enter_context(_connection(environment, name))
            config.attributes[READY] = connection
            if name not in CHANGING:
                rest["dont_mutate"] = True

            def begin(heads: Any, migration_context: Any) -> Any:
                begun.append(True)
                return fn(heads, migration_context)

            made = EnvironmentContext(config, script, fn=begin, **rest)
            decide(made, connection, _offline(environment.url) if offline else dict)
            return made

        setattr(command, _CONTEXT, context)
        try:
            yield
        finally:
            setattr(command, _CONTEXT, plain)


@contextmanager
def _connection(environment: Environment, name: str) -> Iterator[sa.Connection]:
    with environment.engine.connect() as connection, ExitStack() as locked:
        if name in CHANGING:
            locked.enter_context(ready(connection, environment.wait))
        yield connection


def _offline(url: sa.URL) -> Callable[[Options], Options]:
    """Let the SQL be that of the lab's database, whatever env.py names."""
    shown = url.set(password=None)
    return lambda given: {**given, "url": shown}
