"""What a statement changed in the tables: they are read before and after it, and compared.

Where both readings are equal, the statement's own SQL names the table.
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.database import JOURNAL_TABLE
from schema_lab.database.dialects import sqlglot_name
from schema_lab.migrate.run import Statement
from schema_lab.views.plain import count


@dataclass(frozen=True)
class TableChange:
    """A table that a statement changed, and how, such as "users: + column plan"."""

    table: str
    sentence: str

    def __repr__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class TablesSeen:
    """The tables of the default schema at one moment: columns with their types, indexes, rows."""

    columns: Mapping[str, Mapping[str, str]]
    indexes: Mapping[str, frozenset[str]]
    rows: Mapping[str, int]

    @classmethod
    def of(cls, connection: sa.Connection, version_table: str) -> "TablesSeen":
        """Read them on a connection, also before a commit; all rows are counted. Read-only.

        Alembic's version table and the journal are left out.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sa.exc.SAWarning)
            inspector = sa.inspect(connection)
            found = inspector.get_multi_columns()
            indexes = {
                name: frozenset(str(index["name"]) for index in listed)
                for (_, name), listed in inspector.get_multi_indexes().items()
            }
        columns = {
            name: {column["name"]: _spelled(connection, column) for column in listed}
            for (_, name), listed in found.items()
            if name not in (JOURNAL_TABLE, version_table)
        }
        return cls(columns, indexes, {name: _count(connection, name) for name in columns})


def _spelled(connection: sa.Connection, column: Any) -> str:
    kind = column["type"]
    known = not isinstance(kind, sa.types.NullType)
    null = "NULL" if column["nullable"] else "NOT NULL"
    return f"{kind.compile(connection.dialect) if known else '?'} {null}"


def _count(connection: sa.Connection, table: str) -> int:
    return connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0


def changes(
    before: TablesSeen, after: TablesSeen, statement: Statement, dialect: str
) -> tuple[TableChange, ...]:
    """List the tables that a statement changed, each with its differences.

    Parameters
    ----------
    before, after
        The tables around the statement.
    statement
        What ran; it names a table whose change neither reading shows.
    dialect
        SQLAlchemy's name of the dialect.
    """
    names = list(dict.fromkeys([*before.columns, *after.columns]))
    said = {name: list(_differences(name, before, after)) for name in names}
    for name in _named(statement.sql, dialect):
        if name in said and not said[name]:
            rows = f"{count(max(0, statement.rows), 'row')} written"
            said[name] = [rows if _writes(statement) else "altered"]
    return tuple(
        TableChange(name, f"{name}: {', '.join(what)}") for name, what in said.items() if what
    )


def _differences(name: str, before: TablesSeen, after: TablesSeen) -> Iterator[str]:
    if name not in before.columns:
        yield "+ table"
    elif name not in after.columns:
        yield f"- table with {count(before.rows[name], 'row')}"
        return
    old, new = before.columns.get(name, {}), after.columns[name]
    if name in before.columns:
        yield from (f"- column {column}" for column in old if column not in new)
        yield from (f"+ column {column}" for column in new if column not in old)
        yield from (
            f"column {column} {old[column]} → {new[column]}"
            for column in new
            if column in old and old[column] != new[column]
        )
    was, became = before.indexes.get(name, frozenset()), after.indexes.get(name, frozenset())
    yield from (f"- index {index}" for index in sorted(was - became))
    yield from (f"+ index {index}" for index in sorted(became - was))
    if before.rows.get(name, 0) != after.rows[name]:
        yield f"{before.rows.get(name, 0)} → {after.rows[name]} rows"


def _writes(statement: Statement) -> bool:
    return statement.rows >= 0 and statement.sql.lstrip("( \n").upper().startswith(
        ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")
    )


def _named(sql: str, dialect: str) -> list[str]:
    """Name the table that a statement changes; nothing where that is unknown."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(sql, dialect=sqlglot_name(dialect))
    except sqlglot.errors.SqlglotError:
        return []
    if isinstance(tree, exp.Command):
        return []
    table = tree.find(exp.Table)
    return [table.name] if table is not None else []
