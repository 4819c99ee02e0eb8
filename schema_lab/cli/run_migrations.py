"""The command line for deployments: bring a database to a revision and say how it went."""

from pathlib import Path
from typing import Annotated

import typer

from schema_lab.database import masked, wait_until_it_answers
from schema_lab.errors import LossError, MigrationError, SchemaLabError
from schema_lab.history import (
    Environment,
    Project,
    as_lab_errors,
    whole_history,
)
from schema_lab.migrate import Allow, Start, upgrade
from schema_lab.rehearsal import Gate, rehearse

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run_migrations(  # noqa: PLR0913, PLR0917 - each is an option
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
    rehearse_first: Annotated[
        bool,
        typer.Option(
            "--rehearse", help="Run it on a throwaway copy first; go on if it loses nothing."
        ),
    ] = False,
    accept_loss: Annotated[
        list[str] | None,
        typer.Option(help="With --rehearse: what may go, such as users.plan or users."),
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="An alembic.ini; by default the nearest above.")
    ] = None,
) -> None:
    """Upgrade a database. Exit code 0: done; 1: failed; 2: bad usage."""
    try:
        environment = _opened(url, config, timeout, wait)
        if check:
            _report_pending(environment)
            return
        allow = _rehearse(environment, target, accept_loss or []) if rehearse_first else None
        _upgrade(environment, target, allow)
    except SchemaLabError as error:
        typer.echo(f"failed: {error.fact}", err=True)
        typer.echo(error.cure, err=True)
        raise typer.Exit(1) from None


def _opened(url: str | None, config: Path | None, timeout: float, wait: float) -> Environment:
    """Find the project, name its database, and wait until that answers."""
    project = Project.chosen(config)
    environment = Environment(project, project.url(url), timeout)
    typer.echo(f"database: {masked(environment.url)}")
    with as_lab_errors(environment.url):
        wait_until_it_answers(environment.engine, wait)
    return environment


def _report_pending(environment: Environment) -> None:
    known = whole_history(environment)
    pending = [one for one in reversed(known.revisions) if not one.applied]
    for one in pending:
        typer.echo(f"pending: {one.id} {one.message}")
    typer.echo(f"{len(pending)} pending" if pending else "up to date")


def _rehearse(environment: Environment, target: str, accepted: list[str]) -> Allow | None:
    """Show what would happen; a failure, or a loss that nobody accepted, ends it here.

    Gives what looks again once the upgrade holds the lock.
    """
    if all(one.applied for one in whole_history(environment).revisions):
        return None
    gate = Gate(environment)
    report = gate.remember(rehearse(environment, target))
    typer.echo(repr(report))
    if not report.succeeded:
        raise MigrationError("The rehearsal failed, so nothing has run.", "Mend the revision.")
    try:
        gate.check("upgrade", target, accepted)
    except LossError as error:
        raise _with_options(error) from None
    look = gate.allow(target, accepted)
    assert look is not None

    def allow(start: Start) -> None:
        try:
            look(start)
        except LossError as error:
            raise _with_options(error) from None

    return allow


def _with_options(error: LossError) -> LossError:
    options = " ".join(f"--accept-loss {name}" for name in error.names)
    error.cure = f"If that may go, say so: {options}"
    return error


def _upgrade(environment: Environment, target: str, allow: Allow | None) -> None:
    def progress(revision: str, done: int, total: int) -> None:
        typer.echo(f"[{done}/{total}] {revision}")

    run = upgrade(environment, target, progress, resume=True, allow=allow)
    standing = ", ".join(run.after) or "base"
    for note in run.notes:
        typer.echo(f"note: {note}")
    typer.echo(f"upgraded to {standing}" if run.revisions else f"already at {standing}")
