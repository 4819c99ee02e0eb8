"""What one comparison looks at: some places of the models and the database, or everything."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.model_fingerprint import Place, in_small_letters
from schema_lab.database import Remembered

Reflected = dict[tuple[str, str | None], sa.Table]
"""Live tables by (name, schema), which nobody changes."""

SCOPE = "schema_lab_scope"
"""Alembic's option under which a comparison's scope is found."""


@dataclass
class Scope:
    """What a comparison looks at, and what it found to differ.

    `places` is None where everything is looked at; `reason` says why that is so each time, ""
    where it is for want of knowledge. `tables` are all tables of the models, `enums` those
    among them that hold an enum, whether looked at or not. `live` are the database's places.
    `said` is what the database has said of its schema before, where that is still so; `reflected`
    are live tables by (name, schema) that were read since.
    """

    default_schema: str | None = None
    places: frozenset[Place] | None = None
    reason: str = ""
    tables: Mapping[Place, sa.Table] = field(default_factory=dict)
    enums: Iterable[sa.Table] | None = None
    live: AbstractSet[Place] = frozenset()
    differing: set[Place] = field(default_factory=set)
    said: Remembered | None = None
    reflected: Reflected = field(default_factory=dict)

    @property
    def everywhere(self) -> AbstractSet[Place]:
        """Every place, of the models or of the database."""
        return self.live | self.tables.keys()

    @property
    def looked_at(self) -> frozenset[Place]:
        """The places that are looked at."""
        return frozenset(self.everywhere) if self.places is None else self.places

    def place(self, schema: str | None, name: str) -> Place:
        """Give Alembic's place of a table: the default schema has no name."""
        return (None if schema == self.default_schema else schema, name)

    def covers(self, table: sa.Table) -> bool:
        """Say whether a model's table is looked at."""
        return self.places is None or self.place(table.schema, table.name) in self.places

    def chosen(self, tables: Mapping[str, sa.Table]) -> dict[str, sa.Table]:
        """Take those tables of the models that are looked at, by their keys, in the same order."""
        if self.places is None:
            return dict(tables)
        keys = {self.tables[one].key for one in self.places & self.tables.keys()}
        return {key: one for key, one in tables.items() if key in keys}

    def is_live(self, table: sa.Table) -> bool:
        """Say whether the database has a model's table."""
        return self.place(table.schema, table.name) in self.live

    def note(self, operations: Iterable[ops.MigrateOperation]) -> None:
        """Note the tables that operations change; one that names none may change any."""
        for one in operations:
            name = getattr(one, "table_name", None)
            if name is None:
                self.differing.update(self.tables if self.places is None else self.places)
            else:
                self.differing.add(self.place(getattr(one, "schema", None), name))

    def spelled(self, places: Iterable[Place]) -> Iterator[Place]:
        """Give the ways in which foreign keys may name tables, in small letters."""
        for schema, name in places:
            yield in_small_letters(schema, name)
            if schema is None and self.default_schema:
                yield in_small_letters(self.default_schema, name)


def scope_in(context: MigrationContext) -> Scope:
    """Give the scope of the comparison that a context makes: everything, where none was set."""
    found = context.opts.get(SCOPE)
    return found if isinstance(found, Scope) else Scope()


def schema_known(context: MigrationContext) -> AbstractContextManager[None]:
    """Let the schema be read meanwhile, and only the schema: from memory where it is known."""
    said = scope_in(context).said
    if said is None or context.connection is None:
        return nullcontext()
    return said.answering(context.connection)


def enum_tables(context: MigrationContext) -> Iterator[sa.Table]:
    """Give every table of the models that may hold an enum, whether looked at or not."""
    known = scope_in(context).enums
    yield from tables_of(context.opts["target_metadata"]) if known is None else known


def parts_of(metadata: Any) -> list[sa.MetaData]:
    """Give the collections of tables of which a `target_metadata` consists."""
    parts = metadata if isinstance(metadata, list | tuple) else [metadata]
    return [one for one in parts if one is not None]


def tables_of(metadata: Any) -> Iterator[sa.Table]:
    """Give every table of the models, of one metadata or of several."""
    for one in parts_of(metadata):
        yield from one.tables.values()
