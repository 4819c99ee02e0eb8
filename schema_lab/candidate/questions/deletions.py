"""What the questions about blocking rows share: the constraints, and the rows that refer to others.

A row is deleted only if no other row refers to it: an answer deletes what it names, and no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.candidate.questions.live_database import LiveDatabase
from schema_lab.candidate.questions.question import Value
from schema_lab.candidate.render.script import NoteOp, StatementOp
from schema_lab.compare.scope import tables_of
from schema_lab.rows import LiveTables, Violations, violations_of
from schema_lab.schema.sql_text import sql_of
from schema_lab.schema.words import full_name
from schema_lab.views.plain import count

STOP: Value = ("stop",)


@dataclass(frozen=True)
class Blocked:
    """A constraint of the upgrade that existing rows violate.

    Attributes
    ----------
    place
        The operation of the upgrade, itself or the batch that has the constraint.
    operation
        The operation that makes the constraint.
    table, columns
        What it is about, by the names that the constraint has.
    violations
        The rows that violate it.
    live
        The rows as they are now.
    """

    place: ops.MigrateOperation
    operation: Any
    table: tuple[str, str | None]
    columns: tuple[str, ...]
    violations: Violations
    live: LiveTables

    @property
    def about(self) -> str:
        """The columns, with their table."""
        named = ", ".join(self.columns)
        place = full_name(*self.table)
        return f"{place}.{named}" if len(self.columns) == 1 else f"{place}.({named})"

    @property
    def is_renamed(self) -> bool:
        """Whether the table or a column has another name before the migration."""
        names = [self.live.column(self.table, name) for name in self.columns]
        return self.live.table(self.table) != self.table or names != list(self.columns)

    def keys(self) -> list[str]:
        """Name the columns of the table's primary key."""
        found = self.live.inspector.get_pk_constraint(*self.live.table(self.table))
        return list(found["constrained_columns"])

    def source(self, *names: str) -> sa.TableClause:
        """Give the table with some columns, each once."""
        return sa.table(self.table[0], *map(sa.column, dict.fromkeys(names)), schema=self.table[1])


def blocked_in(upgrade: ops.UpgradeOps, live: LiveDatabase, kind: str) -> Iterator[Blocked]:
    """Give the constraints of a kind that rows violate, but for those that are settled."""
    tables = LiveTables.before(upgrade.ops, live.connection)
    for place in upgrade.ops:
        for operation in place.ops if isinstance(place, ops.ModifyTableOps) else [place]:
            if getattr(operation, "settled", False):
                continue
            for table, demand in tables.demands_of(operation):
                if demand.kind == kind and (found := violations_of(tables, table, demand)):
                    yield Blocked(place, operation, table, demand.columns, found, tables)


def blocked_about(upgrade: ops.UpgradeOps, live: LiveDatabase, kind: str, about: str) -> Blocked:
    """Give the constraint of a kind that a question is about."""
    return next(found for found in blocked_in(upgrade, live, kind) if found.about == about)


def settle(upgrade: ops.UpgradeOps, blocked: Blocked, note: str, statement: str) -> None:
    """Change the rows before the constraint is made, which then blocks nothing."""
    at = upgrade.ops.index(blocked.place)
    upgrade.ops[at:at] = [NoteOp(note), StatementOp(statement)]
    blocked.operation.settled = True


def referring(blocked: Blocked, gone: sa.Select[Any], live: LiveDatabase) -> list[str]:
    """Say which rows of other tables refer to rows that would be deleted.

    Parameters
    ----------
    gone
        Selects all columns of these rows.
    """
    found = []
    rows = gone.subquery("gone")
    for child in tables_of(live.context.opts["target_metadata"]):
        for key in child.foreign_key_constraints:
            if (key.referred_table.name, key.referred_table.schema) != blocked.table:
                continue
            if not live.has(child.name, child.schema, key.column_keys):
                continue
            remote = [element.column.name for element in key.elements]
            if not set(remote) <= set(rows.columns.keys()):
                continue
            held = sa.table(child.name, *map(sa.column, key.column_keys), schema=child.schema)
            pairs = zip(key.column_keys, remote, strict=True)
            same = (held.c[own] == rows.c[other] for own, other in pairs)
            query = (
                sa.select(sa.func.count())
                .select_from(held)
                .where(sa.exists().select_from(rows).where(*same))
            )
            number = live.connection.scalar(query) or 0
            if number:
                verb = "refers" if number == 1 else "refer"
                found.append(
                    f"{count(number, 'row')} of `{full_name(child.name, child.schema)}` {verb} "
                    "to rows that would be deleted."
                )
    return found


def spelled(statement: Any, live: LiveDatabase) -> str:
    """Spell a statement for a script."""
    return sql_of(statement, live.dialect)
