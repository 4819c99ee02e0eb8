"""What a live table asks of its rows: which columns are ours to fill, and what binds them."""

import re
import warnings
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.database.sqlite import unique_details
from schema_lab.migrate.seed.wishes import Wishes, wishes_of

Names = tuple[str, ...]

_DISTINCT_DEFAULT = re.compile(r"nextval|uuid|random|sequence|next value", re.IGNORECASE)
_COLUMNS_OWN = sa.text(
    "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints"
    " WHERE constraint_schema = DATABASE() AND level = 'Column' ORDER BY 1, 2"
)
"""MariaDB's CHECKs that stand behind a column, which SQLAlchemy does not reflect."""

_PARTITIONS = "SELECT relname FROM pg_class WHERE relispartition"


@dataclass(frozen=True)
class Link:
    """A foreign key: its columns, and the parent's that they take their values from."""

    columns: Names
    parent: str
    referred: Names
    nullable: bool


@dataclass(frozen=True)
class Plan:
    """A live table, as far as its rows are concerned.

    `left` are the columns whose values the database makes; `keys` the sets of columns that must
    be distinct; `checks` the conditions by name.
    """

    table: sa.Table
    links: tuple[Link, ...]
    keys: tuple[Names, ...]
    checks: dict[str, str]
    left: frozenset[str]
    wishes: Wishes

    @property
    def name(self) -> str:
        """The table's name, with its schema where that is not the default one."""
        return self.table.key

    @property
    def primary(self) -> Names:
        """The columns of the primary key."""
        return tuple(column.name for column in self.table.primary_key)

    def parent(self, link: Link) -> sa.Table:
        """Give the table that a foreign key points to."""
        return self.table.metadata.tables[link.parent]


def plans(connection: sa.Connection, hidden: frozenset[str]) -> dict[str, Plan]:
    """Read the live tables of the default schema, by name. Read-only.

    Parameters
    ----------
    connection
        A connection to the database.
    hidden
        Names of tables that are not for rows, such as Alembic's own.
    """
    inspector, metadata = sa.inspect(connection), sa.MetaData()
    names = sorted(set(inspector.get_table_names()) - hidden - _partitions(connection))
    with warnings.catch_warnings():  # what is not reflected is the database's to say
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        metadata.reflect(connection, only=names)
    for name, check, condition in _checks_of_columns(connection):
        if name in names:
            metadata.tables[name].append_constraint(sa.CheckConstraint(condition, name=check))
    return {name: _plan(connection, metadata.tables[name]) for name in names}


def _checks_of_columns(connection: sa.Connection) -> list[Any]:
    if not getattr(connection.dialect, "is_mariadb", False):
        return []
    return list(connection.execute(_COLUMNS_OWN))


def _partitions(connection: sa.Connection) -> set[str]:
    """List PostgreSQL's partitions: their rows come through the table that they are parts of."""
    if connection.dialect.name != "postgresql":
        return set()
    return set(connection.exec_driver_sql(_PARTITIONS).scalars())


def _plan(connection: sa.Connection, table: sa.Table) -> Plan:
    for column in table.columns:
        if isinstance(column.type, sa.JSON):
            column.type.none_as_null = True
        if column.primary_key:
            column.nullable = False  # SQLite allows it and means nothing by it
    dialect = connection.dialect.name
    checks = {
        str(one.name or one.sqltext): str(one.sqltext)
        for one in sorted(_of_kind(table, sa.CheckConstraint), key=lambda one: str(one.sqltext))
    }
    keys = _keys(connection, table)
    left = frozenset(
        column.name
        for column in table.columns
        if _is_left(column, dialect, any(column.name in key for key in keys))
    )
    wishes = wishes_of(checks.values(), dialect, table.columns.keys())
    return Plan(table, _links(table), keys, checks, left, wishes)


def _of_kind(table: sa.Table, kind: Any) -> list[Any]:
    return [one for one in table.constraints if isinstance(one, kind)]


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


def _keys(connection: sa.Connection, table: sa.Table) -> tuple[Names, ...]:
    """List what must be distinct; indexes with a condition or on expressions are left out."""
    found = [tuple(column.name for column in table.primary_key)]
    found += [tuple(one.columns.keys()) for one in _of_kind(table, sa.UniqueConstraint)]
    if connection.dialect.name == "sqlite":
        found += [tuple(one["column_names"]) for one in unique_details(connection, table.name, [])]
    for index in table.indexes:
        partial = any(
            key.endswith("_where") and condition is not None
            for key, condition in index.dialect_kwargs.items()
        )
        plain = all(isinstance(one, sa.Column) for one in index.expressions)
        if index.unique and plain and not partial:
            found.append(tuple(one.name for one in index.columns))
    return tuple(sorted({key for key in found if key and set(key) <= set(table.columns.keys())}))


def _is_left(column: sa.Column[Any], dialect: str, distinct: bool) -> bool:
    """Say whether the database makes a column's values; a default that repeats is no key's."""
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
