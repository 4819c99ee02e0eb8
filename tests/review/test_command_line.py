"""`schema-lab review`: what it prints, and the exit code that a CI goes by."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from schema_lab import Lab
from schema_lab.cli.program import program
from tests.support.labs import execute, filled_in
from tests.support.terminal import FIRST, HEAD, Terminal

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])
DROP = 'op.drop_column("users", "plan")'
INDEX = 'op.create_index("ix_users_id", "users", ["id"])'


@pytest.fixture
def two(lab: Lab) -> tuple[str, str]:
    """Write a revision that makes a table with a row, run it, and one that drops a column."""
    table = 'op.create_table("users", sa.Column("id", sa.Integer), sa.Column("plan", sa.Text))'
    first = filled_in(lab, "Create users", table, 'op.drop_table("users")')
    lab.upgrade()
    execute(lab, "INSERT INTO users VALUES (1, 'free')")
    return first, filled_in(lab, "Drop 50%, all", DROP, 'op.add_column("users", sa.Column("plan"))')


def _review(lab: Lab, *options: str) -> Result:
    url = lab._environment.url.render_as_string(hide_password=False)
    arguments = ["review", *options, "--url", url, "--config", str(lab.root)]
    return CliRunner().invoke(program, arguments, catch_exceptions=False)


def test_an_error_is_exit_code_one(lab: Lab, two: tuple[str, str]) -> None:
    """What is pending is reviewed by default, and an error found fails the command."""
    result = _review(lab)
    assert result.exit_code == 1
    assert "SL101" in result.stdout
    assert "drops 1 non-null value of `users.plan`" in result.stdout
    assert result.stdout.endswith("1 revision reviewed\n")


def test_without_an_error_it_is_zero(lab: Lab) -> None:
    """Warnings and notes do not fail the command."""
    filled_in(lab, "Rename", 'op.rename_table("a", "b")', 'op.rename_table("b", "a")')
    result = _review(lab)
    assert result.exit_code == 0
    assert "warning" in result.stdout


def test_since_leaves_out_what_came_before(lab: Lab, two: tuple[str, str]) -> None:
    """`--since` begins after its revision, and "base" leaves nothing out."""
    after = json.loads(_review(lab, "--since", two[0], "--format", "json").stdout)
    every = json.loads(_review(lab, "--since", "base", "--format", "json").stdout)
    assert after["reviewed"] == [two[1]]
    assert every["reviewed"] == list(two)


def test_nothing_new_is_nothing_to_review(lab: Lab, two: tuple[str, str]) -> None:
    """A pull request without a revision passes."""
    result = _review(lab, "--since", two[1])
    assert result.exit_code == 0
    assert "0 revisions reviewed" in result.stdout


def test_nothing_pending_is_nothing_to_review(lab: Lab, two: tuple[str, str]) -> None:
    """At the head, the command reviews no revision; the notebook reviews the latest."""
    lab.upgrade(accept_loss=True)
    result = _review(lab)
    assert result.exit_code == 0
    assert "0 revisions reviewed" in result.stdout
    assert lab.review().reviewed == (two[1],)


def test_json_holds_all_that_is_known(lab: Lab, two: tuple[str, str]) -> None:
    """A program finds each part of a finding under its name."""
    (found,) = [
        one
        for one in json.loads(_review(lab, "--format", "json").stdout)["findings"]
        if one["code"] == "SL101"
    ]
    assert (found["table"], found["column"], found["severity"]) == ("users", "plan", "error")
    assert Path(found["file"]).read_text().splitlines()[found["line"] - 1].strip() == DROP


def test_github_gets_one_line_for_each_finding(
    lab: Lab, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line is a workflow command with the file as GitHub names it, and escaped text."""
    monkeypatch.chdir(lab.root)
    result = _review(lab, "--format", "github")
    line = next(one for one in result.stdout.splitlines() if "SL101" in one)
    command = r"::error file=alembic/versions/\S+\.py,line=\d+,title=SL101 in \w+::drops 1 .+%0A.+"
    assert re.fullmatch(command, line)
    assert all(one.startswith("::") for one in result.stdout.splitlines())


def test_what_a_script_prints_is_not_in_the_report(lab: Lab) -> None:
    """The JSON stays JSON when env.py and a script print."""
    filled_in(lab, "Noise", "print('noise')")
    env_py = lab.root / "alembic" / "env.py"
    env_py.write_text("print('noise')\n" + env_py.read_text())
    assert json.loads(_review(lab, "--format", "json").stdout)["findings"] is not None


@pytest.mark.parametrize(
    "options", [["--since", "nope"], ["--format", "xml"], ["a", "--since", "b"]]
)
def test_bad_usage_is_exit_code_two(lab: Lab, options: list[str]) -> None:
    """A revision that is not there, a format that is not known: no review was made."""
    assert _review(lab, *options).exit_code == 2


def test_it_runs_as_a_module(tmp_path: Path, database_url: str) -> None:
    """`python -m schema_lab review` works in a project's folder, on what is pending there."""
    terminal = Terminal.on_a_copy(tmp_path / "copy", database_url)
    result = terminal.python("-m", "schema_lab", "review", "base:head", "--format", "json")
    assert json.loads(result.stdout)["reviewed"] == [FIRST, HEAD]
