"""The workflow that a team copies: its steps run here, in a repository with a pull request."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.programs import Result
from tests.support.terminal import HEAD, Terminal

REPOSITORY = Path(__file__).parents[2]
JOB: dict[str, Any] = yaml.safe_load((REPOSITORY / "docs/ci/review.yml").read_text())["jobs"][
    "review"
]
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


def _steps(terminal: Terminal, tmp_path: Path) -> Result:
    """Run what stands in the workflow behind the installation."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, module in (("schema-lab", "schema_lab"), ("alembic", "alembic")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        (programs / name).chmod(0o755)
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    script = "\n".join(step["run"] for step in JOB["steps"][3:])
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=terminal.root,
        env={**terminal.environment, "PATH": path, "GITHUB_BASE_REF": "main"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_what_a_pull_request_adds_is_reviewed(pull_request: Terminal, tmp_path: Path) -> None:
    """The workflow fails on the new revision alone, and annotates its file."""
    (pull_request.versions / f"{NEW}_drop.py").write_text(SCRIPT)
    result = _steps(pull_request, tmp_path)
    assert result.returncode == 1, result.stderr
    assert f"::error file=alembic/versions/{NEW}_drop.py,line=10," in result.stdout
    assert HEAD not in result.stdout


def test_a_pull_request_without_a_revision_passes(pull_request: Terminal, tmp_path: Path) -> None:
    """Nothing new is nothing to find."""
    result = _steps(pull_request, tmp_path)
    assert result.returncode == 0, result.stderr


def test_the_workflow_installs_what_there_is() -> None:
    """The extra exists, the steps stand in the order that the test above takes them in."""
    assert [step.get("name") for step in JOB["steps"][2:]] == [
        "Install",
        "Find the newest revisions of the target branch",
        "Review what the pull request adds",
    ]
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert "schema-lab[postgresql]" in JOB["steps"][2]["run"]
    assert "postgresql" in project["optional-dependencies"]
    assert project["scripts"]["schema-lab"] == "schema_lab.cli:main"
