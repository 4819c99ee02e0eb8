"""Every command in README, the documents and the notebooks does what it is there for."""

import argparse
import re
import shlex
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs import reading
from tests.docs.known import COMPOSED, KNOWN, NEW, PLANNED, RAN
from tests.docs.places import filled, open_terminal
from tests.docs.reading import DOCUMENTS, NOTEBOOKS, README, REPOSITORY
from tests.support.programs import Result
from tests.support.terminal import HEAD, Terminal, succeeded

EVERYWHERE = [*DOCUMENTS, *NOTEBOOKS]
ARCHITECTURE = REPOSITORY / "docs" / "architecture.md"
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Open a terminal in a copy of the project, on an empty SQLite file."""
    return open_terminal(tmp_path)


@pytest.mark.parametrize("path", EVERYWHERE, ids=lambda path: path.name)
def test_each_command_is_known(path: Path) -> None:
    """A document names no command that these tests do not know."""
    assert reading.commands(path) - KNOWN == set()


def test_each_known_command_is_still_told() -> None:
    """These tests know no command that no document names."""
    told = set().union(*(reading.commands(path) for path in EVERYWHERE))
    assert KNOWN - told == set()


@pytest.mark.parametrize("path", EVERYWHERE, ids=lambda path: path.name)
def test_each_block_is_shell_python_or_a_diagram(path: Path) -> None:
    """No fenced block escapes these tests by its language."""
    languages = {block.language for block in reading.blocks(path)}
    assert languages <= reading.SHELL | {"python", "mermaid"}


def test_every_folder_stands_in_the_diagram_of_the_architecture() -> None:
    """The diagram in docs/architecture.md names each folder of schema_lab/, and no other."""
    (diagram,) = [block for block in reading.blocks(ARCHITECTURE) if block.language == "mermaid"]
    titles = re.findall(r'\["([^"]+?)<br>', diagram.text)
    named = {name for title in titles for name in title.split(" · ")}
    package = REPOSITORY / "schema_lab"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    assert {name for name in named if not (package / name).with_suffix(".py").exists()} == folders


@pytest.mark.parametrize("command", RAN)
def test_a_command_runs(terminal: Terminal, command: str) -> None:
    """Typed in the project, it ends well, and leaves the database where it should be."""
    expected = RAN[command]
    expected.prepare(terminal)
    before = {one.id for one in terminal.lab().history()} if NEW in expected.heads else set()
    program, *arguments = filled(command)
    result = _typed(terminal, program, arguments)
    assert succeeded(result)
    assert expected.shown in result.stdout + result.stderr
    lab = terminal.lab()
    assert {one.id for one in lab.current()} == expected.current
    assert {NEW if before and one.id not in before else one.id for one in lab.heads()} == (
        expected.heads
    )


def _typed(terminal: Terminal, program: str, arguments: list[str]) -> Result:
    """Run a program as its name says; schema-lab through the module of the checkout."""
    if program == "alembic":
        return terminal.alembic(*arguments)
    module = ["-m", "schema_lab"] if program == "schema-lab" else []
    return terminal.python(*module, *arguments)


@pytest.mark.parametrize("command", PLANNED)
def test_a_make_command_has_a_plan(command: str) -> None:
    """`make --dry-run` knows the target, and plans something for it."""
    words = shlex.split(command)
    plan = subprocess.run(
        [words[0], "--dry-run", *words[1:]],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert plan.returncode == 0, plan.stderr
    assert plan.stdout.strip()
    assert "Nothing to be done" not in plan.stdout


def test_make_help_lists_the_commands_of_the_readme() -> None:
    """`make help` names every target that README names."""
    shown = subprocess.run(
        ["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    targets = {c.split()[1] for c in reading.commands(README) if c.startswith("make ")}
    assert targets - set(re.findall(r"^  make ([\w-]+)", shown.stdout, re.MULTILINE)) == set()


@pytest.mark.parametrize("command", sorted(COMPOSED))
def test_a_docker_command_names_services_that_exist(command: str) -> None:
    """Services and profiles are those of docker-compose.yml; a program in one is run above."""
    asked = _compose_parser().parse_args(shlex.split(command)[1:])
    services = asked.services if asked.verb == "up" else [asked.service]
    assert set(services) <= COMPOSE["services"].keys()
    assert {p for s in services for p in COMPOSE["services"][s].get("profiles", [])} == set(
        asked.profile
    )
    if asked.verb == "exec":
        assert shlex.join(asked.program) in RAN
    else:
        assert all("command" in COMPOSE["services"][s] or s == "db" for s in services)


def _compose_parser() -> argparse.ArgumentParser:
    """Read the part of docker-compose's command line that README uses; anything else fails."""
    parser = argparse.ArgumentParser("docker-compose", exit_on_error=False)
    parser.add_argument("--profile", action="append", default=[])
    verbs = parser.add_subparsers(dest="verb", required=True)
    up = verbs.add_parser("up")
    up.add_argument("-d", action="store_true")
    up.add_argument("services", nargs="+")
    execute = verbs.add_parser("exec")
    execute.add_argument("service")
    execute.add_argument("program", nargs=argparse.REMAINDER)
    run = verbs.add_parser("run")
    run.add_argument("--rm", action="store_true")
    run.add_argument("service")
    return parser


def test_a_project_of_alembic_init_opens_as_it_is(tmp_path: Path) -> None:
    """The lab reads and upgrades a project that `alembic init alembic` has just made."""
    terminal = Terminal(tmp_path, f"sqlite:///{tmp_path / 'own.db'}")
    assert succeeded(terminal.alembic("init", "alembic"))
    lab = terminal.lab()
    assert not lab.drift()
    revision = lab.revision("The first")
    assert lab.upgrade().after == (revision.id,)


def test_the_environment_to_activate_is_the_one_that_make_creates() -> None:
    """`.venv` is the Makefile's folder."""
    assert re.search(r"^VENV = \.venv$", (REPOSITORY / "Makefile").read_text(), re.MULTILINE)


def test_the_extras_to_install_exist() -> None:
    """Each extra that README installs is declared in pyproject.toml."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    (asked,) = re.findall(r'pip install -e "path/to/(\w+)\[([\w,]+)\]"', reading.text_of(README))
    assert asked[0] == project["name"].replace("-", "_")
    assert set(asked[1].split(",")) <= project["optional-dependencies"].keys()


def test_the_conda_environment_installs_the_checkout() -> None:
    """environment.yml, which README names, holds the package in its editable form."""
    environment = yaml.safe_load((REPOSITORY / "environment.yml").read_text())
    (from_pip,) = [one["pip"] for one in environment["dependencies"] if isinstance(one, dict)]
    assert any(line.startswith("-e .") for line in from_pip)


def test_the_options_of_the_deployment_script_are_all_told(terminal: Terminal) -> None:
    """README's table lists the options that the script has, and no other."""
    result = terminal.python("scripts/run_migrations.py", "--help")
    assert succeeded(result)
    has = set(re.findall(r"(--\w[\w-]*)", result.stdout)) - {"--help"}
    told = {
        codes[0].split()[0]
        for row in reading.rows("option | meaning")
        for codes in [reading.codes(row[0])]
    }
    assert told == has


def test_the_deployment_script_checks_without_changing(terminal: Terminal) -> None:
    """`--check` lists what is pending, exits with 0, and leaves the database empty."""
    result = terminal.python("scripts/run_migrations.py", "--check")
    assert succeeded(result)
    assert f"pending: {HEAD}" in result.stdout
    assert list(terminal.lab().current()) == []


def test_a_wrong_option_is_exit_code_two(terminal: Terminal) -> None:
    """The deployment script tells bad usage from a failed migration."""
    assert terminal.python("scripts/run_migrations.py", "--nope").returncode == 2
