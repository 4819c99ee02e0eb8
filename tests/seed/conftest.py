"""The lab that these tests ask for."""

from pathlib import Path

import pytest

from schema_lab import Lab
from tests.support.labs import opened


@pytest.fixture
def lab(tmp_path: Path, database_url: str) -> Lab:
    """Open a lab on an empty database that is no throwaway."""
    return opened(tmp_path, database_url)
