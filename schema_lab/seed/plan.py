"""The plan for each live table: the columns to fill, their keys and CHECKs, and its turn.

Parents are filled first; a foreign key in a cycle is set later.
"""

import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.schema import reflected_word_for_word
from schema_lab.seed.models import KnownModels
from schema_lab.seed.wishes import Wishes, wishes_of

Names = tuple[str, ...]

_DISTINCT_DEFAULT = re.compile(r"nextval|uuid|random|sequence|next value", re.IGNORECASE)
_PARTITIONS = "SELECT relname FROM pg_class WHERE relispartition"


@dataclass(frozen=True)
class Link:
    """A foreign key: its columns, and the parent's columns that they refer to."""

    columns: Names
    parent: str
    referred: Names
    nullable: bool


@dataclass(frozen=True)
class Plan:
    """A live table, as far as its rows are concerned.

    `left` are the columns that the database fills; `keys` the sets of columns that must be
    distinct; `checks` the conditions by name.
    """

    table: sa.Table
    links: tuple[Link, ...]
    keys: tuple[Names, ...]
    checks: dict[str, str]
    left: frozenset[str]
    wishes: Wishes

    @property
    def name(self) -> str:
        """The table's name, with its schema where that is not the default schema."""
        return self.table.key

    @property
    def primary(self) -> Names:
        """The columns of the primary key."""
        return tuple(column.name for column in self.table.primary_key)

    def parent(self, link: Link) -> sa.Table:
        """Give the table that a foreign key points to."""
        return self.table.metadata.tables[link.parent]


def plans(
    connection: sa.Connection, hidden: frozenset[str], models: KnownModels | None = None
) -> dict[str, Plan]:
    """Read the live tables of the default schema, by name. Read-only.

    Parameters
    ----------
    connection
        A connection to the database.
    hidden
        Names of tables that get no rows, such as Alembic's own.
    models
        What the models ask of values.
    """
    models = models or KnownModels()
    inspector, metadata = sa.inspect(connection), sa.MetaData()
    names = sorted(set(inspector.get_table_names()) - hidden - _partitions(connection))
    with warnings.catch_warnings(), reflected_word_for_word():
        warnings.simplefilter("ignore", sa.exc.SAWarning)  # the database checks it itself
        metadata.reflect(connection, only=names)
    return {name: _plan(connection, metadata.tables[name], models) for name in names}


def _partitions(connection: sa.Connection) -> set[str]:
    """List PostgreSQL's partitions: their rows come through the table that they are parts of."""
    if connection.dialect.name != "postgresql":
        return set()
    return set(connection.exec_driver_sql(_PARTITIONS).scalars())


def _plan(connection: sa.Connection, table: sa.Table, models: KnownModels) -> Plan:
    for column in table.columns:
        if isinstance(column.type, sa.JSON):
            column.type.none_as_null = True
        if column.primary_key:
            column.nullable = False  # SQLite allows NULL there
    dialect = connection.dialect.name
    checks = {
        str(check.name or check.sqltext): str(check.sqltext)
        for check in sorted(_of_kind(table, sa.CheckConstraint), key=lambda it: str(it.sqltext))
    }
    keys = _keys(table)
    left = frozenset(
        column.name
        for column in table.columns
        if _is_left(column, dialect, any(column.name in key for key in keys))
    )
    wishes = wishes_of(checks.values(), dialect, table.columns.keys())
    models.narrow(wishes, table)
    return Plan(table, _links(table), keys, checks, left, wishes)


def _of_kind(table: sa.Table, kind: Any) -> list[Any]:
    return [constraint for constraint in table.constraints if isinstance(constraint, kind)]


def _links(table: sa.Table) -> tuple[Link, ...]:
    found = [
        Link(
            tuple(column.name for column in key.columns),
            key.elements[0].column.table.key,
            tuple(element.column.name for element in key.elements),
            any(column.nullable for column in key.columns),
        )
        for key in _of_kind(table, sa.ForeignKeyConstraint)
    ]
    return tuple(sorted(found, key=lambda link: (-len(link.columns), link.columns)))


def _keys(table: sa.Table) -> tuple[Names, ...]:
    """List what must be distinct; indexes with a condition or on expressions are left out."""
    found = [tuple(column.name for column in table.primary_key)]
    found += [tuple(unique.columns.keys()) for unique in _of_kind(table, sa.UniqueConstraint)]
    for index in table.indexes:
        partial = any(
            key.endswith("_where") and condition is not None
            for key, condition in index.dialect_kwargs.items()
        )
        # A column in descending order is wrapped in its order.
        terms = [getattr(term, "element", term) for term in index.expressions]
        plain = all(isinstance(term, sa.Column) for term in terms)
        if index.unique and plain and not partial:
            found.append(tuple(column.name for column in index.columns))
    return tuple(sorted({key for key in found if key and set(key) <= set(table.columns.keys())}))


def _is_left(column: sa.Column[Any], dialect: str, distinct: bool) -> bool:
    """Say whether the database fills a column; in a key, a default that repeats does not count."""
    if column.computed is not None or column.identity is not None or _counts(column, dialect):
        return True
    default = column.server_default
    if default is None:
        return False
    text = str(getattr(default, "arg", ""))
    return not distinct or bool(_DISTINCT_DEFAULT.search(text))


def _counts(column: sa.Column[Any], dialect: str) -> bool:
    table = column.table
    assert isinstance(table, sa.Table)
    if column is not table.autoincrement_column or column.foreign_keys:
        return False
    if dialect != "sqlite":
        return column.autoincrement is True
    rowid = table.dialect_options["sqlite"].get("with_rowid", True)
    return type(column.type) is sa.INTEGER and bool(rowid)


@dataclass(frozen=True)
class Turn:
    """A table to fill, and its foreign keys that are set once all tables have rows."""

    plan: Plan
    later: frozenset[Link] = frozenset()


def turns(plans: Mapping[str, Plan], filled: Iterable[str]) -> tuple[list[Turn], list[str]]:
    """Order tables so that parents come before their children.

    Parameters
    ----------
    plans
        The tables to fill.
    filled
        Tables that have rows already.

    Returns
    -------
    tuple of (list of Turn, list of str)
        The turns; and the tables that depend on each other, so that none can be first.
    """
    ordered: list[Turn] = []
    rest, there = dict(plans), set(filled)
    while rest and (turn := _next(rest, there)) is not None:
        ordered.append(turn)
        del rest[turn.plan.name]
    return ordered, list(rest)


def _next(rest: Mapping[str, Plan], there: set[str]) -> Turn | None:
    for plan in rest.values():
        if not _waiting(plan, rest):
            return Turn(plan)
    for plan in rest.values():
        waiting = _waiting(plan, rest)
        if all(link.nullable for link in waiting):
            return Turn(plan, frozenset(waiting))
    for plan in rest.values():
        waiting = [link for link in _waiting(plan, rest) if link.parent not in there]
        if all(link.nullable for link in waiting):
            return Turn(plan, frozenset(waiting))
    return None


def _waiting(plan: Plan, rest: Mapping[str, Plan]) -> list[Link]:
    return [link for link in plan.links if link.parent in rest and link.parent != plan.name]
