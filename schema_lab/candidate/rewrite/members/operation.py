"""The operation that changes the members of an enum, independent of the database.

An enumeration is a type in PostgreSQL, or a column in MariaDB. Elsewhere, SQLAlchemy can add a
CHECK that lists the members.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.compare.operations import Operation, describe
from schema_lab.database.dialects import sqlglot_name
from schema_lab.schema.words import full_name


@dataclass(frozen=True)
class Check:
    """A live CHECK that lists the members of a column; on SQLite its name may be ""."""

    name: str
    members: tuple[str, ...]


def check_of(context: MigrationContext, column: Any, type_: sa.Enum) -> Check | None:
    """Give the live CHECK of an enum, if the models create a CHECK for it."""
    if not type_.create_constraint:
        return None
    inspector: Any = sa.inspect(context.connection)
    table = column.table
    if not inspector.has_table(table.name, schema=table.schema):
        return None
    for constraint in inspector.get_check_constraints(table.name, schema=table.schema):
        members = listed(str(constraint["sqltext"]), column.name, context.dialect.name)
        if members:
            return Check(str(constraint["name"] or ""), members)
    return None


def listed(condition: str, column: str, dialect: str) -> tuple[str, ...]:
    """Give the texts that a condition allows in a column; none for any other condition.

    Examples
    --------
    >>> listed("plan IN ('free', 'paid')", "plan", "sqlite")
    ('free', 'paid')
    >>> listed("plan::text = ANY (ARRAY['free'::text])", "plan", "postgresql")
    ('free',)
    >>> listed("plan::text = 'free'::text", "plan", "postgresql")
    ('free',)
    """
    from sqlglot import exp

    parsed = _parsed(condition, dialect)
    if parsed is None:
        return ()
    root = parsed.unnest()
    one_of = isinstance(root, exp.In) or (
        isinstance(root, exp.EQ) and bool(root.find(exp.Any) or _is_text(root.expression))
    )
    if not one_of or {found.name for found in root.find_all(exp.Column)} != {column}:
        return ()
    return tuple(literal.name for literal in root.find_all(exp.Literal) if literal.is_string)


def _is_text(expression: Any) -> bool:
    """Say whether an expression is a text, with or without a cast or brackets."""
    from sqlglot import exp

    while isinstance(expression, exp.Cast | exp.Paren):
        expression = expression.this
    return isinstance(expression, exp.Literal) and expression.is_string


def columns_named(condition: str, dialect: str) -> frozenset[str]:
    """Give the columns in a condition; none when it does not parse.

    Examples
    --------
    >>> sorted(columns_named("a > 0 OR lower(b) = 'c'", "sqlite"))
    ['a', 'b']
    """
    from sqlglot import exp

    parsed = _parsed(condition, dialect)
    return (
        frozenset(column.name for column in parsed.find_all(exp.Column)) if parsed else frozenset()
    )


def _parsed(condition: str, dialect: str) -> Any:
    import sqlglot

    try:
        return sqlglot.parse_one(condition, dialect=sqlglot_name(dialect))
    except sqlglot.errors.ParseError:
        return None


Members = tuple[str, ...]


@dataclass(frozen=True)
class EnumColumn:
    """A live column that holds members. Defaults are SQL; None without a default."""

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
    """What defines the members: a type (PostgreSQL), a column (MariaDB), or a CHECK."""

    name: str
    schema: str | None
    columns: tuple[EnumColumn, ...]
    dependents: tuple[tuple[str, str], ...] = ()
    """Pairs of SQL that drop and recreate what depends on the type."""


@dataclass
class Altered:
    """What Alembic found about a column that defines its members itself.

    `check` is the name of its CHECK, "" for one without a name, None for a column of type ENUM;
    `wanted` is the name that it gets.
    """

    alter: ops.AlterColumnOp | None = None
    check: str | None = None
    wanted: str = ""


@dataclass(eq=False)
class MembersOp(ops.MigrateOperation):
    """Change the members of an enum.

    `moves` gives the new value of rows with a removed member: another member, or None for NULL.
    `altered` is None for a type of PostgreSQL. `used` says that the same script uses a new member,
    which PostgreSQL allows only in a newly created type.
    """

    enum: Enumeration
    before: Members
    after: Members
    moves: Mapping[str, str | None] = field(default_factory=dict)
    altered: Altered | None = None
    used: bool = False

    @property
    def added(self) -> Members:
        """The added members."""
        return tuple(member for member in self.after if member not in self.before)

    @property
    def removed(self) -> Members:
        """The removed members."""
        return tuple(member for member in self.before if member not in self.after)

    @property
    def renamed(self) -> dict[str, str]:
        """The old and new names of renamed members."""
        targets = [member for member in self.moves.values() if member in self.added]
        return {
            old: new
            for old, new in self.moves.items()
            if new is not None and new in self.added and targets.count(new) == 1
        }

    def reverse(self) -> "MembersOp":
        """Rename back and add the removed members again. Rows keep their new members."""
        columns = tuple(column.reversed() for column in self.enum.columns)
        return MembersOp(
            replace(self.enum, columns=columns),
            self.after,
            self.before,
            {new: old for old, new in self.renamed.items()},
            self.altered,
        )

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Describe this operation as Alembic's operations do."""
        return ("change_members", self.enum.name, self.before, self.after)


@describe.register
def _(operation: MembersOp, dialect: sa.Dialect) -> Iterator[Operation]:
    old = {new: old for old, new in operation.renamed.items()}
    told = [f"{old[member]} → {member}" for member in operation.added if member in old]
    told += [f"+ {member}" for member in operation.added if member not in old]
    told += [f"- {member}" for member in operation.removed if member not in operation.renamed]
    enum = operation.enum
    column = enum.columns[0] if enum.columns else None
    subject = f"type {full_name(enum.name, enum.schema)}" if operation.altered is None else column
    yield Operation(
        "~",
        f"alter members of {subject}: {', '.join(told) or 'new order'}",
        "alter_members",
        full_name(column.table, column.schema) if column else None,
        column.name if column else None,
        ", ".join(operation.before),
        ", ".join(operation.after),
    )
