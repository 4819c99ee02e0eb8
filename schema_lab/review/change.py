"""What is reviewed: the operations of a migration, and the live database it would run on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from alembic.operations import ops
from sqlglot import exp

from schema_lab.recording.recorded import Gap
from schema_lab.review.allowances import Allowance
from schema_lab.review.live_facts import LiveFacts
from schema_lab.review.reviewed_operation import (
    Batch,
    ReviewedOperation,
    read_sql,
    tables_created,
)
from schema_lab.schema.words import TableKey

Direction = Literal["upgrade", "downgrade"]
Given = ops.MigrateOperation | ReviewedOperation


@dataclass(frozen=True)
class Change:
    """A migration, to be reviewed in one direction on one dialect.

    A rule reads `steps`: the operations of the direction, except operations on tables that the
    same migration creates. `live` is None if no database is reachable or the revision is applied.
    `gaps` are the parts of a script that could not be read, `allowances` the findings that it
    allows, `path` its file (None for a candidate).
    """

    dialect: str
    upgrade: tuple[ReviewedOperation, ...] = field(repr=False)
    downgrade: tuple[ReviewedOperation, ...] = field(repr=False)
    direction: Direction = "upgrade"
    revision: str = ""
    live: LiveFacts | None = field(default=None, repr=False)
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
        """Read operations of Alembic, or recorded operations; batches are opened.

        `fields` are those of the class.

        Examples
        --------
        >>> change = Change.of([ops.DropColumnOp("users", "plan")])
        >>> [(step.table, step.column) for step in change.steps]
        [('users', 'plan')]
        """
        return cls(dialect, _steps(upgrade, dialect), _steps(downgrade, dialect), **fields)

    @property
    def steps(self) -> tuple[ReviewedOperation, ...]:
        """The operations of the direction, except on tables created in the same migration."""
        chosen = self.upgrade if self.direction == "upgrade" else self.downgrade
        return tuple(step for step in chosen if not step.new)

    @property
    def created(self) -> frozenset[TableKey]:
        """The tables that the direction creates."""
        chosen = self.upgrade if self.direction == "upgrade" else self.downgrade
        return frozenset(place for step in chosen for place in _created(step))

    def statements(self) -> Iterator[tuple[ReviewedOperation, exp.Expr]]:
        """Yield each parsed SQL statement of `op.execute(…)`, with its operation."""
        for step in self.steps:
            for statement in step.sql:
                yield step, statement


def _steps(given: Iterable[Given], dialect: str) -> tuple[ReviewedOperation, ...]:
    opened = (step for item in given for step in _opened(item, dialect, None))
    return tuple(_marked(_with_sql(step, dialect) for step in opened))


def _opened(item: Given, dialect: str, batch: Batch | None) -> Iterator[ReviewedOperation]:
    """Open containers; on SQLite, a container is rendered as a batch."""
    if isinstance(item, ReviewedOperation):
        yield item
    elif isinstance(item, ops.ModifyTableOps):
        inner = Batch(TableKey(item.schema, item.table_name), operations=tuple(item.ops))
        for each in item.ops:
            yield from _opened(each, dialect, inner if dialect == "sqlite" else None)
    elif isinstance(item, ops.OpContainer):
        for each in item.ops:
            yield from _opened(each, dialect, batch)
    else:
        yield ReviewedOperation(item, batch)


def _with_sql(step: ReviewedOperation, dialect: str) -> ReviewedOperation:
    if not isinstance(step.operation, ops.ExecuteSQLOp) or step.text:
        return step
    text, parsed = read_sql(step.operation.sqltext, dialect)
    return replace(step, text=text, sql=parsed)


def _marked(steps: Iterable[ReviewedOperation]) -> Iterator[ReviewedOperation]:
    """Mark the operations on tables that an earlier operation creates, also if renamed."""
    new: set[TableKey] = set()
    for step in steps:
        made, touched = _created(step), _touched(step)
        own = bool(touched or made) and touched <= new
        yield replace(step, new=own)
        if own and isinstance(step.operation, ops.RenameTableOp):
            new -= touched
            new.add(TableKey(step.operation.schema, step.operation.new_table_name))
        elif own and isinstance(step.operation, ops.DropTableOp):
            new -= touched
        new |= made


def _created(step: ReviewedOperation) -> frozenset[TableKey]:
    operation = step.operation
    if isinstance(operation, ops.CreateTableOp):
        sure = not operation.if_not_exists
        return frozenset({TableKey(operation.schema, operation.table_name)} if sure else ())
    return frozenset(place for statement in step.sql for place in tables_created(statement))


def _touched(step: ReviewedOperation) -> frozenset[TableKey]:
    made = isinstance(step.operation, ops.CreateTableOp)
    return frozenset() if made else frozenset(step.touched)
