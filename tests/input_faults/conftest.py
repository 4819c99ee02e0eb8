"""The lab and the terminal that these tests ask for."""

from pathlib import Path

import pytest

from tests.support.labs import lab
from tests.support.terminal import Terminal

__all__ = ["lab", "terminal"]


@pytest.fixture
def terminal(tmp_path: Path, database_url: str) -> Terminal:
    """Open a terminal on an empty database."""
    return Terminal.on_a_copy(tmp_path / "project", database_url)
