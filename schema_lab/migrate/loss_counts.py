"""What steps would drop, or change beyond recall, counted in the database now. Read-only."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab.errors import LossError
from schema_lab.history import (
    Drop,
    TypeChange,
    drops_of,
    type_changes_of,
)
from schema_lab.migrate.run import EVERY_LOSS, Allow, Start
from schema_lab.migrate.safeguards import ACCEPTED
from schema_lab.rows import LiveTables, demands_of_cast
from schema_lab.rows.violations import count as count_violations
from schema_lab.views.plain import count


@dataclass(frozen=True)
class Loss:
    """What a migration drops or changes, with its number of rows or values.

    Attributes
    ----------
    table, column
        Where; column is None for a whole table or for rows.
    values
        The number of rows or values in the database now.
    statement
        The SQL that deletes rows.
    type
        The new type of a column that cannot hold the values.
    recorded
        The number of values that the script's author accepted to lose.
    """

    table: str
    column: str | None
    values: int
    statement: str = ""
    type: str = ""
    recorded: int = 0

    @property
    def name(self) -> str:
        """The name by which the user accepts it: "users.plan"; "users" for a table or its rows."""
        return self.table if self.column is None else f"{self.table}.{self.column}"

    def is_accepted(self, names: frozenset[str]) -> bool:
        """Say whether one of these names accepts it: its own, or its table's."""
        return not names.isdisjoint((EVERY_LOSS, self.name, self.table))

    @property
    def sentence(self) -> str:
        """Say the loss, such as "column users.plan with 12 values"."""
        if self.statement:
            return f"rows of {self.table}, by {self.statement!r}"
        if self.type:
            more = f", more than the {self.recorded} that its author accepted"
            grown = more if 0 < self.recorded < self.values else ""
            held = f"that {self.type} cannot hold{grown}"
            return f"{count(self.values, 'value')} of {self.table}.{self.column} {held}"
        if self.column is None:
            return f"table {self.table} with {count(self.values, 'row')}"
        return f"column {self.table}.{self.column} with {count(self.values, 'value')}"

    def __repr__(self) -> str:
        return self.sentence


def losses_at(start: Start) -> tuple[Loss, ...]:
    """List what the steps of a run that is about to begin would drop. Read-only."""
    return losses_of(start.connection, start.steps, start.direction)


def losses_of(connection: sa.Connection, steps: Iterable[Any], direction: str) -> tuple[Loss, ...]:
    """List what Alembic's steps would drop or change beyond recall. Read-only."""
    steps = list(steps)
    drops = [drop for step in steps for drop in drops_of(Path(step.revision.path), direction)]
    found = (_counted_loss(connection, drop) for drop in drops)
    changed = (loss for step in steps for loss in _changed(connection, step, direction))
    return (*(loss for loss in found if loss), *changed)


def accept_values(*names: str) -> Allow:
    """Accept every loss of values, as a rehearsal does, and what rebuilt tables lose by name."""
    return Allow(lambda start: None, frozenset(names))


def allow_recorded(names: frozenset[str] = frozenset()) -> Allow:
    """Accept as many values as the authors of the scripts accepted, and losses by name.

    A script without `accepted_losses` is not refused: it may be older than the lab.
    """
    return Allow(lambda start: _refuse_more(start, names), names)


def _refuse_more(start: Start, names: frozenset[str]) -> None:
    unaccepted = (loss for loss in losses_at(start) if not loss.is_accepted(names))
    grown = [loss for loss in unaccepted if 0 < loss.recorded < loss.values]
    if grown:
        error = LossError(
            f"The {start.direction} loses values: {'; '.join(map(repr, grown))}. Nothing was run.",
            "Look at these values, then raise the number in `accepted_losses` of the script, or "
            f"accept the loss: lab.{start.direction}(accept_loss={[loss.name for loss in grown]}).",
        )
        error.names = tuple(loss.name for loss in grown)
        raise error


def _changed(connection: sa.Connection, step: Any, direction: str) -> Iterator[Loss]:
    """List the values that a script's changes of types cannot keep, counted now."""
    script = step.revision
    accepted = getattr(script.module, ACCEPTED, {})
    recorded = accepted if isinstance(accepted, Mapping) else {}
    for change in type_changes_of(Path(script.path), direction):
        number = _count_changed(connection, change, _type_of(change.code, script.module))
        known = recorded.get(f"{change.table}.{change.column}", 0) if direction == "upgrade" else 0
        if number:
            yield Loss(change.table, change.column, number, type=change.code, recorded=known)


def _type_of(code: str, module: Any) -> Any:
    """Build the type that a script names; None where its name is unknown."""
    try:
        return sa.types.to_instance(eval(code, dict(vars(module))))  # noqa: S307 - a plain type
    except Exception:  # noqa: BLE001 - the script itself will say so
        return None


def _count_changed(connection: sa.Connection, change: TypeChange, type_: Any) -> int:
    schema, _, name = change.table.rpartition(".")
    table, live = (name, schema or None), LiveTables(connection)
    before = live.types(table).get(change.column)
    if type_ is None or before is None:
        return 0
    sqlite = connection.dialect.name == "sqlite"
    demands = demands_of_cast(change.column, before, type_, connection.dialect)
    return sum(
        count_violations(live, table, demand)
        for demand in demands
        if demand.violated is not None
        and (change.rewrites or not demand.refused or (sqlite and demand.kind != "length"))
    )


def _counted_loss(connection: sa.Connection, drop: Drop) -> Loss | None:
    """Count the rows or values that are dropped; None when the table or column does not exist."""
    schema, _, name = drop.table.rpartition(".")
    inspector = sa.inspect(connection)
    if not inspector.has_table(name, schema=schema or None):
        return None
    table = sa.table(name, schema=schema or None)
    if drop.column is None:
        counted = sa.select(sa.func.count()).select_from(table)
    else:
        found = inspector.get_columns(name, schema=schema or None)
        own = {column["name"] for column in found if "computed" not in column}
        if drop.column not in own:  # a computed column has no values of its own
            return None
        counted = sa.select(sa.func.count(sa.column(drop.column))).select_from(table)
    return Loss(drop.table, drop.column, connection.scalar(counted) or 0, drop.statement)
