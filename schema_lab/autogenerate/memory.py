"""What is remembered between two comparisons: which tables were compared and found equal.

A table is looked at again when its model or its live definition has changed since, or one that
it points to; and always while it differs. See docs/decisions/0021.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from alembic.runtime.migration import MigrationContext

from schema_lab.autogenerate.foreign_code import foreign_code
from schema_lab.autogenerate.model_fingerprint import Place
from schema_lab.autogenerate.models_seen import ModelsSeen
from schema_lab.autogenerate.scope import Reflected, Scope, tables_of
from schema_lab.database import JOURNAL_TABLE, Fingerprint, Remembered, fingerprint

FEW = 20
"""Up to so many tables are read one by one."""

Pointed = dict[Place, frozenset[Place]]
"""To which tables, by name, each live table points."""

_KEYS = ("compare_type", "compare_server_default", "autogenerate_plugins")
_UNSURE = "no cheap fingerprint of this database is sure"


@dataclass
class Memory:
    """The tables that were equal when last compared, and what they and the models were then."""

    models: ModelsSeen = field(default_factory=ModelsSeen)
    live: Fingerprint | None = None
    circumstances: Any = None
    equal: set[Place] = field(default_factory=set)
    pointed: Pointed = field(default_factory=dict)
    said: Remembered = field(default_factory=Remembered)
    """What the database said of its schema, while that is the same."""
    reflected: Reflected = field(default_factory=dict)
    """Live tables that were read meanwhile."""

    def scope(self, context: MigrationContext, *, full: bool) -> Scope:
        """Say what has to be looked at, and forget what is no longer known to be equal."""
        connection = context.connection
        assert connection is not None
        scope = Scope(default_schema=connection.dialect.default_schema_name)
        listed = list(tables_of(context.opts["target_metadata"]))
        default = scope.default_schema
        scope.tables = {
            (None if one.schema == default else one.schema, one.name): one for one in listed
        }
        scope.reason = foreign_code(context)
        live = None if scope.reason else fingerprint(connection, self.live)
        if live is None or len(scope.tables) < len(listed):
            scope.reason = scope.reason or _UNSURE
            self.live = None
            self.equal.clear()
            self._forget_answers()
            return scope
        circumstances = _circumstances(context)
        if full or circumstances != self.circumstances:
            self.equal.clear()
            self._forget_answers()
        if live is not self.live:
            self._forget_answers()
        self.equal -= self._dirty(scope, live)
        self.live, self.circumstances = live, circumstances
        enums = self.models.with_enums
        scope.enums = [one for place, one in scope.tables.items() if place in enums]
        here = {place for place in live.tables if place[0] is None}
        scope.live = here.difference(_left_out(context))
        if self.equal:
            scope.places = self._places(scope)
            if len(scope.places) <= FEW:
                scope.said, scope.reflected = self.said, self.reflected
        return scope

    def _forget_answers(self) -> None:
        self.said.forget()
        self.reflected.clear()

    def _places(self, scope: Scope) -> frozenset[Place]:
        """Give what is not known to be equal.

        Alembic takes no live table at all for every one, so that one more is looked at then.
        """
        places = scope.everywhere - self.equal
        if places and not places & scope.live:
            return frozenset({*places, min(self.equal, key=itemgetter(1))})
        return frozenset(places)

    def _dirty(self, scope: Scope, live: Fingerprint) -> set[Place]:
        changed = self.models.renewed(scope.tables)
        dirty = changed.union(*map(self.models.referring, scope.spelled(changed)))
        if live is self.live:
            return dirty
        if self.live is None or self.live.common != live.common:
            return dirty | self.equal
        before = self.live.tables
        moved = before.keys() - live.tables.keys()
        for place, said in live.tables.items():
            if said is None or before.get(place) != said:
                moved.add(place)
        names = set(scope.spelled(moved))
        return dirty | moved | {one for one, goals in self.pointed.items() if goals & names}

    def keep(self, scope: Scope, pointed: Pointed) -> None:
        """Remember the tables that were compared and do not differ.

        One that points to another schema is not remembered: the fingerprint may not see that far.
        """
        if self.live is None:
            return
        self.pointed.update(pointed)
        for place, goals in pointed.items():
            settled = self.live.tables.get(place) is not None
            if place in scope.differing or not settled or self.models.own_code(place):
                continue
            if self.live.everywhere or not any(schema for schema, _ in goals):
                self.equal.add(place)


def _circumstances(context: MigrationContext) -> Any:
    """Give whatever else an answer depends on."""
    connection = context.connection
    assert connection is not None
    options = tuple(context.opts.get(key) for key in _KEYS)
    version = (context.version_table, context.version_table_schema)
    return connection.engine.url, connection.dialect.default_schema_name, version, options


def _left_out(context: MigrationContext) -> Iterator[Place]:
    """Give the tables that no comparison sees."""
    yield context.version_table_schema, context.version_table
    yield None, JOURNAL_TABLE
