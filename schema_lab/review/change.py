"""What is reviewed: the steps of one migration, and the live database that it would meet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from alembic.operations import ops
from sqlglot import exp

from schema_lab.autogenerate.recorded import Gap
from schema_lab.review.allowances import Allowance
from schema_lab.review.live import Live
from schema_lab.review.place import Place
from schema_lab.review.sql import read_sql, tables_made
from schema_lab.review.step import Batch, Step

Direction = Literal["upgrade", "downgrade"]
Given = ops.MigrateOperation | Step


@dataclass(frozen=True)
class Change:
    """One migration, to be reviewed in one direction on one dialect.

    A rule reads `steps`: those of the direction, without what happens to tables that the same
    migration made. `live` is None where no database is reachable or the revision is applied;
    `gaps` are what could not be read of a script on disk, `allowances` what it allows, `path` its
    file (None for a candidate).
    """

    dialect: str
    upgrade: tuple[Step, ...] = field(repr=False)
    downgrade: tuple[Step, ...] = field(repr=False)
    direction: Direction = "upgrade"
    revision: str = ""
    live: Live | None = field(default=None, repr=False)
    gaps: tuple[Gap, ...] = field(default=(), repr=False)
    allowances: tuple[Allowance, ...] = field(default=(), repr=False)
    path: Path | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        upgrade: Iterable[Given],
        downgrade: Iterable[Given] = (),
        *,
        dialect: str = "sqlite",
        **fields: Any,
    ) -> Change:
        """Take operations, or steps that were recorded; batches are opened.

        `fields` are those of the class.

        Examples
        --------
        >>> change = Change.of([ops.DropColumnOp("users", "plan")])
        >>> [(step.table, step.column) for step in change.steps]
        [('users', 'plan')]
        """
        return cls(dialect, _steps(upgrade, dialect), _steps(downgrade, dialect), **fields)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of the direction, without those on tables made in the same migration."""
        chosen = self.upgrade if self.direction == "upgrade" else self.downgrade
        return tuple(step for step in chosen if not step.new)

    @property
    def created(self) -> frozenset[Place]:
        """The tables that the direction makes."""
        chosen = self.upgrade if self.direction == "upgrade" else self.downgrade
        return frozenset(place for step in chosen for place in _made(step))

    def statements(self) -> Iterator[tuple[Step, exp.Expr]]:
        """Give each parsed SQL statement of the steps' `op.execute(…)`, with its step."""
        for step in self.steps:
            for statement in step.sql:
                yield step, statement


def _steps(given: Iterable[Given], dialect: str) -> tuple[Step, ...]:
    opened = (step for one in given for step in _opened(one, dialect, None))
    return tuple(_marked(_with_sql(step, dialect) for step in opened))


def _opened(one: Given, dialect: str, batch: Batch | None) -> Iterator[Step]:
    """Open containers; on SQLite a container is rendered as a batch."""
    if isinstance(one, Step):
        yield one
    elif isinstance(one, ops.ModifyTableOps):
        inner = Batch(Place(one.table_name, one.schema), operations=tuple(one.ops))
        for each in one.ops:
            yield from _opened(each, dialect, inner if dialect == "sqlite" else None)
    elif isinstance(one, ops.OpContainer):
        for each in one.ops:
            yield from _opened(each, dialect, batch)
    else:
        yield Step(one, batch)


def _with_sql(step: Step, dialect: str) -> Step:
    if not isinstance(step.operation, ops.ExecuteSQLOp) or step.text:
        return step
    text, parsed = read_sql(step.operation.sqltext, dialect)
    return replace(step, text=text, sql=parsed)


def _marked(steps: Iterable[Step]) -> Iterator[Step]:
    """Mark what happens to tables that an earlier step has made, also under a new name."""
    new: set[Place] = set()
    for step in steps:
        made, touched = _made(step), _touched(step)
        own = bool(touched or made) and touched <= new
        yield replace(step, new=own)
        if own and isinstance(step.operation, ops.RenameTableOp):
            new -= touched
            new.add(Place(step.operation.new_table_name, step.operation.schema))
        elif own and isinstance(step.operation, ops.DropTableOp):
            new -= touched
        new |= made


def _made(step: Step) -> frozenset[Place]:
    operation = step.operation
    if isinstance(operation, ops.CreateTableOp):
        sure = not operation.if_not_exists
        return frozenset({Place(operation.table_name, operation.schema)} if sure else ())
    return frozenset(place for one in step.sql for place in tables_made(one))


def _touched(step: Step) -> frozenset[Place]:
    made = isinstance(step.operation, ops.CreateTableOp)
    return frozenset() if made else frozenset(step.touched)
