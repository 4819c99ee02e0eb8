"""One of Alembic's own commands in this process, on the database and the project of a lab."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, redirect_stdout
from io import StringIO
from pathlib import Path
from types import FunctionType
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.runtime.environment import EnvironmentContext
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.database import scrub
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
from schema_lab.migrate.safeguards import ready
from schema_lab.schema import reflected_word_for_word

CHANGING = ("ensure_version",)
"""Commands run here that write to the database; they wait for the lock."""


def run_alembic(environment: Environment, options: Namespace) -> tuple[str, Any]:
    """Run a command of Alembic's, and give what it prints. Changes what the command changes.

    Commands that migrate have methods of the lab and are not run here, except with `--sql`, which
    writes SQL and touches no database.

    Parameters
    ----------
    environment
        The project and its database.
    options
        The command line, as Alembic's own parser reads it.

    Returns
    -------
    tuple
        The text that the command printed, and the value that it returned.

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
        with _contexts(environment, name, begun) as context, redirect_stdout(said):
            given.append(_called(options, config, EnvironmentContext=context))

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


def _called(options: Namespace, config: Any, **exchanged: Any) -> Any:
    """Call one of Alembic's commands, for which alone some names of its module are exchanged.

    A command makes its own context and hands it to nobody, and the module is the whole process's:
    so this calls a copy of the function, with names of its own. Seen with Alembic 1.20.1.
    """
    function, positional, keywords = options.cmd
    copied = FunctionType(
        function.__code__, {**vars(command), **exchanged}, None, function.__defaults__
    )
    copied.__kwdefaults__ = function.__kwdefaults__
    places = (getattr(options, name, None) for name in positional)
    named = {name: getattr(options, name, None) for name in keywords}
    return copied(config, *places, **named)


@contextmanager
def _revision_errors() -> Iterator[None]:
    """Translate what a revision raises because there are no rows to read."""
    try:
        yield
    except (SchemaLabError, CommandError, SQLAlchemyError, SyntaxError):
        raise
    except Exception as error:  # noqa: BLE001 - a revision's code may raise anything
        raise MigrationError(
            f"The SQL cannot be written: a revision raised {type(error).__name__}: {error}.",
            "Run this revision on a database: with --sql there are no rows to read.",
        ) from None


@contextmanager
def _contexts(
    environment: Environment, name: str, begun: list[bool]
) -> Iterator[Callable[..., EnvironmentContext]]:
    """Give what makes the context of a command on the lab's database, in the place of its class."""
    with ExitStack() as opened:

        def context(
            config: Any, script: Any, fn: Callable[..., Any], **rest: Any
        ) -> EnvironmentContext:
            offline = bool(rest.get("as_sql"))
            connection = None if offline else opened.enter_context(_connection(environment, name))
            config.attributes[READY] = connection
            if name not in CHANGING:
                rest["dont_mutate"] = True

            def begin(heads: Any, migration_context: Any) -> Any:
                begun.append(True)
                return fn(heads, migration_context)

            created = EnvironmentContext(config, script, fn=begin, **rest)
            decide(created, connection, _offline(environment.url) if offline else dict)
            return created

        yield context


@contextmanager
def _connection(environment: Environment, name: str) -> Iterator[sa.Connection]:
    with environment.engine.connect() as connection, ExitStack() as locked:
        if name in CHANGING:
            locked.enter_context(ready(connection, environment.wait))
        yield connection


def _offline(url: sa.URL) -> Callable[[Options], Options]:
    """Write the SQL for the lab's database, whatever database env.py names."""
    shown = url.set(password=None)
    return lambda given: {**given, "url": shown}
