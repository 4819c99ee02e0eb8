"""docs/projects.md: a table of the projects, and a sentence for each step that is not right."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from scripts.projects.comparing import RIGHT, STEPS, Result
from scripts.projects.installing import ROOT
from scripts.projects.listed import PROJECTS, Project

PAGE = ROOT / "docs" / "projects.md"
RESULTS = Path(__file__).with_name("results.json")
TITLES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}
COLUMNS = ("project", "database", "revisions", *STEPS, "seconds")

BEGIN, END = "<!-- results of make projects -->\n", "<!-- end of the results -->"
"""What stands between these marks is written; the words around them are the page's own."""


def kept() -> list[Result]:
    """Give the results that are stored, in the order of the list."""
    if not RESULTS.exists():
        return []
    found = [Result.from_json(each) for each in json.loads(RESULTS.read_text(encoding="utf-8"))]
    newest = {(each.name, each.dialect): each for each in found}
    return [
        newest[project.name, dialect]
        for project in PROJECTS
        for dialect in project.dialects
        if (project.name, dialect) in newest
    ]


def store(results: Iterable[Result]) -> None:
    """Keep results; of two of the same project and dialect, the later one."""
    newest = {(each.name, each.dialect): each.to_json() for each in results}
    RESULTS.write_text(json.dumps(list(newest.values()), indent=1) + "\n", encoding="utf-8")


def written(text: str, results: Iterable[Result]) -> str:
    """Give the page with these results between its marks."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{_results(list(results))}{END}{after}"


def _results(results: list[Result]) -> str:
    ran = {(each.name, each.dialect): _line(each) for each in results}
    listed = ((project, dialect) for project in PROJECTS for dialect in project.dialects)
    rows = (ran.get((each.name, dialect)) or _not_run(each, dialect) for each, dialect in listed)
    lines = [_row(COLUMNS), _row("---" for _ in COLUMNS), *rows]
    notes = [note for result in results for note in _notes(result)]
    told = "\n".join(notes) or "Nothing."
    return "\n".join(["", *lines, "", "## What is not simply right", "", told, "", ""])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _not_run(project: Project, dialect: str) -> str:
    named = f"{project.name} {project.version}"
    return _row([named, TITLES[dialect], "not run", *("" for _ in COLUMNS[3:])])


def _line(result: Result) -> str:
    words = (result.verdicts[step].word for step in STEPS)
    seconds = f"{result.seconds:.1f} ({result.plain_seconds:.1f})"
    named = f"{result.name} {result.version}"
    return _row([named, TITLES[result.dialect], str(result.revisions), *words, seconds])


def _notes(result: Result) -> Iterator[str]:
    """Explain each step that is not right, or right at a price."""
    project = next(each for each in PROJECTS if each.name == result.name)
    for step, verdict in result.verdicts.items():
        if verdict.word != RIGHT or verdict.detail:
            where = f"**{result.name}, {TITLES[result.dialect]}, {step}**"
            yield f"- {where}: {_escaped(verdict.detail)}{_reason(project, result.dialect, step)}"


def _reason(project: Project, dialect: str, step: str) -> str:
    reason = project.reason(dialect, step)
    return f" {reason}" if reason else ""


def _escaped(text: str) -> str:
    said = text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")
    return said if said.endswith((".", "…")) or not said else f"{said}."
