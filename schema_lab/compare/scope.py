"""The scope of a comparison: some tables of the models and the database, or all of them.

A place is a table by schema and name. The lab's own tables are never compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.compare.model_fingerprint import ModelFingerprint, in_lower_case
from schema_lab.database import JOURNAL_TABLE, Remembered
from schema_lab.schema.spelling import Spelling
from schema_lab.schema.words import TableKey


def own_names_only(name: str | None, kind: str, parents: Any) -> bool:
    """Leave out the lab's own tables (an `include_name` function)."""
    return not (kind == "table" and name == JOURNAL_TABLE)


@dataclass(frozen=True)
class NamesIn:
    """Leave out the lab's own tables and other schemas than these (an `include_name` function).

    The default schema is None, and always included.
    """

    schemas: frozenset[str]

    def __call__(self, name: str | None, kind: str, parents: Any) -> bool:
        """Say whether a name is compared."""
        if kind == "schema":
            return name is None or name in self.schemas
        return own_names_only(name, kind, parents)


Reflected = dict[tuple[str, str | None], sa.Table]
"""Live tables by (name, schema); read only."""

SpelledModels = dict[TableKey, tuple[ModelFingerprint, Spelling]]
"""The fingerprint of each model, and the rows that the database gave for it."""

NotCompared = dict[TableKey, tuple[str, ...]]
"""What could not be compared, as sentences, by table."""

SCOPE = "schema_lab_scope"
"""The Alembic option that holds the scope of a comparison."""


@dataclass
class Scope:
    """The tables that a comparison includes, and those that it found to differ.

    `places` is None when every table is compared. `reason` says why this is so each time; "" when
    nothing is remembered yet. `tables` are all tables of the models; `enums` are those with an
    enum, whether compared or not. `live` are the places in the database. `said` are the database's
    earlier replies about its schema, if they still hold. `reflected` are live tables by (name,
    schema) that have been read since. `spelled_models` are the models as the database has spelled
    them. `not_compared` says by table what could not be compared, and why.
    """

    default_schema: str | None = None
    places: frozenset[TableKey] | None = None
    reason: str = ""
    tables: Mapping[TableKey, sa.Table] = field(default_factory=dict)
    enums: Iterable[sa.Table] | None = None
    live: AbstractSet[TableKey] = frozenset()
    differing: set[TableKey] = field(default_factory=set)
    said: Remembered | None = None
    reflected: Reflected = field(default_factory=dict)
    spelled_models: SpelledModels = field(default_factory=dict)
    not_compared: NotCompared = field(default_factory=dict)

    @property
    def everywhere(self) -> AbstractSet[TableKey]:
        """Every place, in the models or in the database."""
        return self.live | self.tables.keys()

    @property
    def looked_at(self) -> frozenset[TableKey]:
        """The places that are compared."""
        return frozenset(self.everywhere) if self.places is None else self.places

    @property
    def sentences(self) -> tuple[str, ...]:
        """What could not be compared of the tables that there are."""
        listed = sorted(self.not_compared.items(), key=lambda pair: str(pair[0]))
        return tuple(said for place, parts in listed for said in parts if place in self.everywhere)

    def place(self, schema: str | None, name: str) -> TableKey:
        """Give the place of a table as Alembic does: the default schema is None."""
        return TableKey(None if schema == self.default_schema else schema, name)

    def covers(self, table: sa.Table) -> bool:
        """Say whether a table of the models is compared."""
        return self.places is None or self.place(table.schema, table.name) in self.places

    def chosen(self, tables: Mapping[str, sa.Table]) -> dict[str, sa.Table]:
        """Give the tables of the models that are compared, by their keys, in the same order."""
        if self.places is None:
            return dict(tables)
        keys = {self.tables[place].key for place in self.places & self.tables.keys()}
        return {key: table for key, table in tables.items() if key in keys}

    def is_live(self, table: sa.Table) -> bool:
        """Say whether the database has a table of the models."""
        return self.place(table.schema, table.name) in self.live

    def note(self, operations: Iterable[ops.MigrateOperation]) -> None:
        """Note the tables that operations change. Without a table, an operation may change any."""
        for operation in operations:
            name = getattr(operation, "table_name", None)
            if name is None:
                self.differing.update(self.tables if self.places is None else self.places)
            else:
                self.differing.add(self.place(getattr(operation, "schema", None), name))

    def spelled(self, places: Iterable[TableKey]) -> Iterator[TableKey]:
        """Give the names by which foreign keys may refer to tables, in lower case."""
        for schema, name in places:
            yield in_lower_case(schema, name)
            if schema is None and self.default_schema:
                yield in_lower_case(self.default_schema, name)


def scope_in(context: MigrationContext) -> Scope:
    """Give the scope of a context's comparison; without one, every table is compared."""
    found = context.opts.get(SCOPE)
    return found if isinstance(found, Scope) else Scope()


def schema_known(context: MigrationContext) -> AbstractContextManager[None]:
    """Answer queries about the schema from memory where possible; only such queries may run."""
    said = scope_in(context).said
    if said is None or context.connection is None:
        return nullcontext()
    return said.answering(context.connection)


def enum_tables(context: MigrationContext) -> Iterator[sa.Table]:
    """Give every table of the models that may have an enum, whether compared or not."""
    known = scope_in(context).enums
    yield from tables_of(context.opts["target_metadata"]) if known is None else known


def parts_of(metadata: Any) -> list[sa.MetaData]:
    """Give the metadata objects of a `target_metadata`."""
    parts = metadata if isinstance(metadata, list | tuple) else [metadata]
    return [part for part in parts if part is not None]


def tables_of(metadata: Any) -> Iterator[sa.Table]:
    """Give every table of the models, whether in a single metadata or in several."""
    for part in parts_of(metadata):
        yield from part.tables.values()
