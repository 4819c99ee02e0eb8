"""The goals, and whether the figures of one run meet them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from benchmarks.speed.timing import Ratio, Timed

Key = tuple[str, ...]
Figures = Mapping[Key, Timed]
"""What was measured, by what it is: ("loop", dialect, shape, tables, who) and the like."""

LAB, COMMAND, WARM = "the lab", "alembic command", "Alembic in process"
WATCHED = "the lab, with progress"
DJANGO = ("django", "1000", "makemigrations --dry-run")
LARGE, SMALL = "1000", "10"
AT_LARGE = {
    COMMAND: {"sqlite": 500, "postgresql": 300, "mariadb": 300},
    WARM: {"sqlite": 150, "postgresql": 100, "mariadb": 90},
}
AT_SMALL = {"sqlite": 50, "postgresql": 30, "mariadb": 50}


@dataclass(frozen=True)
class Goal:
    """A ratio with its bound; `least` says on which side of it the good lies."""

    name: str
    slow: Key
    fast: Key
    bound: float
    least: bool = True
    by_fastest: bool = False

    def ratio(self, figures: Figures) -> Ratio:
        """Give the ratio that was measured."""
        divide = Ratio.of_fastest if self.by_fastest else Ratio.of
        return divide(figures[self.slow], figures[self.fast])

    def is_met(self, figures: Figures) -> bool:
        """Say whether the median of the ratio is on the good side of the bound."""
        found = self.ratio(figures).median
        return found >= self.bound if self.least else found <= self.bound

    def short_of(self, figures: Figures) -> str:
        """Say how far a missed goal is away, as a factor; "" where it is met."""
        if self.is_met(figures):
            return ""
        found = self.ratio(figures).median
        return f"{self.bound / found if self.least else found / self.bound:.2g} times"

    @property
    def wanted(self) -> str:
        """The bound, as in "at least 500"."""
        return f"at {'least' if self.least else 'most'} {self.bound:g}"


def goals(figures: Figures) -> list[Goal]:
    """Give the goals for which this run has figures."""
    return [one for one in _all() if one.slow in figures and one.fast in figures]


def _all() -> Iterator[Goal]:
    for dialect, least in AT_SMALL.items():
        loop = ("loop", dialect, "chain")
        ours = (*loop, LARGE, LAB)
        for who, bounds in AT_LARGE.items():
            name = f"edit and see, 1000 tables, {dialect}: {who}"
            yield Goal(name, (*loop, LARGE, who), ours, bounds[dialect])
        yield Goal(f"edit and see, 1000 tables, {dialect}: Django's dry run", DJANGO, ours, 100)
        small = (*loop, SMALL, LAB)
        name = f"edit and see, 10 tables, {dialect}: {COMMAND}"
        yield Goal(name, (*loop, SMALL, COMMAND), small, least)
        yield Goal(f"growth from 10 to 1000 tables, {dialect}", ours, small, 1.5, least=False)
        first, warm = (*loop, LARGE, "first look"), (*loop, LARGE, WARM)
        name = f"first look, 1000 tables, {dialect}: part of {WARM}"
        yield Goal(name, first, warm, 0.6, least=False)
        down = ("down and up", dialect)
        name = f"one revision down and up, {dialect}: {COMMAND}"
        yield Goal(name, (*down, COMMAND), (*down, LAB), 60)
    listing, up = ("listing",), ("up", "sqlite")
    name = f"listing 5000 revisions again: {COMMAND}"
    yield Goal(name, (*listing, COMMAND), (*listing, LAB), 50)
    name = f"100 revisions, sqlite: part of the {COMMAND}"
    yield Goal(name, (*up, LAB), (*up, COMMAND), 0.25, least=False)
    told = ("progress", "sqlite")
    progress = Goal("progress, sqlite", (*told, WATCHED), (*told, LAB), 1.02, least=False)
    yield replace(progress, by_fastest=True)
    taken, base = ("import", "import schema_lab"), ("import", "import sqlmodel, alembic.command")
    yield Goal("import schema_lab", taken, base, 1.15, least=False)
