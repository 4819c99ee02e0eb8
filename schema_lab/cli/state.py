"""`schema-lab current` and `check`: where a database stands, and whether a migration is missing."""

from typing import Any

import click

from schema_lab.cli.moves import opening, print_pending
from schema_lab.cli.options import opened, reported
from schema_lab.lab import Lab


@click.command()
@opening
def current(**given: Any) -> None:
    """Print the database's revision. Exit code 0: done; 1: failed; 2: bad usage."""
    with reported():
        opened(**given)
        heads = _lab(given).current()
        for revision in heads:
            click.echo(f"{revision.id}{' (head)' if revision.is_head else ''} {revision.message}")
        if not heads:
            click.echo("base")


@click.command()
@opening
def check(**given: Any) -> None:
    """Exit with 1 if a revision is pending, or the models differ from the database.

    Exit code 0: neither; 1: one of them, or the check failed; 2: bad usage.
    """
    with reported():
        pending = print_pending(opened(**given))
        drift = _lab(given).drift()
        click.echo(repr(drift))
        if pending or drift:
            raise click.exceptions.Exit(1)


def _lab(given: dict[str, Any]) -> Lab:
    names = {name: given[name] for name in ("config", "x", "engine")}
    return Lab(given["url"], wait=given["timeout"], **names)
