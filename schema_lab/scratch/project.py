"""A throwaway project: an ordinary Alembic project in a temporary folder, gone at exit."""

import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from alembic.script import ScriptDirectory

from schema_lab.history import Project


def scratch_folder() -> Path:
    """Make a temporary folder for one scratch project. The caller removes it."""
    return Path(tempfile.mkdtemp(prefix="schema_lab_scratch_"))


def scratch_project(folder: Path) -> Project:
    """Lay an Alembic project with no revision into a folder."""
    scripts = folder / "alembic"
    (scripts / "versions").mkdir(parents=True)
    with as_file(files("schema_lab.scratch") / "template") as template:
        shutil.copy(template / "alembic.ini", folder)
        shutil.copy(template / "env.py", scripts)
        shutil.copy(template / "script.py.mako", scripts)
    return Project.at(folder)


def next_number(scripts: ScriptDirectory) -> str:
    """Give the id after the highest: 0001, 0002 …, so that lessons read the same every time."""
    numbers = [int(one.revision) for one in scripts.walk_revisions() if one.revision.isdecimal()]
    return f"{max(numbers, default=0) + 1:04d}"
