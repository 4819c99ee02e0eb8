"""Random walks: what a lab remembers never makes it answer anything else than Alembic in full."""

import pytest

from schema_lab import Lab
from tests.incremental.oracle import walk
from tests.support.labs import lab

__all__ = ["lab"]

STEPS = {"sqlite": 20, "postgresql": 14, "mariadb": 8}


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # such as of keys in a circle
def test_what_is_remembered_changes_no_answer(lab: Lab, dialect: str) -> None:
    """Operations, questions and scripts are those of a comparison that remembers nothing."""
    walked = walk(lab, dialect, seed=3, steps=STEPS[dialect])
    assert walked.checks >= STEPS[dialect]
    assert walked.spared > walked.looked / 2
