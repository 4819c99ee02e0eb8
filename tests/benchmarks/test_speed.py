"""`make bench` in small: it measures, and writes its tables and its plot."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks.speed.__main__ import measured
from benchmarks.speed.goals import Figures, goals
from benchmarks.speed.plan import QUICK
from benchmarks.speed.report import BEGIN, END, write
from benchmarks.speed.timing import Ratio, Timed, in_turn

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def figures() -> Figures:
    """Measure a little of everything once."""
    return measured(QUICK)


def test_what_was_measured_is_written_between_the_marks(figures: Figures, tmp_path: Path) -> None:
    """The page keeps its words and gets a line for each goal; the plot gets a point for each."""
    page, plot = tmp_path / "performance.md", tmp_path / "growth.svg"
    page.write_text(f"Before.\n{BEGIN}old\n{END}After.\n", encoding="utf-8")
    write(figures, page, plot)
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before.\n")
    assert text.endswith("After.\n")
    assert "old" not in text
    assert all(f"| {one.name} | {one.wanted} |" in text for one in goals(figures))
    assert "listing 5000 revisions again" in text
    assert "edit and see, 10 tables, sqlite" in text
    assert len(ET.parse(plot).findall(f".//{SVG}circle")) == 3  # noqa: S314 - our own


def test_all_take_turns() -> None:
    """Each has as many rounds as the others, and begins as often."""
    ran: list[str] = []
    works = {name: (lambda name=name: ran.append(name)) for name in ("a", "b")}
    found = in_turn(works, rounds=2, warm=0)
    assert ran == ["a", "b", "b", "a"]
    assert [len(one.seconds) for one in found.values()] == [2, 2]


def test_the_fastest_rounds_are_not_disturbed() -> None:
    """A few slow rounds of either do not show in a ratio of the fastest, nor in its spread."""
    calm, disturbed = Timed((1.0, 1.0, 1.0, 1.0)), Timed((1.02, 9.0, 7.0, 1.02))
    found = Ratio.of_fastest(disturbed, calm)
    assert (found.median, found.low, found.high) == (1.02, 1.02, 1.02)
