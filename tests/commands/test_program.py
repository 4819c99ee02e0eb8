"""`schema-lab`: an installed program upgrades, takes back, and says where a database stands."""

import pytest
from click.testing import CliRunner, Result

from schema_lab.cli.program import COMMANDS, program
from tests.support.labs import execute
from tests.support.terminal import FIRST, HEAD, Terminal

ROW = "INSERT INTO users (id, email) VALUES (1, 'ann@example.org')"


def typed(terminal: Terminal, *words: str) -> Result:
    """Type a command in the project, as from any folder."""
    place = ["--url", terminal.url, "--config", str(terminal.root)]
    return CliRunner().invoke(program, [*words, *place], catch_exceptions=False)


def test_it_goes_up_and_down(terminal: Terminal) -> None:
    """Each revision is reported as it is done; `current` names the one that is there."""
    up = typed(terminal, "upgrade")
    assert up.stdout.splitlines()[1:] == [f"[1/2] {FIRST}", f"[2/2] {HEAD}", f"upgraded to {HEAD}"]
    assert f"{HEAD} (head) " in typed(terminal, "current").stdout
    assert f"downgraded to {FIRST}" in typed(terminal, "downgrade", "-1").stdout
    assert [revision.id for revision in terminal.lab().current()] == [FIRST]


def test_check_fails_while_a_revision_is_pending(terminal: Terminal) -> None:
    """Its exit code is 1 before the upgrade, and 0 after it, with no drift."""
    before = typed(terminal, "check")
    assert before.exit_code == 1
    assert "2 pending" in before.stdout
    terminal.lab().upgrade()
    after = typed(terminal, "check")
    assert after.exit_code == 0
    assert after.stdout.splitlines()[1] == "up to date"
    assert "no drift" in after.stdout


def test_check_fails_where_the_models_differ(at_head: Terminal) -> None:
    """A column that is not there is named."""
    execute(at_head.lab(), "ALTER TABLE user_profiles DROP COLUMN bio")
    result = typed(at_head, "check")
    assert result.exit_code == 1
    assert "user_profiles.bio" in result.stdout


def test_a_loss_is_refused_until_an_option_names_it(at_head: Terminal) -> None:
    """A downgrade that drops values changes nothing; its cure is the option to add."""
    lab = at_head.lab()
    lab.seed(rows=2, anywhere=True)
    refused = typed(at_head, "downgrade", "base")
    assert refused.exit_code == 1
    assert "--accept-loss users" in refused.stderr
    assert [revision.id for revision in lab.current()] == [HEAD]
    names = [name for name in refused.stderr.splitlines()[-1].split() if not name.startswith("-")]
    accepted = [word for name in names[-9:] for word in ("--accept-loss", name)]
    assert typed(at_head, "downgrade", "base", *accepted).exit_code == 0


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_snapshot_comes_first(terminal: Terminal) -> None:
    """With --snapshot the state from before can be restored by its name."""
    assert "snapshot: s1" in typed(terminal, "upgrade", "--snapshot").stdout
    lab = terminal.lab()
    assert lab.restore("s1").after == ()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_what_is_not_there_is_exit_code_1(terminal: Terminal) -> None:
    """A revision that does not exist is one fact and one cure, and nothing is changed."""
    result = typed(terminal, "upgrade", "feedface")
    assert result.exit_code == 1
    assert "failed: " in result.stderr
    assert "feedface" in result.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_its_help(name: str) -> None:
    """`--help` says what a command does, and what its exit codes mean."""
    result = CliRunner().invoke(program, [name, "--help"])
    assert result.exit_code == 0
    assert name == "notebooks" or "Exit code 0" in result.stdout
    assert name in CliRunner().invoke(program, ["--help"]).stdout
