"""The values of a migration: its start, its statements, its result, and the caller's hooks.

A `Start` is the moment before the first statement, in which the run can still be refused. A `Run`
is what an upgrade, a downgrade or a stamp did. A `Request` is what a caller asks for, and `Hooks`
are the functions that a caller hands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext, StampStep

from schema_lab.views import run as view
from schema_lab.views.frame import frame_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Statement:
    """One SQL statement that ran: its text, milliseconds and rows (-1 where unknown)."""

    sql: str
    milliseconds: float
    rows: int


@dataclass(frozen=True)
class Run:
    """A finished upgrade, downgrade or stamp; `after` was read on a fresh connection.

    `notes` are sentences for the user, such as one about an edited script that ran.
    """

    direction: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    revisions: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The statements as a table.

        Returns
        -------
        DataFrame
            Columns sql (str), milliseconds (float), rows (int; -1 if unknown).
        """
        rows = [(each.sql, each.milliseconds, each.rows) for each in self.statements]
        return frame_of(rows, ["sql", "milliseconds", "rows"])

    def __repr__(self) -> str:
        return view.run_text(self)

    def _repr_html_(self) -> str:
        return view.run_html(self)


@dataclass(frozen=True)
class Start:
    """A database and the steps that are about to run on it, seen under the migration lock.

    Attributes
    ----------
    connection
        The migrating connection; read on it, and leave it open.
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


Accepted = bool | str | Iterable[str]
"""True: every loss of values; names of tables ("users": all of it), of columns ("users.plan") and
of what a rebuilt table loses ("trigger noted of users"); EVERY_LOSS: whatever is lost."""

EVERY_LOSS = "*"


def accepted_names(accepted: Accepted | None) -> frozenset[str]:
    """Give the names of accepted losses.

    Examples
    --------
    >>> accepted_names("users.plan")
    frozenset({'users.plan'})
    """
    if accepted is None or isinstance(accepted, bool):
        return frozenset()
    return frozenset([accepted] if isinstance(accepted, str) else accepted)


@dataclass(frozen=True)
class Allow:
    """What a caller of a migration lets go.

    Attributes
    ----------
    look
        Called under the lock, before the first statement; an error that it raises refuses the run.
    names
        The losses that the caller has accepted by name.
    """

    look: Callable[[Start], None]
    names: frozenset[str] = frozenset()


OnRevision = Callable[[str, int, int], None]
"""Called after each revision with its id, how many are done, and how many there are."""

OnStatement = Callable[[sa.Connection, str, str, Statement], None]
"""Called after each statement of a revision: connection, revision, direction, statement."""

Cancelled = Callable[[], bool]
"""Says whether to stop the migration; asked where no revision would be left half-applied."""


@dataclass(frozen=True)
class Hooks:
    """What the caller of a migration is told and asked."""

    on_revision: OnRevision | None = None
    on_statement: OnStatement | None = None
    cancelled: Cancelled | None = None
    allow: Allow | None = None


NO_HOOKS = Hooks()


Work = Callable[[Any, MigrationContext], Iterable[Any]]
"""From the database's heads to Alembic's steps, as Alembic's own commands give them."""


@dataclass(frozen=True)
class Request:
    """What is asked of a database.

    Attributes
    ----------
    direction
        "upgrade", "downgrade" or "stamp"; where steps run, they decide between the first two.
    choose
        Chooses Alembic's steps.
    resume
        Continue a revision that stopped partway (MariaDB, MySQL) instead of refusing.
    purge
        Empty the version table before a stamp.
    in_doubt
        Whether the statement at which the revision stopped has run; None: the lab finds out.
    """

    direction: str
    choose: Work
    resume: bool = False
    purge: bool = False
    in_doubt: bool | None = None


def is_stamp(step: Any) -> bool:
    """Say whether one of Alembic's steps only writes the version table."""
    return isinstance(step, StampStep)


def direction_of(step: Any) -> str:
    """Say whether one of Alembic's steps upgrades or downgrades."""
    return "upgrade" if step.is_upgrade else "downgrade"
