"""pytest-alembic's own tests, on this project and every dialect."""

from pathlib import Path
from typing import Any

import pytest
from pytest_alembic.tests import (
    test_model_definitions_match_ddl,
    test_single_head_revision,
    test_up_down_consistency,
    test_upgrade,
)
from sqlalchemy import Engine

__all__ = [
    "test_model_definitions_match_ddl",
    "test_single_head_revision",
    "test_up_down_consistency",
    "test_upgrade",
]


@pytest.fixture
def alembic_config(project: Path) -> dict[str, Any]:
    """Take the project's alembic.ini as it stands."""
    return {"file": str(project / "alembic.ini")}


@pytest.fixture
def alembic_engine(engine: Engine) -> Engine:
    """Run on an empty database of each dialect."""
    return engine
