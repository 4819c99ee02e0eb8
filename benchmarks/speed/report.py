"""Write the figures of a run into docs/performance.md."""

import os
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import alembic
import sqlalchemy as sa

from benchmarks.speed.goals import COMMAND, LAB, WARM, Figures, goals
from benchmarks.speed.plot import growth

ROOT = Path(__file__).parents[2]
PAGE, PLOT = ROOT / "docs" / "performance.md", ROOT / "docs" / "images" / "growth.svg"
BEGIN, END = "<!-- figures of make bench -->\n", "<!-- end of the figures -->\n"
SHOWN = "![Seconds from an edit to its candidate, by the number of tables](images/growth.svg)"
OTHERS = ("with a drift before", "redefinition alone", "first look")


def write(figures: Figures, page: Path = PAGE, plot: Path = PLOT) -> None:
    """Put the tables between the page's marks, and draw the plot."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    text = "\n".join(tables(figures))
    page.write_text(f"{before}{BEGIN}\n{text}\n\n{SHOWN}\n\n{END}{after}", encoding="utf-8")
    plot.write_text(growth(figures), encoding="utf-8")


def tables(figures: Figures) -> Iterator[str]:
    """Give the lines of all tables."""
    yield machine()
    yield from ("", "| goal | wanted | measured (quartiles) | met | short by |")
    yield "|---|---|---|---|---|"
    for goal in goals(figures):
        met = "yes" if goal.is_met(figures) else "**no**"
        short = goal.short_of(figures)
        yield f"| {goal.name} | {goal.wanted} | {goal.ratio(figures)} | {met} | {short} |"
    who = (LAB, *OTHERS, WARM, COMMAND)
    yield from (
        "",
        f"| edit and see | tables | {' | '.join(who)} |",
        f"|---|---|{'---|' * len(who)}",
    )
    for dialect, shape, size in dict.fromkeys(key[1:4] for key in figures if key[0] == "loop"):
        found = [figures.get(("loop", dialect, shape, size, one)) for one in who]
        cells = " | ".join(_words(one.median) if one else "" for one in found)
        yield f"| {dialect}, {shape} | {size} | {cells} |"
    yield from ("", "| what | who | median |", "|---|---|---|")
    for key, one in figures.items():
        if key[0] != "loop":
            yield f"| {', '.join(key[:-1])} | {key[-1]} | {_words(one.median)} |"


def machine() -> str:
    """Describe the machine and the versions; no name and no path."""
    python = platform.python_version()
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), load average {os.getloadavg()[1]:.1f} over"
        f" five minutes at the end, {platform.system()}; Python {python}, Alembic"
        f" {alembic.__version__}, SQLAlchemy {sa.__version__}, Django {_django()}."
    )


def _django() -> str:
    try:
        return version("django")
    except PackageNotFoundError:
        return "is not there"


def _words(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.1f} ms"
