"""Each case on each dialect: questions, script and findings are those that stand in its folder.

`SCHEMA_LAB_UPDATE_CASES=1 pytest tests/cases` writes them anew; read the difference.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from schema_lab.review.rule import replaced_by, same_as
from schema_lab.review.rules import RULES
from tests.support.cases import FOLDER, Case, cases, emptied
from tests.support.servers import fresh_database

ALL = [pytest.param(one.dialect, one, id=one.name) for one in cases()]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Give an empty database of a dialect; each server has one for all cases."""
    known: dict[str, str] = {}
    folder = tmp_path_factory.mktemp("cases")
    with ExitStack() as databases:

        def url(dialect: str) -> str:
            if dialect == "sqlite":
                return databases.enter_context(fresh_database(dialect, folder))
            if dialect not in known:
                known[dialect] = databases.enter_context(fresh_database(dialect, folder))
                return known[dialect]
            return emptied(known[dialect], dialect)

        yield url


@pytest.mark.parametrize(("dialect", "case"), ALL)
def test_what_comes_of_a_case(
    dialect: str, case: Case, shared: Callable[[str], str], tmp_path: Path
) -> None:
    """D1, D3, D4, D5, D6: questions, script and findings are as the case's file says."""
    came = case.play(shared(dialect), tmp_path / "lab")
    if os.environ.get("SCHEMA_LAB_UPDATE_CASES") == "1":
        case.expected.write_text(came, encoding="utf-8")
    assert came == case.expected.read_text(encoding="utf-8")


def test_each_rule_has_a_case() -> None:
    """No rule of ours is without a case in which it speaks; SL003 is on rules that fail."""
    said = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*/*.txt"))
    silent = [rule.CODE for rule in RULES if f" {rule.CODE}: " not in said]
    assert silent == ["SL003"]


def test_no_case_is_forgotten() -> None:
    """Each case has a file for each of its dialects, and no other."""
    there = {path for path in FOLDER.glob("*/*.txt") if path.stem not in ("answers", "dialects")}
    assert there == {one.expected for one in cases()}


def test_nothing_is_said_twice_on_postgresql() -> None:
    """No case has a finding of squawk's and one of ours that says the same."""
    both = {(one, rule.CODE) for rule in RULES for one in same_as(rule) | replaced_by(rule)}
    assert both
    for path in FOLDER.glob("*/postgresql.txt"):
        codes = set(
            re.findall(r"^(?:error|warning|note) ([\w-]+): ", path.read_text(), re.MULTILINE)
        )
        assert [pair for pair in both if set(pair) <= codes] == []
