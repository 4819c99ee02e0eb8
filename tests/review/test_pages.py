"""Every rule has a page, and the index lists them all."""

import runpy
from pathlib import Path

import pytest

from schema_lab.review.rule import Rule
from schema_lab.review.rules import RULES

REPOSITORY = Path(__file__).parents[2]
PAGES = REPOSITORY / "docs" / "rules"
FILES = REPOSITORY / "schema_lab" / "review" / "rules"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.CODE)
def test_a_rule_has_a_page(rule: Rule) -> None:
    """The page says the problem and the solution, each with code where there is any."""
    text = (PAGES / f"{rule.CODE}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {rule.CODE}: ")
    for part in ("**Problem.** ", "**Solution.** ", "```"):
        assert part in text


def test_no_page_is_without_a_rule() -> None:
    """A page that is left over would teach what nothing checks."""
    codes = {rule.CODE for rule in RULES}
    assert {path.stem for path in PAGES.glob("SL*.md")} == codes


def test_every_file_is_a_rule() -> None:
    """A file under review/rules/ is one of the rules, and each code and name is used once."""
    files = {path.stem for path in FILES.glob("*.py")} - {"__init__"}
    assert {rule.__name__.rpartition(".")[2] for rule in RULES} == files  # type: ignore[attr-defined]
    assert len({rule.CODE for rule in RULES}) == len({rule.NAME for rule in RULES}) == len(files)


def test_the_index_is_made_from_the_rules() -> None:
    """Where it is not, run `python scripts/rules.py`."""
    made = runpy.run_path(str(REPOSITORY / "scripts" / "rules.py"))["index"]()
    assert (PAGES / "README.md").read_text(encoding="utf-8") == made
