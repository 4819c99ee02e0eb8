"""Step through a migration: an iterator that stops after each statement."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from schema_lab.database import masked
from schema_lab.errors import DatabaseError
from schema_lab.history import ALEMBIC_LOCK, Environment, as_lab_errors, look
from schema_lab.migrate.run import Run, Statement
from schema_lab.migrate.runner import downgrade, upgrade
from schema_lab.migrate.statements import Kind, kind_of
from schema_lab.migrate.stepping.baton import Baton
from schema_lab.migrate.stepping.pictures import Picture, TableChange, changes
from schema_lab.views import step as view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Step:
    """One statement that has just run, and the tables that it changed.

    `affected` is the number of rows that the driver reports, -1 where it does not.
    """

    number: int
    revision: str
    direction: str
    sql: str
    milliseconds: float
    affected: int
    changes: tuple[TableChange, ...]
    baton: Baton = field(repr=False, compare=False)

    def rows(
        self, table: str, limit: int = 20, models: sa.MetaData | Sequence[sa.MetaData] | None = None
    ) -> pd.DataFrame:
        """Show a table's first rows as the migration sees them now, before a commit. Read-only.

        On MariaDB and MySQL it is the `models` that say which TINYINT(1) is truth.

        Raises
        ------
        InputError
            When there is no such table, or the migration has gone on.
        """
        from schema_lab.database import tables

        found: pd.DataFrame = self.baton.look(lambda one: tables.rows_on(one, table, limit, models))
        return found

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that the statement changed."""
        return tuple(one.table for one in self.changes)

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


class Steps:
    """The steps of an upgrade or a downgrade; each `next()` runs one statement more.

    `run` is what `lab.upgrade()` would have given, once all steps are done. `close()`, or
    forgetting the steps, rolls back what the database can take back and frees the lock; what
    MariaDB and MySQL keep, `lab.resume()` finishes.
    """

    def __init__(self, environment: Environment, direction: str, target: str) -> None:
        self.direction, self.target = direction, target
        self.done: list[Step] = []
        self.run: Run | None = None
        self._baton = Baton(partial(_migrate, environment, direction, target))
        self._finalizer: weakref.finalize[..., Steps] = weakref.finalize(self, self._baton.abandon)

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        if self._baton.over:
            raise StopIteration
        kind, answer = self._baton.next()
        if kind == "error":
            raise answer
        if kind == "run":
            self.run = answer
            raise StopIteration
        self.done.append(answer)
        return self.done[-1]

    def close(self) -> None:
        """Leave the migration where it stands; changes the database back where it can."""
        self._finalizer()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def state(self) -> str:
        """Say where the stepping stands: not begun, after step 3, done or left."""
        if self.run is not None:
            return "done"
        if self._baton.over:
            return "left"
        return f"after step {self.done[-1].number}" if self.done else "not begun"

    def __repr__(self) -> str:
        return view.steps_text(self)

    def _repr_html_(self) -> str:
        return view.steps_html(self)


def stepping(environment: Environment, direction: str, target: str) -> Steps:
    """Step through an upgrade or a downgrade of a throwaway database; changes it step by step.

    Raises
    ------
    DatabaseError
        When the database is not a throwaway one: its tables would stay locked while a person
        looks.
    """
    if not environment.throwaway:
        raise DatabaseError(
            f"{masked(environment.url)} is no scratch database: "
            "its tables would stay locked while you look.",
            "Step through in Lab.scratch(), or look first with lab.rehearse().",
        )
    return Steps(environment, direction, target)


def _migrate(environment: Environment, direction: str, target: str, baton: Baton) -> Run:
    hidden = look(environment, lambda context: context.version_table)
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        first = Picture.of(connection, hidden)
    watcher = _Watcher(environment.url, baton, first, hidden)
    move = upgrade if direction == "upgrade" else downgrade
    return move(environment, target, watcher.refuse_abandoned, on_statement=watcher.ran)


class _Watcher:
    """Makes a step of each statement that changes something, and waits."""

    def __init__(self, url: sa.URL, baton: Baton, picture: Picture, hidden: str) -> None:
        self._url, self._baton, self._picture, self._hidden = url, baton, picture, hidden
        self._number = 0

    def ran(
        self, connection: sa.Connection, revision: str, direction: str, statement: Statement
    ) -> None:
        """Stop after a statement."""
        reads = kind_of(statement.sql) in (Kind.READ, Kind.SESSION)
        if reads or statement.sql.upper().startswith("PRAGMA"):
            return
        after = Picture.of(connection, self._hidden)
        seen = changes(self._picture, after, statement, connection.dialect.name)
        self._picture, self._number = after, self._number + 1
        step = Step(
            self._number,
            revision,
            direction,
            statement.sql,
            statement.milliseconds,
            statement.rows,
            seen,
            self._baton,
        )
        with ALEMBIC_LOCK.paused(self._url):
            self._baton.pause(step, connection)

    def refuse_abandoned(self, *revision: Any) -> None:
        """Let no revision be finished that swallowed the order to stop."""
        self._baton.refuse_abandoned()
