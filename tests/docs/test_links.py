"""What the documents point at is there."""

import re
from pathlib import Path
from urllib.parse import urlparse

import pytest

from tests.docs import reading
from tests.docs.reading import DOCUMENTS, NOTEBOOKS, README, REPOSITORY

DECISIONS = REPOSITORY / "docs" / "decisions"
LINKS = [(path, link) for path in [*DOCUMENTS, *NOTEBOOKS] for link in reading.links(path)]
RELATIVE = [(path, link) for path, link in LINKS if not urlparse(link).scheme]
ABSOLUTE = [link for _, link in LINKS if urlparse(link).scheme]


def named(value: object) -> str:
    """Name a case by its document and link."""
    return value.name if isinstance(value, Path) else str(value)


@pytest.mark.parametrize(("path", "link"), RELATIVE, ids=named)
def test_a_relative_link_leads_to_something(path: Path, link: str) -> None:
    """The file, the folder or the picture exists in the repository."""
    target = (path.parent / link.partition("#")[0]).resolve()
    assert target.is_relative_to(REPOSITORY)
    assert target.exists()


@pytest.mark.parametrize("link", sorted(set(ABSOLUTE)))
def test_an_absolute_link_is_encrypted(link: str) -> None:
    """Links to elsewhere are https."""
    assert link.startswith("https://")


def test_readme_shows_the_panel_in_both_themes() -> None:
    """There is a picture for light pages and one for dark ones, both of them PNG files."""
    pictures = [REPOSITORY / link for link in reading.pictures(README)]
    assert {picture.stem for picture in pictures} == {"panel-light", "panel-dark"}
    assert all(picture.read_bytes().startswith(b"\x89PNG") for picture in pictures)


def test_readme_names_every_notebook() -> None:
    """Each notebook is linked from README, in the order in which it is read."""
    told = [link for link in reading.links(README) if link.endswith(".ipynb")]
    assert told == [f"notebooks/{path.name}" for path in NOTEBOOKS]


def test_each_decision_has_a_number_of_its_own() -> None:
    """The files in docs/decisions begin with four digits that no other file has."""
    numbers = [path.name.partition("-")[0] for path in DECISIONS.glob("*.md")]
    assert all(re.fullmatch(r"\d{4}", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("path", sorted(DECISIONS.glob("*.md")), ids=named)
def test_a_decision_is_half_a_page(path: Path) -> None:
    """A decision says what was decided, why, and what follows, in at most 400 words."""
    text = path.read_text(encoding="utf-8")
    heads = [line for line in text.splitlines() if line.startswith("#")]
    assert [head.partition(" ")[0] for head in heads] == ["#", "##", "##", "##"]
    assert [head.partition(" ")[2] for head in heads[1:]] == ["Decision", "Why", "What follows"]
    assert len(text.split()) <= 400
