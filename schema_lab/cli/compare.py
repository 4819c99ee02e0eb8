"""`schema-lab compare` and `locate`: how two schemas differ, and where a database stands."""

import contextlib
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from schema_lab.cli.options import project_options, reported
from schema_lab.errors import in_terminal
from schema_lab.lab import Lab
from schema_lab.sides import Comparison

DIFFERENT, NOT_COMPARED = 1, 2
"""Exit codes: the sides differ; they could not be compared, or the usage is wrong."""


def as_json(comparison: Comparison) -> str:
    """Give a comparison as one JSON object."""
    value = {
        "left": comparison.left.name,
        "right": comparison.right.name,
        "equal": comparison.equal,
        "operations": [dataclasses.asdict(operation) for operation in comparison.operations],
        "others": comparison.others,
        "not_compared": comparison.not_compared,
    }
    return json.dumps(value)


def as_sql(comparison: Comparison) -> str:
    """Give the SQL of the tables that differ as `diff -u` does."""
    return repr(comparison.diff())


_PRINTED = {"text": repr, "sql": as_sql, "json": as_json}


@click.command(context_settings={"ignore_unknown_options": True})  # -1 is a side
@click.argument("left")
@click.argument("right")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_PRINTED)),
    default="text",
    show_default=True,
    help="The format of the output.",
)
@project_options
def compare(
    left: str,
    right: str,
    form: str,
    url: str | None,
    config: Path | None,
    x: Sequence[str],
    engine: str | None,
) -> None:
    """List the operations that would make LEFT match RIGHT.

    A side is models, database, history, a revision such as 0003, head or -1, a snapshot such as
    s1, a git commit such as git:main, or the URL of a database.

    Exit code 0: equal; 1: different; 2: the comparison failed.
    """
    with reported(NOT_COMPARED):
        with contextlib.redirect_stdout(sys.stderr):  # what env.py prints is not a difference
            found = Lab(url, config=config, x=x, engine=engine).compare(left, right)
        click.echo(_PRINTED[form](found))
        raise click.exceptions.Exit(0 if found.equal else DIFFERENT)


@click.command()
@project_options
def locate(url: str | None, config: Path | None, x: Sequence[str], engine: str | None) -> None:
    """Find the revision whose schema the database has, whatever its version table says.

    Exit code 0: the version table is right; 1: it is wrong, or no revision matches; 2: the
    command failed.
    """
    with reported(NOT_COMPARED):
        with contextlib.redirect_stdout(sys.stderr):
            found = Lab(url, config=config, x=x, engine=engine).locate()
        click.echo(in_terminal(repr(found)))
        raise click.exceptions.Exit(0 if found.as_stamped else DIFFERENT)
