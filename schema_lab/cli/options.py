"""What the commands share: options, the project that they open, and how an error ends them."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from schema_lab.database import DEFAULT_WAIT, masked, wait_until_it_answers
from schema_lab.errors import SchemaLabError, in_terminal
from schema_lab.history import Environment, Project, as_lab_errors

F = TypeVar("F", bound=Callable[..., Any])

url = click.option("--url", help="The database; by default that of the alembic command.")
config = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="An alembic.ini; by default the nearest in this folder or above.",
)
x = click.option("--x", "-x", multiple=True, help="A -x argument for env.py, such as tenant=a.")
engine = click.option("--engine", help="Which of several databases with one history to use.")
wait = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0,
    help="Seconds to wait until the server answers.",
)
timeout = click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=DEFAULT_WAIT,
    show_default=True,
    help="Seconds to wait for another migration.",
)
accept_loss = click.option(
    "--accept-loss",
    multiple=True,
    help='A loss to accept, such as users.plan or users; "*" accepts everything that is lost.',
)
snapshot = click.option("--snapshot", is_flag=True, help="Take a snapshot first.")


def project_options(command: F) -> F:
    """Let a command take the options that name a project and its database."""
    for option in (engine, x, config, url):
        command = option(command)
    return command


@contextlib.contextmanager
def reported(code: int = 1) -> Iterator[None]:
    """Print an error of the lab, its fact and its cure, and end with an exit code."""
    try:
        yield
    except SchemaLabError as error:
        click.echo(f"failed: {error.fact}", err=True)
        click.echo(in_terminal(error.cure), err=True)
        raise click.exceptions.Exit(code) from None


def opened(
    url: str | None,
    config: Path | None,
    x: Sequence[str],
    engine: str | None,
    timeout: float,
    wait: float,
) -> Environment:
    """Find the project, name its database, and wait until the database answers."""
    environment = Environment.opened(Project.chosen(config, engine), url, timeout, x)
    click.echo(f"database: {masked(environment.url)}")
    with as_lab_errors(environment.url):
        wait_until_it_answers(environment.engine, wait)
    return environment
