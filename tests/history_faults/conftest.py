"""A copy of the project on a database of each dialect, upgraded, to be damaged."""

from pathlib import Path

import pytest

from schema_lab import Lab
from tests.history_faults.damage import Place


@pytest.fixture
def place(project: Path, database_url: str) -> Place:
    """Give the project's copy on a database at its head."""
    Lab(database_url, config=project).upgrade()
    return Place(project, database_url)
