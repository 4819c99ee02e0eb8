"""`schema-lab review`: the findings on scripts on disk, for a terminal and for CI.

They are printed as text, as JSON, or as the commands that annotate a pull request on GitHub.
"""

import contextlib
import json
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Any

import click

from schema_lab.cli.options import project_options, reported
from schema_lab.history import Environment, Project
from schema_lab.review import Finding, Findings, review_scripts

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def as_text(found: Findings) -> str:
    """Give the findings, and how many revisions were reviewed."""
    number = len(found.reviewed)
    return f"{found!r}\n{number} revision{'' if number == 1 else 's'} reviewed"


def as_json(found: Findings) -> str:
    """Give the findings as one JSON object.

    Examples
    --------
    >>> as_json(Findings(reviewed=("0001",)))
    '{"reviewed": ["0001"], "notes": [], "findings": [], "suppressed": []}'
    """
    value = {
        "reviewed": found.reviewed,
        "notes": found.notes,
        "findings": [_fields(finding) for finding in found.findings],
        "suppressed": [_fields(finding) for finding in found.suppressed],
    }
    return json.dumps(value)


def as_github(found: Findings) -> str:
    r"""Give one workflow command for each finding, in GitHub's escaping.

    Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions

    Examples
    --------
    >>> print(as_github(Findings(notes=("50 % done",))))
    ::notice title=schema-lab::50 %25 done
    """
    commands = [_command(finding) for finding in found.findings]
    notices = [f"::notice title=schema-lab::{_data(note)}" for note in found.notes]
    return "\n".join(commands + notices)


def _fields(finding: Finding) -> dict[str, Any]:
    names = ("code", "severity", "revision", "line", "table", "column")
    said = ("sentence", "why", "recipe", "call", "reason")
    fields = {name: getattr(finding, name) for name in (*names, *said)}
    return {"file": _file(finding.path), **fields}


def _command(finding: Finding) -> str:
    properties = {
        "file": _file(finding.path),
        "line": finding.line,
        "title": f"{finding.code} in {finding.revision}",
    }
    given = [f"{name}={_property(value)}" for name, value in properties.items() if value]
    said = " ".join(part for part in (finding.why, finding.recipe, finding.call) if part)
    text = f"{finding.sentence}\n{said}".strip()
    return f"::{_LEVELS[finding.severity]} {','.join(given)}::{_data(text)}"


def _file(path: Path | None) -> str | None:
    """Name a file relative to the working directory, as GitHub expects it."""
    if path is None:
        return None
    here = Path.cwd().resolve()
    file = path.resolve()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else file.as_posix()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")


FOUND, NOT_REVIEWED = 1, 2
"""Exit codes: an error was found; the review failed, or the usage is wrong."""


class Format(Enum):
    """The format of the output."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


_PRINTED = {Format.TEXT: as_text, Format.JSON: as_json, Format.GITHUB: as_github}


@click.command()
@click.argument("revisions", required=False)
@click.option(
    "--since",
    multiple=True,
    help="Review the revisions after this one, or after base; may be repeated.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in Format]),
    default=Format.TEXT.value,
    show_default=True,
    help="The format of the output.",
)
@project_options
def review(
    revisions: str | None,
    since: Sequence[str],
    form: str,
    **given: Any,
) -> None:
    """Review REVISIONS: one, or a range as base:head; by default the pending revisions.

    Exit code 0: no error found; 1: an error found; 2: the review failed.
    """
    with reported(NOT_REVIEWED):
        with contextlib.redirect_stdout(sys.stderr):  # what env.py prints is not a finding
            found = _reviewed(revisions, list(since), **given)
        click.echo(_PRINTED[Format(form)](found))
        raise click.exceptions.Exit(FOUND if found.errors else 0)


def _reviewed(
    revisions: str | None,
    since: list[str],
    url: str | None,
    config: Path | None,
    x: Sequence[str],
    engine: str | None,
) -> Findings:
    environment = Environment.opened(Project.chosen(config, engine), url, arguments=x)
    return review_scripts(environment, revisions, since, or_latest=False)
