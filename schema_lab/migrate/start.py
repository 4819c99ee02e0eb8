"""The moment before a run's first statement, in which it can still be refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True)
class Start:
    """Where a database stands and what is about to run on it, seen under the migration lock.

    Attributes
    ----------
    connection
        The one that migrates; for reading, and to be left open.
    direction
        "upgrade" or "downgrade".
    heads
        What the version table holds, sorted.
    steps
        Alembic's own steps.
    version_table
        The name of Alembic's table.
    """

    connection: sa.Connection
    direction: str
    heads: tuple[str, ...]
    steps: tuple[Any, ...]
    version_table: str

    @property
    def revisions(self) -> tuple[str, ...]:
        """The revisions that will run, in their order."""
        return tuple(str(step.revision.revision) for step in self.steps)


Allow = Callable[[Start], None]
"""Called once the lock is held, before the first statement; it refuses by an error."""
