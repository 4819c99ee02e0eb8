"""The models as they were last seen, and which of them have changed since.

A table is another when its object is, or when anything that it, a column, a type, an index or a
constraint refers to was set anew, came or went. Only such a table is read again in full.
"""

import gc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.base import ColumnCollection

from schema_lab.autogenerate.model_fingerprint import ModelFingerprint, model_fingerprint

Place = tuple[str | None, str]


@dataclass
class _Seen:
    """One table: what it refers to, through the things that can be set anew, and its fingerprint.

    Python's garbage collector lists what they refer to in one call. Everything is touched, so
    with many tables the time is that of the memory; looking up what counts takes longer.
    """

    table: sa.Table
    naming: Any
    holders: list[Any]
    held: list[Any]
    fingerprint: ModelFingerprint

    @classmethod
    def of(cls, table: sa.Table) -> "_Seen":
        fingerprint = model_fingerprint(table)
        holders = list(_holders(table))
        naming = table.metadata.naming_convention
        return cls(table, naming, holders, gc.get_referents(*holders), fingerprint)

    def is_same(self, table: sa.Table) -> bool:
        """Say whether a table is the one seen, and refers to what it referred to."""
        try:
            return (
                table is self.table
                and table.metadata.naming_convention is self.naming
                and gc.get_referents(*self.holders) == self.held
            )
        except TypeError:  # an expression that took another's place has no truth
            return False


def _holders(table: sa.Table) -> Iterator[Any]:
    """Give what changes when something of a table is set anew, comes or goes."""
    yield vars(table)
    yield table.indexes
    yield table.constraints
    yield from _lists(table.columns)
    for column in table.columns:
        yield vars(column)
        yield vars(column.type)
        inner = getattr(column.type, "impl", None)
        if inner is not None and hasattr(inner, "__dict__") and not isinstance(inner, type):
            yield vars(inner)
        if column.server_default is not None:
            yield vars(column.server_default)
    yield from (vars(one) for one in table.indexes)
    yield from (vars(one) for one in table.constraints)


def _lists(columns: Any) -> Iterator[Any]:
    """Give the lists in which a collection, or the one that it shows, has its columns."""
    yield columns
    for one in gc.get_referents(columns):
        if isinstance(one, list):
            yield one
        elif isinstance(one, ColumnCollection):
            yield from _lists(one)


@dataclass
class ModelsSeen:
    """All tables of the models, by Alembic's place: the default schema is None."""

    seen: dict[Place, _Seen] = field(default_factory=dict)
    pointing: dict[Place, set[Place]] = field(default_factory=dict)
    with_enums: set[Place] = field(default_factory=set)
    """The tables that may hold an enum."""

    def renewed(self, tables: Mapping[Place, sa.Table]) -> set[Place]:
        """Look at all tables; give the places where something is new, gone or different."""
        changed = self.seen.keys() - tables.keys()
        for place in changed:
            self._forget(place)
        for place, table in tables.items():
            before = self.seen.get(place)
            if before is None or not before.is_same(table):
                now = _Seen.of(table)
                if before is None or before.fingerprint != now.fingerprint:
                    changed.add(place)
                self._forget(place)
                self._remember(place, now)
        return changed

    def _remember(self, place: Place, now: _Seen) -> None:
        self.seen[place] = now
        if now.fingerprint.has_enums:
            self.with_enums.add(place)
        for name in now.fingerprint.referred:
            self.pointing.setdefault(name, set()).add(place)

    def _forget(self, place: Place) -> None:
        before = self.seen.pop(place, None)
        self.with_enums.discard(place)
        for name in before.fingerprint.referred if before else ():
            self.pointing[name].discard(place)

    def referring(self, name: Place) -> set[Place]:
        """Give the tables with a foreign key to a table of that name, in small letters."""
        return self.pointing.get(name, set())

    def own_code(self, place: Place) -> bool:
        """Say whether a type of a table compares itself, in code that may do anything."""
        return self.seen[place].fingerprint.own_code
