"""What an upgrade or a downgrade would drop, with the values that are there now. Read-only."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab.errors import InputError
from schema_lab.history import (
    Drop,
    Environment,
    as_lab_errors,
    drops_of,
    fresh_sources,
    look,
    refuse_unsound,
)
from schema_lab.migrate.start import Start
from schema_lab.migrate.steps import steps_down, steps_up


@dataclass(frozen=True)
class Loss:
    """A table (column None) or a column that goes, and how many rows or values go with it."""

    table: str
    column: str | None
    values: int
    statement: str = ""

    @property
    def name(self) -> str:
        """What a person says to accept it: "users.plan", or "users" for a table or its rows."""
        return self.table if self.column is None else f"{self.table}.{self.column}"

    @property
    def sentence(self) -> str:
        """Say the loss, such as "column users.plan with 12 values"."""
        if self.statement:
            return f"rows of {self.table}, by {self.statement!r}"
        if self.column is None:
            return f"table {self.table} with {_counted(self.values, 'row')}"
        return f"column {self.table}.{self.column} with {_counted(self.values, 'value')}"

    def __repr__(self) -> str:
        return self.sentence


def losses(environment: Environment, direction: str, target: str) -> tuple[Loss, ...]:
    """List what the way to a target drops of what is there now.

    Parameters
    ----------
    environment
        The project and its database.
    direction
        "upgrade" or "downgrade".
    target
        As for upgrade or downgrade.

    Raises
    ------
    InputError
        For another direction.
    """
    if direction not in ("upgrade", "downgrade"):
        raise InputError(f"{direction!r} is no direction.", 'Say "upgrade" or "downgrade".')
    steps = _steps(environment, direction, target)
    with as_lab_errors(environment.url), environment.engine.connect() as connection:
        return _losses(connection, steps, direction)


def losses_at(start: Start) -> tuple[Loss, ...]:
    """List what the steps of a run that is about to begin drop of what is there. Read-only."""
    return _losses(start.connection, start.steps, start.direction)


def _losses(connection: sa.Connection, steps: Iterable[Any], direction: str) -> tuple[Loss, ...]:
    drops = [drop for step in steps for drop in drops_of(Path(step.revision.path), direction)]
    return tuple(loss for drop in drops if (loss := _counted_loss(connection, drop)))


def _steps(environment: Environment, direction: str, target: str) -> list[Any]:
    scripts = environment.project.scripts()
    refuse_unsound(environment, scripts)
    heads = look(environment, lambda context: context.get_current_heads())
    choose = steps_up if direction == "upgrade" else steps_down
    with as_lab_errors(environment.url), fresh_sources():
        return choose(scripts, heads, target)


def _counted_loss(connection: sa.Connection, drop: Drop) -> Loss | None:
    """Count what a drop takes; None when it is not there (yet) or empty of what it names."""
    schema, _, name = drop.table.rpartition(".")
    inspector = sa.inspect(connection)
    if not inspector.has_table(name, schema=schema or None):
        return None
    table = sa.table(name, schema=schema or None)
    if drop.column is None:
        counted = sa.select(sa.func.count()).select_from(table)
    else:
        columns = {one["name"] for one in inspector.get_columns(name, schema=schema or None)}
        if drop.column not in columns:
            return None
        counted = sa.select(sa.func.count(sa.column(drop.column))).select_from(table)
    return Loss(drop.table, drop.column, connection.scalar(counted) or 0, drop.statement)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
