"""What was measured, and the ratio of two measurements with its spread."""

import gc
import statistics
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Timed:
    """The seconds of some rounds."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median, in seconds."""
        return statistics.median(self.seconds)

    @property
    def quartiles(self) -> tuple[float, float]:
        """The first and the third quartile, in seconds."""
        if len(self.seconds) < 4:
            return min(self.seconds), max(self.seconds)
        first, _, third = statistics.quantiles(self.seconds, n=4)
        return first, third


@dataclass(frozen=True)
class Ratio:
    """How many times as long one takes as the other; the spread goes by the quartiles."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, slow: Timed, fast: Timed) -> "Ratio":
        """Divide one by the other."""
        (slow_low, slow_high), (fast_low, fast_high) = slow.quartiles, fast.quartiles
        return cls(slow.median / fast.median, slow_low / fast_high, slow_high / fast_low)

    @classmethod
    def of_fastest(cls, slow: Timed, fast: Timed) -> "Ratio":
        """Divide the fastest rounds, in which nothing was in the way; for a cost of a few percent.

        The spread is what each half of the rounds gives, every other one.
        """
        parts = [slice(None), slice(0, None, 2), slice(1, None, 2)]
        whole, *halves = (min(slow.seconds[one]) / min(fast.seconds[one]) for one in parts)
        return cls(whole, min(halves), max(halves))

    def __str__(self) -> str:
        digits = 0 if self.median >= 10 else 2
        return f"{self.median:.{digits}f} ({self.low:.{digits}f}-{self.high:.{digits}f})"


def once(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Give the seconds of one run; its `begin` and the garbage go before the clock."""
    getattr(work, "begin", lambda: None)()
    gc.collect()
    begun = clock()
    work()
    return clock() - begun


def in_turn(
    works: Mapping[str, Callable[[], object]],
    rounds: int,
    warm: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Timed]:
    """Run some things by turns, so that what disturbs the machine disturbs all of them alike.

    Each has as many rounds as the others, and begins as often: the order turns with each round.
    `clock` may be that of the process, for what differs by its own work alone.
    """
    for _ in range(warm):
        for work in works.values():
            work()
    found: dict[str, list[float]] = {name: [] for name in works}
    names = deque(works)
    for _ in range(rounds):
        for name in names:
            found[name].append(once(works[name], clock))
        names.rotate(1)
    return {name: Timed(tuple(seconds)) for name, seconds in found.items()}
