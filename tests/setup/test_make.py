"""The commands of the Makefile, as a person types them."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.slow import SLOW, is_slow

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
COMMANDS = [
    "help",
    "lab",
    "page",
    "test",
    "quick",
    "core",
    "oldest",
    "newest",
    "tour",
    "notebooks",
    "pictures",
    "lint",
    "bench",
    "journeys",
    "projects",
    "alembic-suite",
    "mutants",
    "audit",
    "clean",
]


def make(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run make with nothing of the outer make in its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    kept = {name: value for name, value in kept.items() if name not in {"PORT", "BROWSER"}}
    return subprocess.run(
        ["make", *arguments],
        cwd=folder,
        env=kept | more,
        capture_output=True,
        text=True,
        check=False,
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
    listed = re.findall(r"^  make ([\w-]+) +\S", make(bare).stdout, re.MULTILINE)
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
    tests = "pytest --nbval notebooks schema_lab tests -n"
    steps = ["ruff check", "ruff format --check", "mypy", tests]
    places = [plan.find(step) for step in steps]
    assert -1 not in places
    assert places == sorted(places)


def test_make_quick_needs_no_server_and_no_browser(bare: Path) -> None:
    """`make quick` checks style, and runs the tests that need nothing else and do not take long."""
    plan = make(bare, "--dry-run", "quick").stdout
    assert "ruff check" in plan
    assert '-m "not (postgresql or mariadb or browser or slow)"' in plan
    assert "nbval" not in plan


def test_make_newest_takes_another_python(bare: Path) -> None:
    """`make newest` runs the same tests with Python 3.13 beside .venv, or with the one named."""
    plan = make(bare, "--dry-run", "newest").stdout
    assert 'PYTHON="python3.13" VENV=".venv-newest"' in plan
    assert ".venv-newest/bin/python -m pytest tests/history" in plan
    assert 'PYTHON="python3.14"' in make(bare, "--dry-run", "newest", "PYTHON=python3.14").stdout


def test_make_oldest_has_an_environment_of_its_own(bare: Path) -> None:
    """`make oldest` installs the oldest versions beside .venv, and runs tests with them."""
    shutil.copy(ROOT / "constraints-oldest.txt", bare)
    plan = make(bare, "--dry-run", "oldest").stdout
    assert 'VENV=".venv-oldest" CONSTRAINTS="constraints-oldest.txt" scripts/setup.sh test' in plan
    assert ".venv-oldest/bin/python -m pytest tests/history" in plan
    assert ".venv/" not in plan


def test_the_tests_of_make_core_exist(bare: Path) -> None:
    """`make core` names folders and files that are there."""
    plan = make(bare, "--dry-run", "core").stdout
    named = re.findall(r"\btests/[\w/.]+", plan)
    assert len(named) == 4
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("place", SLOW)
def test_what_is_slow_exists(place: str) -> None:
    """What `make quick` leaves out is a file or a folder of the tests."""
    assert (ROOT / place).exists()
    assert is_slow(f"{place}::test_it")
    assert not is_slow(f"{place}_too::test_it")


def test_what_python_compiles_is_kept(bare: Path) -> None:
    """The commands keep bytecode, whatever the shell says: a test starts hundreds of programs."""
    (bare / "Makefile").write_text(MAKEFILE + "\nshown:\n\t@echo [$$PYTHONDONTWRITEBYTECODE]\n")
    result = make(bare, "shown", PYTHONDONTWRITEBYTECODE="1")
    assert result.stdout == "[]\n"


def test_setup_stops_when_a_step_fails() -> None:
    """The shell scripts are valid, and stop at the first failing command."""
    for name in ("scripts/setup.sh", ".ci/run"):
        subprocess.run(["bash", "-n", ROOT / name], check=True)
        assert re.search(r"^set -eu", (ROOT / name).read_text(), re.MULTILINE)
        assert os.access(ROOT / name, os.X_OK)
