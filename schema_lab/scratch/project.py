"""A scratch project: an ordinary Alembic project in a temporary folder, deleted at exit."""

import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from alembic.script import ScriptDirectory

from schema_lab.history import Project


def scratch_folder() -> Path:
    """Create a temporary folder for a scratch project. The caller removes it."""
    return Path(tempfile.mkdtemp(prefix="schema_lab_scratch_"))


def scratch_project(folder: Path) -> Project:
    """Write an Alembic project without revisions into a folder."""
    scripts = folder / "alembic"
    (scripts / "versions").mkdir(parents=True)
    with as_file(files("schema_lab.scratch") / "template") as template:
        shutil.copy(template / "alembic.ini", folder)
        shutil.copy(template / "env.py", scripts)
        shutil.copy(template / "script.py.mako", scripts)
    return Project.at(folder)


def next_number(scripts: ScriptDirectory) -> str:
    """Give the id after the highest: 0001, 0002 …, so that lessons show the same ids every time."""
    numbers = [
        int(script.revision) for script in scripts.walk_revisions() if script.revision.isdecimal()
    ]
    return f"{max(numbers, default=0) + 1:04d}"
