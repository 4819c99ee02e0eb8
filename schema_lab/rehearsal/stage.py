"""The stage of a rehearsal: an environment that migrates something that may be thrown away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

import sqlalchemy as sa

from schema_lab.database import engine_for
from schema_lab.history import Environment
from schema_lab.rehearsal.choosing import Choice
from schema_lab.rehearsal.copies import Kept, module_of

Dress = Callable[[sa.Engine], sa.Engine]


@dataclass(frozen=True)
class Dressed(Environment):
    """An environment whose engines are listened to."""

    dress: Dress = lambda engine: engine

    @property
    def engine(self) -> sa.Engine:
        """A new engine on the copy, with its listeners."""
        return self.dress(engine_for(self.url, self.wait))


@dataclass(frozen=True)
class Stage:
    """Where a rehearsal plays: its environment, and where the rows of before stand."""

    environment: Environment
    kept: Kept
    made: str


@contextmanager
def stage_of(environment: Environment, choice: Choice, dress: Dress) -> Iterator[Stage]:
    """Make the stage that was chosen; it is gone at the end. Read-only on the live database."""
    with module_of(environment).copy(environment) as copy:
        yield Stage(dressed(environment, copy.url, dress), copy.kept, copy.made)


def dressed(environment: Environment, url: sa.URL, dress: Dress) -> Dressed:
    """Give the environment of a copy: nothing of it is remembered in the project."""
    same = {one.name: getattr(environment, one.name) for one in fields(Environment)}
    return Dressed(**{**same, "url": url, "remembers": False}, dress=dress)
