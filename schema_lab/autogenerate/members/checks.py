"""The CHECK that SQLAlchemy puts beside an enum where the database has no type for it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

_SPOKEN = {"postgresql": "postgres", "mariadb": "mysql"}


@dataclass(frozen=True)
class Check:
    """A live CHECK that lists the members of a column."""

    name: str
    members: tuple[str, ...]


def check_of(context: MigrationContext, column: Any, type_: sa.Enum) -> Check | None:
    """Give the live CHECK of an enum that the models make with one; None where there is none."""
    if not type_.create_constraint:
        return None
    inspector: Any = sa.inspect(context.connection)
    table = column.table
    if not inspector.has_table(table.name, schema=table.schema):
        return None
    for one in inspector.get_check_constraints(table.name, schema=table.schema):
        members = listed(str(one["sqltext"]), column.name, context.dialect.name)
        if one["name"] and members:
            return Check(str(one["name"]), members)
    return None


def listed(condition: str, column: str, dialect: str) -> tuple[str, ...]:
    """Give the texts that a condition allows a column to hold; none if it says anything else.

    Examples
    --------
    >>> listed("plan IN ('free', 'paid')", "plan", "sqlite")
    ('free', 'paid')
    >>> listed("plan::text = ANY (ARRAY['free'::text])", "plan", "postgresql")
    ('free',)
    """
    from sqlglot import exp

    parsed = _parsed(condition, dialect)
    if parsed is None:
        return ()
    root = parsed.unnest()
    one_of = isinstance(root, exp.In) or (isinstance(root, exp.EQ) and bool(root.find(exp.Any)))
    if not one_of or {one.name for one in root.find_all(exp.Column)} != {column}:
        return ()
    return tuple(one.name for one in root.find_all(exp.Literal) if one.is_string)


def columns_named(condition: str, dialect: str) -> frozenset[str]:
    """Give the columns that a condition names; none where it cannot be read.

    Examples
    --------
    >>> sorted(columns_named("a > 0 OR lower(b) = 'c'", "sqlite"))
    ['a', 'b']
    """
    from sqlglot import exp

    parsed = _parsed(condition, dialect)
    return frozenset(one.name for one in parsed.find_all(exp.Column)) if parsed else frozenset()


def _parsed(condition: str, dialect: str) -> Any:
    import sqlglot

    try:
        return sqlglot.parse_one(condition, dialect=_SPOKEN.get(dialect, dialect))
    except sqlglot.errors.ParseError:
        return None
