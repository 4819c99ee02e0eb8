"""The operation that changes the members of an enum, before anything is said in SQL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops

from schema_lab.autogenerate.operations import Operation, describe, full_name

Members = tuple[str, ...]


@dataclass(frozen=True)
class EnumColumn:
    """A live column that holds members; defaults are SQL, None where there is none."""

    table: str
    schema: str | None
    name: str
    array: bool = False
    nullable: bool = True
    default_before: str | None = None
    default_after: str | None = None

    def __str__(self) -> str:
        return f"{full_name(self.table, self.schema)}.{self.name}"

    def reversed(self) -> "EnumColumn":
        """Swap the defaults."""
        return replace(self, default_before=self.default_after, default_after=self.default_before)


@dataclass(frozen=True)
class Enumeration:
    """Where the members stand: a type of PostgreSQL's, a column of MariaDB's, or a CHECK."""

    name: str
    schema: str | None
    columns: tuple[EnumColumn, ...]
    around: tuple[tuple[str, str], ...] = ()
    """SQL that drops what stands in the way of a new type, and SQL that makes it again."""


@dataclass
class Altered:
    """What Alembic found about a column that holds its members itself."""

    alter: ops.AlterColumnOp | None = None
    check: str = ""


@dataclass(eq=False)
class MembersOp(ops.MigrateOperation):
    """The members of an enum change.

    `moves` says what becomes of rows with a removed member: another member, or None for NULL.
    `altered` is None for a type of PostgreSQL's. `used` says that the same script uses a new
    member, which PostgreSQL allows only in a type that is made anew.
    """

    enum: Enumeration
    before: Members
    after: Members
    moves: Mapping[str, str | None] = field(default_factory=dict)
    altered: Altered | None = None
    used: bool = False

    @property
    def added(self) -> Members:
        """Those that come."""
        return tuple(one for one in self.after if one not in self.before)

    @property
    def removed(self) -> Members:
        """Those that go."""
        return tuple(one for one in self.before if one not in self.after)

    @property
    def renamed(self) -> dict[str, str]:
        """Old and new names of members that only change their names."""
        goals = [one for one in self.moves.values() if one in self.added]
        return {
            old: new
            for old, new in self.moves.items()
            if new is not None and new in self.added and goals.count(new) == 1
        }

    def reverse(self) -> "MembersOp":
        """Rename back, and have the removed members again; moved rows stay where they are."""
        columns = tuple(one.reversed() for one in self.enum.columns)
        return MembersOp(
            replace(self.enum, columns=columns),
            self.after,
            self.before,
            {new: old for old, new in self.renamed.items()},
            self.altered,
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Say what this is, as Alembic's operations do."""
        return ("change_members", self.enum.name, self.before, self.after)


@describe.register
def _(operation: MembersOp, dialect: sa.Dialect) -> Iterator[Operation]:
    old = {new: old for old, new in operation.renamed.items()}
    told = [f"{old[one]} becomes {one}" for one in operation.added if one in old]
    told += [f"+ {one}" for one in operation.added if one not in old]
    told += [f"- {one}" for one in operation.removed if one not in operation.renamed]
    enum = operation.enum
    column = enum.columns[0] if enum.columns else None
    subject = f"type {full_name(enum.name, enum.schema)}" if operation.altered is None else column
    yield Operation(
        "~",
        f"alter members of {subject}: {', '.join(told) or 'another order'}",
        "alter_members",
        full_name(column.table, column.schema) if column else None,
        column.name if column else None,
        ", ".join(operation.before),
        ", ".join(operation.after),
    )
