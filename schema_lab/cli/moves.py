"""`schema-lab upgrade` and `downgrade`, and the script of deployments: a database is migrated.

The gate stands before each: a loss that nobody has accepted refuses the run.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import click

from schema_lab.cli import options
from schema_lab.cli.options import opened, reported
from schema_lab.errors import LossError, MigrationError
from schema_lab.history import Environment, whole_history
from schema_lab.migrate import Allow, Run, Start, allow_recorded, snapshot
from schema_lab.migrate import downgrade as migrate_down
from schema_lab.migrate import upgrade as migrate_up
from schema_lab.rehearsal import Gate
from schema_lab.rehearsal import rehearse as run_rehearsal


def opening(command: options.F) -> options.F:
    """Let a command take the options of one that migrates."""
    for option in (options.timeout, options.wait):
        command = option(command)
    return options.project_options(command)


@click.command()
@click.argument("target", default="head")
@options.accept_loss
@click.option("--rehearse", is_flag=True, help="Run the migration on a temporary copy first.")
@options.snapshot
@opening
def upgrade(
    target: str, accept_loss: Sequence[str], rehearse: bool, snapshot: bool, **given: Any
) -> None:
    """Upgrade the database to TARGET (head). Exit code 0: done; 1: failed; 2: bad usage."""
    with reported():
        environment = opened(**given)
        gate = Gate(environment)
        if rehearse:
            rehearsed(environment, gate, target, accept_loss)
        _gated("upgrade", environment, gate, target, accept_loss, snapshot)


@click.command(context_settings={"ignore_unknown_options": True})  # -1 is a target
@click.argument("target")
@options.accept_loss
@options.snapshot
@opening
def downgrade(target: str, accept_loss: Sequence[str], snapshot: bool, **given: Any) -> None:
    """Downgrade the database to TARGET, such as -1. Exit code 0: done; 1: failed; 2: bad usage."""
    with reported():
        environment = opened(**given)
        _gated("downgrade", environment, Gate(environment), target, accept_loss, snapshot)


@click.command()
@click.option("--target", default="head", show_default=True, help="The revision to upgrade to.")
@click.option("--check", is_flag=True, help="List the pending revisions; change nothing.")
@click.option(
    "--rehearse",
    is_flag=True,
    help="Run the migration on a temporary copy first; continue if nothing is lost.",
)
@options.accept_loss
@options.snapshot
@opening
def run_migrations(
    target: str,
    check: bool,
    rehearse: bool,
    accept_loss: Sequence[str],
    snapshot: bool,
    **given: Any,
) -> None:
    """Upgrade a database. Exit code 0: done; 1: failed; 2: bad usage."""
    with reported():
        environment = opened(**given)
        if check:
            print_pending(environment)
            return
        gate, allow = Gate(environment), allow_recorded(frozenset(accept_loss))
        if rehearse and not all(each.applied for each in whole_history(environment).revisions):
            rehearsed(environment, gate, target, accept_loss)
            allow = _checked(gate, "upgrade", target, accept_loss)
        _migrated("upgrade", environment, target, allow, snapshot)


def print_pending(environment: Environment) -> int:
    """List the pending revisions, oldest first, and give their number. Read-only."""
    known = whole_history(environment)
    pending = [revision for revision in reversed(known.revisions) if not revision.applied]
    for revision in pending:
        click.echo(f"pending: {revision.id} {revision.message}")
    click.echo(f"{len(pending)} pending" if pending else "up to date")
    return len(pending)


def rehearsed(environment: Environment, gate: Gate, target: str, accepted: Sequence[str]) -> None:
    """Rehearse an upgrade, and refuse it if the rehearsal fails; the gate knows what it saw."""
    report = gate.remember(run_rehearsal(environment, target, accept_loss=accepted))
    click.echo(repr(report))
    if not report.succeeded:
        raise MigrationError("The rehearsal failed, so nothing was run.", "Fix the revision.")


def _gated(
    direction: str,
    environment: Environment,
    gate: Gate,
    target: str,
    accepted: Sequence[str],
    first: bool,
) -> None:
    allow = _checked(gate, direction, target, accepted)
    _migrated(direction, environment, target, allow, first)


def _checked(gate: Gate, direction: str, target: str, accepted: Sequence[str]) -> Allow:
    """Ask the gate now, and give what asks it again once the migration holds the lock."""
    with _naming_options():
        gate.check(direction, target, accepted or None)
    allow = gate.allow(target, accepted or None)

    def look(start: Start) -> None:
        with _naming_options():
            allow.look(start)

    return replace(allow, look=look)


@contextmanager
def _naming_options() -> Iterator[None]:
    """Say the cure of a loss in the words of a command line."""
    try:
        yield
    except LossError as error:
        named = " ".join(f"--accept-loss {name}" for name in error.names)
        error.cure = f"To accept the loss, add: {named}"
        raise


def _migrated(
    direction: str, environment: Environment, target: str, allow: Allow, first: bool
) -> None:
    def progress(revision: str, done: int, total: int) -> None:
        click.echo(f"[{done}/{total}] {revision}")

    if first:
        click.echo(f"snapshot: {snapshot(environment, f'before {direction} to {target}').id}")
    if direction == "upgrade":
        run = migrate_up(environment, target, progress, resume=True, allow=allow)
    else:
        run = migrate_down(environment, target, progress, allow=allow)
    _print_end(direction, run)


def _print_end(direction: str, run: Run) -> None:
    current = ", ".join(run.after) or "base"
    for note in run.notes:
        click.echo(f"note: {note}")
    click.echo(f"{direction}d to {current}" if run.revisions else f"already at {current}")
