"""Count the files of schema_lab that a reader of one journey has to open.

A journey is one use of the lab on a scratch database, traced with `sys.setprofile`. Three figures
say how far its code is spread:

files
    The files of which a function runs.
hops
    How often the next function that runs is in another file than the one before, in the order of
    the trace; a generator or context manager that continues counts as one that runs.
calls
    How often a function in one file calls a function in another file.
"""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import schema_lab
from schema_lab import Field, Lab

PACKAGE = str(Path(schema_lab.__file__).parent)


@dataclass
class Journey:
    """The trace of one journey.

    Examples
    --------
    >>> Journey.of(lambda: Lab.scratch().url).files > 1
    True
    """

    trace: list[str] = field(default_factory=list)
    calls: int = 0

    @classmethod
    def of(cls, work: Callable[[], object]) -> "Journey":
        """Run some work, in whatever threads it uses, and trace it."""
        journey = cls()
        threading.setprofile(journey._note)
        sys.setprofile(journey._note)
        try:
            work()
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
        return journey

    @property
    def files(self) -> int:
        """The number of files."""
        return len(set(self.trace))

    @property
    def hops(self) -> int:
        """The number of changes of the file."""
        return sum(before != after for before, after in pairwise(self.trace))

    def _note(self, frame: FrameType, event: str, argument: Any) -> None:
        path = frame.f_code.co_filename
        if event != "call" or not path.startswith(PACKAGE) or frame.f_code.co_name == "<module>":
            return
        self.trace.append(path)
        caller = frame.f_back.f_code.co_filename if frame.f_back is not None else ""
        self.calls += caller != path and caller.startswith(PACKAGE)

    def __str__(self) -> str:
        return f"{self.files:3} files {self.hops:4} hops {self.calls:4} calls"


def journeys() -> dict[str, Journey]:
    """Take the journeys, each on the database that the one before has left."""
    lab = Lab.scratch()
    _first_models(lab)
    found = {"candidate of a first model": Journey.of(lambda: _candidate(lab))}
    lab.autogenerate("Create teams").write()
    found["upgrade to it"] = Journey.of(lab.upgrade)
    _edited_models(lab)
    found["candidate of an edited model, shown"] = Journey.of(lambda: _shown(lab))
    return found


def _first_models(lab: Lab) -> None:
    class Team(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        name: str


def _edited_models(lab: Lab) -> None:
    class Team(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: int | None = Field(default=None, primary_key=True)
        name: str
        city: str | None = None


def _candidate(lab: Lab) -> None:
    candidate = lab.autogenerate("Create teams")
    _ = candidate.questions, candidate.upgrade_code


def _shown(lab: Lab) -> None:
    candidate = lab.autogenerate("Add a city")
    _ = candidate.questions._repr_html_(), candidate._repr_html_()


if __name__ == "__main__":
    for name, journey in journeys().items():
        print(f"{name:36} {journey}")
