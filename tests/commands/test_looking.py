"""`alembic current`, `history` and `heads`: what they say, and that they change nothing."""

import pytest

from tests.support.dump import schema_dump
from tests.support.terminal import FIRST, HEAD, Terminal, failed, succeeded

MESSAGES = ("Create users and user profiles", "Add onboarding tracking fields")


def test_current_names_the_head(at_head: Terminal) -> None:
    """`alembic current` names the revision of the database and marks it as the head."""
    result = at_head.alembic("current")
    assert succeeded(result)
    assert result.stdout == f"{HEAD} (head)\n"


def test_current_names_an_older_revision(terminal: Terminal) -> None:
    """`alembic current` does not take an older revision for the head."""
    terminal.lab().upgrade(FIRST)
    result = terminal.alembic("current")
    assert succeeded(result)
    assert result.stdout == f"{FIRST}\n"


def test_current_of_an_empty_database_is_nothing(terminal: Terminal) -> None:
    """`alembic current` prints no revision, and creates no version table."""
    result = terminal.alembic("current")
    assert succeeded(result)
    assert result.stdout == ""
    assert schema_dump(terminal.url).rows == {}


def test_history_lists_the_revisions_newest_first(terminal: Terminal) -> None:
    """`alembic history` prints a line per revision, with its parent and its message."""
    result = terminal.alembic("history")
    assert succeeded(result)
    assert result.stdout.splitlines() == [
        f"{FIRST} -> {HEAD} (head), {MESSAGES[1]}",
        f"<base> -> {FIRST}, {MESSAGES[0]}",
    ]


def test_heads_names_the_newest_revision(terminal: Terminal) -> None:
    """`alembic heads` prints the one head."""
    result = terminal.alembic("heads")
    assert succeeded(result)
    assert result.stdout == f"{HEAD} (head)\n"


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_heads_names_both_branches(terminal: Terminal) -> None:
    """Two revisions with one parent are two heads (H8)."""
    other = terminal.branch("Add a referral code")
    result = terminal.alembic("heads")
    assert succeeded(result)
    assert sorted(result.stdout.splitlines()) == [f"{other} (head)", f"{HEAD} (head)"]


def test_two_heads_stop_an_upgrade(terminal: Terminal) -> None:
    """`alembic upgrade head` refuses two heads, names them and changes nothing (H8)."""
    other = terminal.branch("Add a referral code")
    before = schema_dump(terminal.url)
    result = terminal.alembic("upgrade", "head")
    assert failed(result)
    assert f"more than one head: {other}, {HEAD}" in result.stderr
    assert schema_dump(terminal.url) == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_an_unknown_revision_is_said_in_a_sentence(terminal: Terminal) -> None:
    """`alembic upgrade` to a revision that no file has names it, without a traceback."""
    result = terminal.alembic("upgrade", "feedfacefeed")
    assert failed(result)
    assert "feedfacefeed" in result.stdout + result.stderr
