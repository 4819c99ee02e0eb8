"""A virtual environment for each project, with the wheel of this checkout beside it.

Packages come from whatever index pip or uv is configured with; uv is used where it is on the PATH.
"""

import shutil
import subprocess
import sys
import venv
from pathlib import Path

from scripts.projects.listed import Project

ROOT = Path(__file__).parents[2]
EXTRAS = "lab,mysql,postgresql"
PATIENCE = 900
"""Seconds for one installation."""


def built_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout into an empty folder."""
    for left in (folder, ROOT / "build" / "lib", *(ROOT / "build").glob("bdist.*")):
        shutil.rmtree(left, ignore_errors=True)
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, ROOT)
    (wheel,) = folder.glob("*.whl")
    return wheel


def installed(project: Project, folder: Path, wheel: Path) -> Path:
    """Install a project and the wheel into a virtual environment, and give its Python.

    Raises
    ------
    RuntimeError
        With what the installer says.
    """
    place = folder / project.package
    wanted = [
        f"{project.package}=={project.version}",
        *project.beside,
        f"schema-lab[{EXTRAS}] @ {wheel.as_uri()}",
    ]
    python, uv = place / "bin" / "python", shutil.which("uv")
    if uv:
        if not python.exists():
            _run(uv, "venv", "--quiet", "--python", sys.executable, place)
        again = ("--reinstall-package", "schema-lab")
        _run(uv, "pip", "install", "--quiet", "--python", python, *again, *wanted)
    else:
        venv.create(place, with_pip=True)
        _run(python, "-m", "pip", "install", "--quiet", *wanted)
        again = ("--force-reinstall", "--no-deps")
        _run(python, "-m", "pip", "install", "--quiet", *again, wheel)
    return python


def packages_of(python: Path) -> Path:
    """Give the folder of the packages that a virtual environment has."""
    (found,) = python.parents[1].glob("lib/python3.*/site-packages")
    return found


def _run(*words: object) -> None:
    try:
        subprocess.run(  # noqa: S603 - a command of our own making
            [str(word) for word in words],
            check=True,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    except subprocess.CalledProcessError as error:
        raise RuntimeError(error.stderr[-1000:]) from error
