"""scripts/mutants.toml, by which `make mutants` changes the code, says what is there."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PARTS: dict[str, Any] = tomllib.loads((ROOT / "scripts" / "mutants.toml").read_text())


@pytest.mark.parametrize("name", PARTS)
def test_a_part_names_files_that_exist(name: str) -> None:
    """The module and the tests of each part are there."""
    paths = [each.partition("::")[0] for each in PARTS[name]["tests"] if each.endswith(".py")]
    assert [path for path in (PARTS[name]["module"], *paths) if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("name", PARTS)
def test_the_figures_of_a_part_stand_in_the_guarantees(name: str) -> None:
    """docs/guarantees.md has a row for each module that is changed."""
    module = re.escape(PARTS[name]["module"])
    row = rf"^\| {name} \| \[\w+\.py\]\(\.\./{module}\) (\| \d+ ){{5}}\|"
    assert re.search(row, (ROOT / "docs" / "guarantees.md").read_text(), re.MULTILINE)
