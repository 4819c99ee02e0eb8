"""Wait in a test until something is so."""

import time
from collections.abc import Callable


def until(reached: Callable[[], object], seconds: float = 60) -> None:
    """Ask again and again, and fail when the time is over."""
    end = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)
