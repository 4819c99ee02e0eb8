"""The lab on public projects: `python -m scripts.projects [PROJECT[:DIALECT] …]`.

Each project of `listed` gets a virtual environment with the wheel of this checkout beside it. One
battery runs there with plain Alembic and one with the lab, on SQLite, and on PostgreSQL and MariaDB
where SCHEMA_LAB_TEST_POSTGRESQL and SCHEMA_LAB_TEST_MARIADB name a server. The results are kept in
results.json, and docs/projects.md is written from them. With names, only these projects run, in
this order.
"""

import sys
from pathlib import Path

from scripts.projects.comparing import measured
from scripts.projects.databases import is_there
from scripts.projects.installing import ROOT, built_wheel, installed
from scripts.projects.listed import PROJECTS, Project
from scripts.projects.page import PAGE, kept, store, written

BUILD = ROOT / "build" / "projects"


def main(names: list[str]) -> int:
    """Run the projects with these names, or all; 1 where one could not be installed or run."""
    known = {project.name: project for project in PROJECTS}
    wanted = [name.partition(":") for name in names or known]
    BUILD.mkdir(parents=True, exist_ok=True)
    wheel = built_wheel(BUILD / "wheel")
    failed = [name for name, _, dialect in wanted if not _proved(known[name], dialect, wheel)]
    if failed:
        print(f"Not installed or not finished: {', '.join(failed)}")
    return int(bool(failed))


def _proved(project: Project, only: str, wheel: Path) -> bool:
    """Install a project, run its batteries, or that of one dialect, and write what they gave."""
    try:
        python = installed(project, BUILD, wheel)
        for dialect in [only] if only else project.dialects:
            if not is_there(dialect):
                print(f"{project.name} on {dialect}: left out, no server is named", flush=True)
                continue
            result = measured(project, dialect, python, BUILD)
            words = ", ".join(f"{step}: {each.word}" for step, each in result.verdicts.items())
            print(f"{project.name} on {dialect}: {words}", flush=True)
            store([*kept(), result])
            PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), kept()), encoding="utf-8")
    except Exception as error:  # noqa: BLE001 - the next project runs all the same
        print(f"{project.name}: {error}", flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
