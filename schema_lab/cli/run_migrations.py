"""The command line for deployments: bring a database to a revision and say how it went."""

from pathlib import Path
from typing import Annotated

import typer

from schema_lab.database import masked, wait_until_it_answers
from schema_lab.errors import SchemaLabError
from schema_lab.history import (
    Environment,
    Project,
    as_lab_errors,
    whole_history,
)
from schema_lab.migrate import upgrade

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run_migrations(
    url: Annotated[
        str | None, typer.Option(help="The database; by default DATABASE_URL or .env.")
    ] = None,
    target: Annotated[str, typer.Option(help="The revision to reach.")] = "head",
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait until the server answers.")
    ] = 0,
    timeout: Annotated[
        float, typer.Option(min=0, help="Seconds to wait for another migration.")
    ] = 60,
    check: Annotated[
        bool, typer.Option("--check", help="Report what is pending; change nothing.")
    ] = False,
    config: Annotated[
        Path | None, typer.Option(help="An alembic.ini; by default the nearest above.")
    ] = None,
) -> None:
    """Upgrade a database. Exit code 0: done; 1: failed; 2: bad usage."""
    try:
        project = Project.at(config) if config is not None else Project.above(Path.cwd())
        environment = Environment(project, project.url(url), timeout)
        typer.echo(f"database: {masked(environment.url)}")
        with as_lab_errors(environment.url):
            wait_until_it_answers(environment.engine, wait)
        if check:
            _report_pending(environment)
        else:
            _upgrade(environment, target)
    except SchemaLabError as error:
        typer.echo(f"failed: {error.fact}", err=True)
        typer.echo(error.cure, err=True)
        raise typer.Exit(1) from None


def _report_pending(environment: Environment) -> None:
    known = whole_history(environment)
    pending = [one for one in reversed(known.revisions) if not one.applied]
    for one in pending:
        typer.echo(f"pending: {one.id} {one.message}")
    typer.echo(f"{len(pending)} pending" if pending else "up to date")


def _upgrade(environment: Environment, target: str) -> None:
    def progress(revision: str, done: int, total: int) -> None:
        typer.echo(f"[{done}/{total}] {revision}")

    run = upgrade(environment, target, progress, resume=True)
    standing = ", ".join(run.after) or "base"
    for note in run.notes:
        typer.echo(f"note: {note}")
    typer.echo(f"upgraded to {standing}" if run.revisions else f"already at {standing}")
