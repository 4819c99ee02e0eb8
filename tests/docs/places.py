"""Where a command of the documents is typed: a project's copy, brought to a state first."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

from tests.support.terminal import FIRST, HEAD, Terminal

OTHER = "0a0a0a0a0a0a"
Prepare = Callable[[Terminal], None]


def open_terminal(folder: Path) -> Terminal:
    """Open a terminal in a copy of the project, on an empty SQLite file."""
    return Terminal.on_a_copy(folder / "project", f"sqlite:///{database(folder)}")


def database(folder: Path) -> Path:
    """Name the SQLite file beside the project's copy."""
    return folder / "docs.db"


def empty(terminal: Terminal) -> None:
    """Leave the database without tables."""


def at_first(terminal: Terminal) -> None:
    """Bring the database to the first revision; one is pending."""
    terminal.lab().upgrade("+1")


def at_head(terminal: Terminal) -> None:
    """Bring the database to the newest revision."""
    terminal.lab().upgrade()


def with_drift(terminal: Terminal) -> None:
    """Take a column away behind the revisions' back."""
    at_head(terminal)
    _run(terminal, "ALTER TABLE user_profiles DROP COLUMN bio")


def with_two_heads(terminal: Terminal) -> None:
    """Write a second revision on the first one, and upgrade to the first."""
    terminal.branch("Work of a colleague", OTHER)
    at_first(terminal)


def changed_by_hand(terminal: Terminal) -> None:
    """Make the tables of the newest revision, and say that the database is at the first."""
    at_head(terminal)
    _run(terminal, f"UPDATE alembic_version SET version_num = '{FIRST}'")


def at_a_revision_that_is_gone(terminal: Terminal) -> None:
    """Let the database name a revision that no file has."""
    at_head(terminal)
    _run(terminal, "UPDATE alembic_version SET version_num = 'feedfacecafe'")


def filled(command: str) -> list[str]:
    """Put revisions in the place of `<revision>`: the first, or both heads of a merge."""
    revisions = iter([HEAD, OTHER] if command.count("<revision>") > 1 else [FIRST])
    return [next(revisions) if word == "<revision>" else word for word in _words(command)]


def _words(command: str) -> list[str]:
    found = re.findall(r'"([^"]*)"|(\S+)', command)
    return [quoted or plain for quoted, plain in found]


def _run(terminal: Terminal, sql: str) -> None:
    connection = sqlite3.connect(terminal.url.removeprefix("sqlite:///"))
    with connection:
        connection.execute(sql)
    connection.close()
