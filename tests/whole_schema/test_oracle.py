"""A walk with a mutant per step; SCHEMA_LAB_WHOLE_STEPS makes it longer, _SEED another one."""

import os
from pathlib import Path

from tests.whole_schema.oracle import walked

STEPS = int(os.environ.get("SCHEMA_LAB_WHOLE_STEPS", "4"))
SEED = int(os.environ.get("SCHEMA_LAB_WHOLE_SEED", "7"))


def test_every_mutant_is_noticed_made_and_taken_back(dialect: str, tmp_path: Path) -> None:
    """The migrated database equals one made from the models, the drift is empty, and back."""
    assert walked(dialect, tmp_path, STEPS, SEED) == STEPS
