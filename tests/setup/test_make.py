"""The commands of the Makefile, as a person types them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
COMMANDS = [
    "help",
    "lab",
    "page",
    "test",
    "tour",
    "notebooks",
    "pictures",
    "lint",
    "bench",
    "clean",
]


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run make with nothing of the outer make in its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    kept = {name: value for name, value in kept.items() if name not in {"PORT", "BROWSER"}}
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=kept, capture_output=True, text=True, check=False
    )


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Give a checkout that nothing has been installed into."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "scripts")
    return tmp_path


def interpreter(folder: Path, body: str) -> str:
    """Write a stand-in for python3 that answers as the shell script `body` says."""
    path = folder / "old-python"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_make_alone_lists_every_command(bare: Path) -> None:
    """`make` is `make help`, and each command has a line that says what it does."""
    listed = re.findall(r"^  make (\w+) +\S", make(bare).stdout, re.MULTILINE)
    assert listed == COMMANDS


def test_every_command_can_be_asked_for_though_a_folder_has_its_name() -> None:
    """All commands are phony: notebooks/ exists and `make notebooks` runs all the same."""
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert phony[1].split() == COMMANDS


def test_a_python_that_is_too_old_is_one_sentence(bare: Path) -> None:
    """An interpreter older than 3.11 is refused with the cure, and nothing is created."""
    old = interpreter(bare, '[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    result = make(bare, "lab", f"PYTHON={old}")
    assert result.returncode != 0
    assert result.stderr.startswith("schema_lab needs Python 3.11 or newer and")
    assert "is Python 3.9.2: install one, then name it" in result.stderr.splitlines()[0]
    assert not (bare / ".venv").exists()


def test_a_python_that_is_missing_is_one_sentence(bare: Path) -> None:
    """An interpreter that does not run is refused with the cure."""
    result = make(bare, "test", "PYTHON=no-such-python")
    assert result.returncode != 0
    first = result.stderr.splitlines()[0]
    assert first.startswith("schema_lab needs Python 3.11 or newer and `no-such-python` does not")


def test_a_python_without_venv_is_one_sentence(bare: Path) -> None:
    """An interpreter without the venv module is refused with the name of the package to install."""
    answers = 'case "$2" in *venv*) exit 1;; *) echo "Python 3.12.1";; esac'
    result = make(bare, "lab", f"PYTHON={interpreter(bare, answers)}")
    assert result.returncode != 0
    assert "lacks the venv module" in result.stderr.splitlines()[0]
    assert "apt install python3-venv" in result.stderr.splitlines()[0]


def test_an_installation_is_not_repeated(bare: Path) -> None:
    """With the stamp in place, `make lab` starts JupyterLab and installs nothing."""
    (bare / ".venv").mkdir()
    (bare / ".venv" / ".installed-lab").touch()
    plan = make(bare, "--dry-run", "lab").stdout
    assert "jupyterlab" in plan
    assert "setup.sh" not in plan


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_dependency_installs_again(bare: Path, name: str) -> None:
    """A newer pyproject.toml or constraints.txt makes the installation run again."""
    (bare / ".venv").mkdir()
    stamp = bare / ".venv" / ".installed-lab"
    stamp.touch()
    later = stamp.stat().st_mtime + 10
    os.utime(bare / name, (later, later))
    assert "setup.sh" in make(bare, "--dry-run", "lab").stdout


def test_the_lab_listens_here_alone_on_the_port_asked_for(bare: Path) -> None:
    """JupyterLab gets PORT exactly, on the loopback address, and no browser when told so."""
    plan = make(bare, "--dry-run", "lab", "PORT=9123", "BROWSER=none").stdout
    assert "--port=9123" in plan
    assert "--ServerApp.port_retries=0" in plan
    assert "--ServerApp.ip=127.0.0.1" in plan
    assert "--no-browser" in plan


def test_a_browser_opens_unless_told_otherwise(bare: Path) -> None:
    """Without BROWSER=none JupyterLab opens the person's browser."""
    assert "--no-browser" not in make(bare, "--dry-run", "lab").stdout


def test_the_lab_opens_a_notebook_that_exists(bare: Path) -> None:
    """The notebook that `make lab` opens is in the checkout."""
    opened = re.search(r"default_url=/lab/tree/(\S+)", make(bare, "--dry-run", "lab").stdout)
    assert opened
    assert (ROOT / opened[1]).is_file()


def test_make_test_checks_style_types_tests_and_outputs(bare: Path) -> None:
    """`make test` runs ruff, mypy, pytest and the strict comparison of the notebooks."""
    plan = make(bare, "--dry-run", "test").stdout
    steps = ["ruff check", "ruff format --check", "mypy", "pytest -n", "pytest --nbval notebooks"]
    places = [plan.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)


def test_setup_stops_when_a_step_fails() -> None:
    """The shell scripts are valid, and stop at the first failing command."""
    for name in ("scripts/setup.sh", ".ci/run"):
        subprocess.run(["bash", "-n", ROOT / name], check=True)
        assert re.search(r"^set -eu", (ROOT / name).read_text(), re.MULTILINE)
        assert os.access(ROOT / name, os.X_OK)
