"""What was measured, and the ratio of two measurements with its spread."""

import gc
import statistics
from collections.abc import Callable
from dataclasses import dataclass

import pyperf


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

    def __str__(self) -> str:
        digits = 0 if self.median >= 10 else 2
        return f"{self.median:.{digits}f} ({self.low:.{digits}f}-{self.high:.{digits}f})"


def timed(work: Callable[[], object], rounds: int, warm: int = 0) -> Timed:
    """Run something some times, after rounds that do not count."""
    for _ in range(warm):
        work()
    return Timed(tuple(once(work) for _ in range(rounds)))


def once(work: Callable[[], object]) -> float:
    """Give the seconds of one run; its `begin` and the garbage go before the clock."""
    getattr(work, "begin", lambda: None)()
    gc.collect()
    begun = pyperf.perf_counter()
    work()
    return pyperf.perf_counter() - begun


def in_turn(works: list[Callable[[], object]], rounds: int, warm: int = 1) -> list[Timed]:
    """Run some things by turns, so that what disturbs the machine disturbs all of them."""
    for _ in range(warm):
        for work in works:
            work()
    found = [[once(work) for work in works] for _ in range(rounds)]
    return [Timed(values) for values in zip(*found, strict=True)]
