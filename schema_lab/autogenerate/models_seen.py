"""The models as they were last seen, and which of them have changed since.

A table is another when its object is; when a column, an index or a constraint came or went; or
when what any of them says was set anew. Only such a table is read again in full.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from schema_lab.autogenerate.model_fingerprint import ModelFingerprint, model_fingerprint

Place = tuple[str | None, str]
_OF_COLUMN = itemgetter(
    "type", "nullable", "server_default", "comment", "name", "autoincrement", "primary_key"
)
"""What stands in a column's own dictionary; with many tables, looking there is half as dear."""


@dataclass
class _Seen:
    """One table: what was seen of it at a glance, and its fingerprint."""

    table: sa.Table
    columns: list[sa.Column[Any]]
    variables: list[dict[str, Any]]
    attributes: list[tuple[Any, ...]]
    watched: list[Any]
    copies: list[Any]
    naming: Any
    fingerprint: ModelFingerprint

    @classmethod
    def of(cls, table: sa.Table) -> "_Seen":
        fingerprint = model_fingerprint(table)
        columns = list(table.columns)
        watched = list(_held(table, columns))
        copies = [one.copy() for one in watched]
        variables = list(map(vars, columns))
        attributes = list(map(_OF_COLUMN, variables))
        naming = table.metadata.naming_convention
        return cls(table, columns, variables, attributes, watched, copies, naming, fingerprint)

    def is_same(self, table: sa.Table) -> bool:
        """Say whether a table is the one seen, and says what it said."""
        try:
            return (
                table is self.table
                and table.columns.values() == self.columns
                and self.watched == self.copies
                and list(map(_OF_COLUMN, self.variables)) == self.attributes
                and table.comment == self.fingerprint.said[0][2]
                and table.metadata.naming_convention is self.naming
            )
        except TypeError:  # an expression that took another's place has no truth
            return False


def _held(table: sa.Table, columns: list[sa.Column[Any]]) -> Iterator[Any]:
    """Give the dictionaries and sets that change when what they say is set anew."""
    yield table.indexes
    yield table.constraints
    for column in columns:
        yield vars(column.type)
        inner = getattr(column.type, "impl", None)
        if inner is not None and hasattr(inner, "__dict__") and not isinstance(inner, type):
            yield vars(inner)
        if column.server_default is not None:
            yield vars(column.server_default)
    yield from (vars(one) for one in table.indexes)
    yield from (vars(one) for one in table.constraints)


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
