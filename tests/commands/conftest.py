"""A terminal in a fresh copy of the project, on a fresh database of each dialect."""

from pathlib import Path

import pytest

from tests.support.terminal import Terminal


@pytest.fixture
def terminal(tmp_path: Path, database_url: str) -> Terminal:
    """Open a terminal on an empty database."""
    return Terminal.on_a_copy(tmp_path / "project", database_url)


@pytest.fixture
def at_head(terminal: Terminal) -> Terminal:
    """Open a terminal on a database at the newest revision."""
    terminal.lab().upgrade()
    return terminal
