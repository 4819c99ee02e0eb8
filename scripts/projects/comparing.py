"""The battery of plain Alembic and the one of the lab, side by side: a verdict for each step."""

import difflib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scripts.projects.databases import empty_database
from scripts.projects.installing import packages_of
from scripts.projects.listed import Project

BATTERY = Path(__file__).with_name("battery.py")
PATIENCE = 1200
"""Seconds for one half of a battery."""

FIRST = 4
"""Lines of two schemas that are named where they differ."""

LONGEST = 300
"""Characters of an error that are kept."""

STEPS = (
    *("open", "status", "drift", "upgrade", "down and up"),
    *("review", "rehearse", "snapshot and restore", "panel"),
)
RIGHT, DIFFERS, REFUSED, FAILED, NEITHER = "right", "differs", "refused", "failed", "neither"
Steps = Mapping[str, Mapping[str, Any]]
"""What a half of a battery printed, by the step."""


@dataclass(frozen=True)
class Verdict:
    """How a step went, and what is to be said of it; NEITHER: plain Alembic cannot do it either."""

    word: str
    detail: str = ""


@dataclass(frozen=True)
class Result:
    """A project on one dialect: a verdict for each step, and the seconds of both upgrades."""

    name: str
    dialect: str
    version: str
    revisions: int
    seconds: float
    plain_seconds: float
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Result":
        """Give a result that was stored."""
        verdicts = {step: Verdict(**verdict) for step, verdict in stored["verdicts"].items()}
        return cls(**{**stored, "verdicts": verdicts})

    def to_json(self) -> dict[str, Any]:
        """Give what is stored."""
        return asdict(self)


def measured(project: Project, dialect: str, python: Path, folder: Path) -> Result:
    """Run both halves of the battery, each on a database of its own."""
    plain, ours = (_half(project, dialect, python, folder, half) for half in ("plain", "lab"))
    steps = ("accepted", "upgrade") if "accepted" in ours else ("upgrade",)
    return Result(
        project.name,
        dialect,
        project.version,
        plain.get("revisions", {}).get("found", 0),
        sum(ours.get(step, {}).get("seconds", 0) for step in steps[:1]),
        plain.get("upgrade", {}).get("seconds", 0),
        dict(verdicts(plain, ours)),
    )


def _half(project: Project, dialect: str, python: Path, folder: Path, half: str) -> Steps:
    packages = packages_of(python)
    name = f"proof_{project.package.replace('-', '_')}_{half}"
    with empty_database(dialect, name, folder) as url:
        driver = project.drivers.get(dialect, url.drivername)
        given = url.set(drivername=driver).render_as_string(hide_password=False)
        settings = {
            "ini": str(packages / project.ini),
            "url": url.render_as_string(hide_password=False),
            "given": given,
            "variable": project.variable,
            "prepare": project.prepare,
        }
        with (folder / f"{name}_{dialect}.log").open("w") as log:
            run = subprocess.run(  # noqa: S603 - a command of our own making
                [python, "-P", BATTERY, half, json.dumps(settings)],
                cwd=packages / project.folder,
                env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
    said = run.stdout
    for place in (packages, packages.resolve(), folder):
        said = said.replace(f"{place}/", "")
    printed = (json.loads(line) for line in said.splitlines())
    return {step.pop("step"): step for step in printed}


# verdicts ----------------------------------------------------------------------------------------


def verdicts(plain: Steps, ours: Steps) -> Iterator[tuple[str, Verdict]]:
    """Give a verdict for each of STEPS.

    Examples
    --------
    >>> plain = {"upgrade": {"dump": ["a"]}, "drift": {"found": ["x"]}, "down": {"error": "No."}}
    >>> ours = {"open": {}, "upgrade": {"dump": ["a", "b"]}, "drift": {"found": ["y"]}}
    >>> given = dict(verdicts(plain, ours))
    >>> given["open"].word, given["upgrade"].detail, given["drift"].word, given["panel"].word
    ('right', "the lab has 'b'", 'right', 'failed')
    """
    upgrade = "accepted" if "accepted" in ours else "upgrade"
    for step in STEPS:
        if step == "drift":
            yield step, _drift(plain, ours)
        elif step == "upgrade":
            yield step, _same(plain, ours, "upgrade", upgrade)
        elif step == "down and up":
            down = _same(plain, ours, "down", "down")
            yield step, _same(plain, ours, "up", "up") if down.word == RIGHT else down
        elif step == "snapshot and restore":
            yield step, _restored(ours, upgrade)
        else:
            went = _went(ours, step)
            upgraded = "dump" in plain.get("upgrade", {})
            neither = step == "rehearse" and went.word != RIGHT and not upgraded
            yield step, Verdict(NEITHER, went.detail) if neither else went


def _went(ours: Steps, step: str) -> Verdict:
    """Say whether a step went without an error."""
    said = ours.get(step, {"error": "The step was not reached."})
    if "error" not in said:
        return Verdict(RIGHT)
    return Verdict(REFUSED if said.get("refused") else FAILED, _short(said["error"]))


def _drift(plain: Steps, ours: Steps) -> Verdict:
    theirs, found = (half.get("drift", {}).get("found") for half in (plain, ours))
    if theirs is None:
        return Verdict(NEITHER, _short(plain.get("drift", {}).get("error", "")))
    if found is None:
        return _went(ours, "drift")
    if len(theirs) == len(found):
        return Verdict(RIGHT)
    listed = f": {'; '.join(found[:20])}" if found else ""
    return Verdict(DIFFERS, f"Alembic finds {len(theirs)}, the lab {len(found)}{listed}")


def _same(plain: Steps, ours: Steps, theirs: str, step: str) -> Verdict:
    """Say whether both leave the same schema."""
    wanted, found = plain.get(theirs, {}).get("dump"), ours.get(step, {}).get("dump")
    if wanted is None:
        neither = "error" in ours.get(step, {"error": ""})
        return Verdict(
            NEITHER if neither else DIFFERS, _short(plain.get(theirs, {}).get("error", ""))
        )
    if found is None:
        return _went(ours, step)
    if wanted != found:
        return Verdict(DIFFERS, _changed(wanted, found))
    lost = "; ".join(ours[step]["found"]) if step == "accepted" else ""
    return Verdict(RIGHT, lost)


def _changed(
    wanted: list[str], found: list[str], first: str = "Alembic", second: str = "the lab"
) -> str:
    """Say which lines differ, the first ones in full."""
    lines = [line for line in difflib.ndiff(wanted, found) if line[0] in "+-"]
    named = (f"{second if line[0] == '+' else first} has {line[2:]!r}" for line in lines)
    rest = f" and {len(lines) - FIRST} lines more" if len(lines) > FIRST else ""
    return f"{'; '.join(list(named)[:FIRST])}{rest}"


def _restored(ours: Steps, upgrade: str) -> Verdict:
    """Say whether the restored schema is the one of which the snapshot was taken."""
    for step in ("snapshot", "restore"):
        went = _went(ours, step)
        if went.word != RIGHT:
            return went
    before = ours.get("up", {}).get("dump") or ours.get(upgrade, {}).get("dump")
    after = ours["restore"]["dump"]
    if before is None or before == after:
        return Verdict(RIGHT)
    return Verdict(DIFFERS, _changed(before, after, "before it", "after it"))


def _short(text: str) -> str:
    """Give an error in one line."""
    line = " ".join(text.split("[SQL:", maxsplit=1)[0].split())
    return line if len(line) <= LONGEST else f"{line[:LONGEST]}…"
