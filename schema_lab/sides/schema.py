"""A schema: the tables of one side, as the database itself spells them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext

from schema_lab.candidate import Metadata, env_options
from schema_lab.compare import Ownership
from schema_lab.compare.live_tables import live_tables
from schema_lab.compare.others import others_among, ownership_in
from schema_lab.compare.scope import tables_of
from schema_lab.compare.spelled_models import SPELLED, can_spell, model_spelling
from schema_lab.database import family
from schema_lab.errors import DatabaseError
from schema_lab.history import Environment, look
from schema_lab.history.entries import as_entry
from schema_lab.schema.spelling import Spelling
from schema_lab.schema.words import TableKey
from schema_lab.sides.definitions import TableDefinition, definition_of, enums_of
from schema_lab.sides.side import DATABASE, Side
from schema_lab.views import comparison as view
from schema_lab.views.frame import frame_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Schema:
    """The tables of a side, in a dialect; `sql` and `frame` give all of them.

    `enums` are the enum types of PostgreSQL, as statements.
    """

    side: str
    dialect: str
    tables: tuple[TableDefinition, ...]
    enums: tuple[str, ...] = ()

    @property
    def sql(self) -> str:
        """The tables with their constraints and indexes, as the database spells them."""
        return "\n\n".join([*self.enums, *(table.sql for table in self.tables)])

    @property
    def frame(self) -> pd.DataFrame:
        """The schema as a table.

        Returns
        -------
        DataFrame
            Columns table, kind, name, sql (all str); one row per column, constraint, index,
            option or comment.
        """
        rows = [
            (str(table.key), part.kind, part.name, part.sql)
            for table in self.tables
            for part in table.parts
        ]
        return frame_of(rows, ["table", "kind", "name", "sql"])

    def only(self, names: Iterable[str]) -> Schema:
        """Give the same schema with some of its tables."""
        chosen = frozenset(names)
        kept = tuple(table for table in self.tables if str(table.key) in chosen)
        return Schema(self.side, self.dialect, kept, self.enums)

    def __repr__(self) -> str:
        return view.schema_text(self)

    def _repr_html_(self) -> str:
        return view.schema_html(self)


@dataclass(frozen=True)
class Reading:
    """A side that has been read: its schema, its tables, and those that are not the project's."""

    schema: Schema
    metadata: Metadata
    others: frozenset[TableKey] = field(default_factory=frozenset)


def schema_of(environment: Environment, given: str | sa.URL, models: Metadata | None) -> Schema:
    """Read the schema of a side. Only throwaway databases are written.

    Parameters
    ----------
    environment
        The project and its database.
    given
        "models", "database", "history", a revision, a snapshot, "git:" and a commit, or a URL.
    models
        The tables of the models; None where there are none.

    Raises
    ------
    SchemaLabError
        When there is no such side, or it cannot be read.
    """
    side = Side.of(given, environment)
    with opened(environment, side) as live:
        read = read_models if side.is_models else read_database
        return read(live, side, models).schema


def opened(environment: Environment, side: Side) -> AbstractContextManager[Environment]:
    """Open the database in which a side is read; the models are spelled by the lab's own."""
    return (Side.of(DATABASE) if side.is_models else side).opened(environment)


def read_models(live: Environment, side: Side, models: Metadata | None) -> Reading:
    """Let a database spell the models; nothing of them stays there."""
    metadata: Metadata = models if models is not None else sa.MetaData()

    def read(context: MigrationContext) -> Reading:
        connection = _spelling(context)
        rows = {table.key: model_spelling(connection, table) for table in tables_of(metadata)}
        return Reading(_schema(context, side, metadata, lambda table: rows[table.key]), metadata)

    return look(live, read, env_options(metadata))


def read_database(live: Environment, side: Side, models: Metadata | None) -> Reading:
    """Read the tables of a database, and whose they are. Read-only."""
    ownership = ownership_of(live)

    def read(context: MigrationContext) -> Reading:
        _spelling(context)
        own(ownership, context, models)
        metadata = live_tables(context)
        keys = {key_of(context, table) for table in metadata.tables.values()}
        schema = _schema(context, side, metadata, lambda table: table.info[SPELLED])
        return Reading(schema, metadata, others_among(context, keys - _declared(context, models)))

    return look(live, read, env_options(None, ownership=ownership))


def ownership_of(environment: Environment) -> Ownership:
    """Give what decides whose a table is, in a project. Read-only."""
    return ownership_in(environment.project.ini, environment.project.scripts())


def own(ownership: Ownership, context: MigrationContext, models: Metadata | None) -> None:
    """Let the tables of the models be the project's, also where no revision makes them."""
    ownership.owned |= {as_entry(str(key)) for key in _declared(context, models)}


def key_of(context: MigrationContext, table: sa.Table) -> TableKey:
    """Give the place of a table; the default schema is None."""
    default = context.dialect.default_schema_name
    return TableKey(None if table.schema == default else table.schema, table.name)


def _declared(context: MigrationContext, models: Metadata | None) -> frozenset[TableKey]:
    return frozenset(key_of(context, table) for table in tables_of(models))


def _spelling(context: MigrationContext) -> sa.Connection:
    """Give the connection, if the lab can read how its database spells a table."""
    connection = context.connection
    assert connection is not None
    if not can_spell(connection.dialect):
        raise DatabaseError(
            f"The lab cannot spell a schema of {connection.dialect.name}.",
            "Use SQLite, PostgreSQL, MariaDB or MySQL.",
        )
    return connection


def _schema(
    context: MigrationContext,
    side: Side,
    metadata: Metadata,
    rows: Callable[[sa.Table], Spelling],
) -> Schema:
    dialect, tables = context.dialect, list(tables_of(metadata))
    found = [definition_of(key_of(context, table), table, rows(table), dialect) for table in tables]
    listed = tuple(sorted(found, key=lambda definition: str(definition.key)))
    return Schema(side.name, family(dialect), listed, enums_of(tables, dialect))
