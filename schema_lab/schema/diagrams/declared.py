"""What should be: the tables of a metadata, as a diagram."""

from collections.abc import Iterable

import sqlalchemy as sa

from schema_lab.models.tables import target_columns_of, target_table_of
from schema_lab.schema.diagrams.values import Diagram, DiagramColumn, DiagramTable, Reference, keyed


def declared(
    metadata: sa.MetaData | Iterable[sa.MetaData] | None,
    dialect: sa.Dialect,
    title: str = "models",
) -> Diagram:
    """Give the tables of metadata as a diagram; types are written as the dialect does.

    Examples
    --------
    >>> from sqlalchemy.dialects import sqlite
    >>> metadata = sa.MetaData()
    >>> _ = sa.Table("teams", metadata, sa.Column("id", sa.Integer, primary_key=True))
    >>> declared(metadata, sqlite.dialect())
    models: 1 table, 0 foreign keys
      teams
        PK    id  INTEGER
    """
    parts = [metadata] if isinstance(metadata, sa.MetaData) else metadata or ()
    sources = [table for part in parts for table in part.tables.values()]
    tables, references = keyed(
        [table_of(table, dialect) for table in sources],
        [reference for table in sources for reference in references_of(table)],
        {table.fullname: unique_of(table) for table in sources},
    )
    return Diagram.of(title, tables, references)


def table_of(table: sa.Table, dialect: sa.Dialect) -> DiagramTable:
    """Give a table with its columns; of keys, the primary key is known."""
    return DiagramTable(
        table.fullname, tuple(column_of(column, dialect) for column in table.columns)
    )


def column_of(column: "sa.Column[object]", dialect: sa.Dialect) -> DiagramColumn:
    """Give a column; of keys, the primary key is known."""
    keys = ("PK",) if column.primary_key else ()
    return DiagramColumn(column.name, type_of(column.type, dialect), bool(column.nullable), keys)


def type_of(type_: "sa.types.TypeEngine[object]", dialect: sa.Dialect) -> str:
    """Write a type as the dialect does, or as Python shows it where it cannot."""
    try:
        return str(type_.compile(dialect=dialect))
    except (sa.exc.CompileError, AttributeError, NotImplementedError):
        return repr(type_)


def references_of(table: sa.Table) -> list[Reference]:
    """Give the foreign keys of a table; a target need not be in the same metadata."""
    return [
        Reference(
            table.fullname,
            tuple(element.parent.name for element in key.elements),
            target_table_of(key),
            target_columns_of(key),
        )
        for key in table.foreign_key_constraints
    ]


def unique_of(table: sa.Table) -> set[tuple[str, ...]]:
    """Give the columns that no two rows of a table share."""
    constraints = [
        constraint
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    found = {tuple(column.name for column in constraint.columns) for constraint in constraints}
    indexes = [index for index in table.indexes if index.unique]
    return found | {tuple(str(column.name) for column in index.columns) for index in indexes}
