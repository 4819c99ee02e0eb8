"""What the documents point at is there."""

import re
from pathlib import Path
from urllib.parse import urlparse

import pytest
from PIL import Image
from PIL.ImageFile import ImageFile

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
    """There is a picture for light pages and one for dark ones, both PNG files, and a tour."""
    files = {Path(link).name: REPOSITORY / link for link in reading.pictures(README)}
    assert files.keys() == {"panel-light.png", "panel-dark.png", "tour.webp"}
    for name in ("panel-light.png", "panel-dark.png"):
        assert files[name].read_bytes().startswith(b"\x89PNG")


def test_the_tour_takes_twenty_seconds_and_little_room() -> None:
    """Its pictures together are shown for about 20 seconds, in less than 1.5 MB."""
    path = REPOSITORY / "docs" / "images" / "tour.webp"
    with Image.open(path) as tour:
        shown = [_milliseconds(tour, number) for number in range(getattr(tour, "n_frames", 1))]
    assert 17_000 <= sum(shown) <= 23_000
    assert path.stat().st_size < 1_500_000


def _milliseconds(tour: ImageFile, number: int) -> int:
    tour.seek(number)
    tour.load()
    return int(tour.info["duration"])


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
