"""Findings as text, as JSON, and as the commands that annotate a pull request on GitHub."""

import json
from pathlib import Path
from typing import Any

from schema_lab.review import Finding, Findings

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}


def as_text(found: Findings) -> str:
    """Say the findings, and how many revisions were reviewed."""
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
        "findings": [_fields(one) for one in found.findings],
        "suppressed": [_fields(one) for one in found.suppressed],
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
    commands = [_command(one) for one in found.findings]
    return "\n".join(commands + [f"::notice title=schema-lab::{_data(one)}" for one in found.notes])


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
    """Name a file from where the program runs, as GitHub wants it."""
    if path is None:
        return None
    here = Path.cwd().resolve()
    file = path.resolve()
    return file.relative_to(here).as_posix() if file.is_relative_to(here) else file.as_posix()


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
