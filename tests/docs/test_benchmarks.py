"""The benchmark that docs/guarantees.md names, in small."""

import pytest

from benchmarks import locks


def test_the_benchmark_of_the_lock_measures_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the lab's env.py, all processes of a small round end well on a sound database."""
    monkeypatch.setattr(locks, "PROCESSES", 2)
    monkeypatch.setattr(locks, "ROUNDS", 1)
    monkeypatch.setattr(locks, "REVISIONS", 3)
    figures = locks.measure("sqlite", ours=True)
    assert (figures.ended_well, figures.sound, figures.numbers) == (2, 1, (1,))
