"""`schema-lab review`: the findings on scripts on disk, for a terminal and for CI."""

import contextlib
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from schema_lab.cli.formats import as_github, as_json, as_text
from schema_lab.errors import SchemaLabError
from schema_lab.history import Environment, Project
from schema_lab.review import Findings, review_scripts

FOUND, NOT_REVIEWED = 1, 2
"""Exit codes: an error was found; the review could not be made, or the usage is bad."""


class Format(Enum):
    """What is printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


_PRINTED = {Format.TEXT: as_text, Format.JSON: as_json, Format.GITHUB: as_github}


def review(
    revisions: Annotated[
        str | None,
        typer.Argument(help="A revision, or a range as base:head; by default what is pending."),
    ] = None,
    since: Annotated[
        list[str] | None,
        typer.Option(help="Review what came after this revision, or after base; may be repeated."),
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="What is printed.")] = Format.TEXT,
    url: Annotated[
        str | None, typer.Option(help="The database; by default DATABASE_URL or .env.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="An alembic.ini; by default the nearest above.")
    ] = None,
) -> None:
    """Review migrations. Exit code 0: no error found; 1: an error found; 2: no review was made."""
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what env.py prints is no finding
            found = _reviewed(revisions, since or [], url, config)
    except SchemaLabError as error:
        typer.echo(f"failed: {error.fact}", err=True)
        typer.echo(error.cure, err=True)
        raise typer.Exit(NOT_REVIEWED) from None
    typer.echo(_PRINTED[form](found))
    raise typer.Exit(FOUND if found.errors else 0)


def _reviewed(
    revisions: str | None, since: list[str], url: str | None, config: Path | None
) -> Findings:
    project = Project.chosen(config)
    return review_scripts(Environment(project, project.url(url)), revisions, since)
