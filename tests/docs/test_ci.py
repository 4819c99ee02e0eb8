"""The workflow that a team copies: its steps run here, in a repository with a pull request."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from schema_lab.cli.program import COMMANDS
from tests.support.programs import Result
from tests.support.terminal import HEAD, Terminal

REPOSITORY = Path(__file__).parents[2]
JOB: dict[str, Any] = yaml.safe_load((REPOSITORY / "docs/ci/review.yml").read_text())["jobs"][
    "review"
]
ACTION: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text())
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
NEW = "cafe00000001"
SCRIPT = f'''\
"""Drop the names."""

from alembic import op

revision = "{NEW}"
down_revision = "{HEAD}"


def upgrade():
    op.drop_column("users", "email")


def downgrade():
    pass
'''


@pytest.fixture
def pull_request(tmp_path: Path) -> Terminal:
    """Clone a repository whose main holds the project, and branch off."""
    terminal = Terminal.on_a_copy(tmp_path / "main", f"sqlite:///{tmp_path / 'ci.db'}")
    _git(terminal.root, "init", "--quiet", "--initial-branch=main")
    _git(terminal.root, "add", ".")
    _git(terminal.root, "commit", "--quiet", "-m", "Start")
    clone = tmp_path / "clone"
    _git(tmp_path, "clone", "--quiet", str(terminal.root), str(clone))
    return Terminal(clone, terminal.url)


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", *who, *words], cwd=folder, check=True)


def _of_the_workflow() -> str:
    """Give what stands in the workflow behind the installation."""
    return "\n".join(step["run"] for step in JOB["steps"][3:])


def _of_the_action() -> str:
    """Give what stands in the action behind the installation, with its own defaults."""
    step = ACTION["runs"]["steps"][1]
    names = re.findall(r"inputs[.]([a-z-]+)", " ".join(step["env"].values()))
    given = zip(step["env"], names, strict=True)
    set_ = [f"{key}={shlex.quote(ACTION['inputs'][name]['default'])}" for key, name in given]
    return "\n".join([*set_, step["run"]])


SCRIPTS = pytest.mark.parametrize(
    "script", [_of_the_workflow(), _of_the_action()], ids=["workflow", "action"]
)


def _run(terminal: Terminal, tmp_path: Path, script: str) -> Result:
    """Run the steps of a job in the pull request's checkout."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, module in (("schema-lab", "schema_lab"), ("alembic", "alembic")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        (programs / name).chmod(0o755)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=terminal.root,
        env={**terminal.environment, "PATH": path, "GITHUB_BASE_REF": "main"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@SCRIPTS
def test_what_a_pull_request_adds_is_reviewed(
    pull_request: Terminal, tmp_path: Path, script: str
) -> None:
    """The workflow fails on the new revision alone, and annotates its file; so does the action."""
    (pull_request.versions / f"{NEW}_drop.py").write_text(SCRIPT)
    result = _run(pull_request, tmp_path, script)
    assert result.returncode == 1, result.stderr
    assert f"::error file=alembic/versions/{NEW}_drop.py,line=10," in result.stdout
    assert HEAD not in result.stdout


@SCRIPTS
def test_a_pull_request_without_a_revision_passes(
    pull_request: Terminal, tmp_path: Path, script: str
) -> None:
    """Nothing new is nothing to find."""
    result = _run(pull_request, tmp_path, script)
    assert result.returncode == 0, result.stderr


def test_the_workflow_installs_what_there_is() -> None:
    """The extra exists, the steps stand in the order that the test above takes them in."""
    assert [step.get("name") for step in JOB["steps"][2:]] == [
        "Install",
        "Find the newest revisions of the target branch",
        "Review what the pull request adds",
    ]
    assert "schema-lab[postgresql]" in JOB["steps"][2]["run"]
    assert "postgresql" in PROJECT["optional-dependencies"]
    assert PROJECT["scripts"]["schema-lab"] == "schema_lab.cli:main"


def test_the_action_installs_its_own_checkout() -> None:
    """Its steps name a shell, read their inputs from the environment, and need no index for us."""
    install, run = ACTION["runs"]["steps"]
    assert ACTION["runs"]["using"] == "composite"
    assert install["shell"] == run["shell"] == "bash"
    assert install["env"]["CHECKOUT"] == "${{ github.action_path }}"
    assert install["run"].endswith('"schema-lab[$EXTRAS] @ file://$CHECKOUT"')
    assert "${{" not in install["run"] + run["run"]
    named = re.findall(r"inputs[.]([a-z-]+)", json.dumps(ACTION["runs"]))
    assert set(named) == ACTION["inputs"].keys()
    assert all(given["description"] for given in ACTION["inputs"].values())
    assert ACTION["inputs"]["extras"]["default"] in PROJECT["optional-dependencies"]
    assert ACTION["inputs"]["command"]["default"] in COMMANDS


def test_the_recipe_of_the_action_gives_inputs_that_exist() -> None:
    """docs/ci/action.yml is the workflow beside it, but for the last step, which is the action."""
    recipe = yaml.safe_load((REPOSITORY / "docs/ci/action.yml").read_text())["jobs"]["review"]
    *before, last = recipe["steps"]
    assert last["uses"].split("@")[0] == "OWNER/schema_lab"
    assert last["with"].keys() <= ACTION["inputs"].keys()
    assert before[:2] == JOB["steps"][:2]
    assert recipe["services"] == JOB["services"]


HOOKS: list[dict[str, Any]] = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_runs_a_command_that_pre_commit_installs(hook: dict[str, Any]) -> None:
    """A hook is Python, installed from the repository's address, and its command exists."""
    program, command = hook["entry"].split()
    assert hook["language"] == "python"
    assert program in PROJECT["scripts"]
    assert command in COMMANDS
    assert hook["id"] == f"schema-lab-{command}"
    assert not hook["pass_filenames"]
    assert re.search(hook.get("files", ""), "alembic/versions/0001_start.py")


def test_the_recipe_of_the_hooks_names_hooks_that_exist() -> None:
    """docs/ci/pre-commit.yml uses each hook, from a git address."""
    (repo,) = yaml.safe_load((REPOSITORY / "docs/ci/pre-commit.yml").read_text())["repos"]
    assert repo["repo"].startswith("https://")
    assert [hook["id"] for hook in repo["hooks"]] == [hook["id"] for hook in HOOKS]
