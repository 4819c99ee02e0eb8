"""The memory between two comparisons: which tables were compared and found equal.

A table is compared again when its model or its live definition has changed, or a table that it
refers to; and always while it differs. Foreign code, which is neither the lab's nor Alembic's, can
change a comparison although the models and the database are unchanged. So when foreign code takes
part, every table is compared each time. See docs/decisions/0012-equal-tables-are-remembered.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext

from schema_lab.compare.model_fingerprint import ModelsSeen
from schema_lab.compare.others import others_among
from schema_lab.compare.scope import (
    NamesIn,
    NotCompared,
    Reflected,
    Scope,
    SpelledModels,
    own_names_only,
    tables_of,
)
from schema_lab.compat.alembic_private import comparing_functions
from schema_lab.database import JOURNAL_TABLE, Remembered
from schema_lab.schema import Fingerprint, fingerprint
from schema_lab.schema.words import TableKey

_OURS = ("alembic.", "schema_lab.")


def foreign_code(context: MigrationContext) -> str:
    """Name foreign code, such as "env.py's include_object"; "" when there is none."""
    return next(_foreign(context), "")


def _foreign(context: MigrationContext) -> Iterator[str]:
    options, connection = context.opts, context.connection
    if isinstance(options.get("include_name"), NamesIn):
        yield "the models have tables in several schemas"
    known = {
        "include_object": (None,),
        "include_name": (own_names_only,),
        "include_schemas": (None, False),
        "compare_type": (None, False, True),
        "compare_server_default": (None, False, True),
    }
    yield from (
        f"env.py's {name}" for name, usual in known.items() if options.get(name) not in usual
    )
    implementation = type(context.impl)
    for function in (implementation, *_comparators(context), *_listeners()):
        module = getattr(function, "__module__", "?")
        if not f"{module}.".startswith(_OURS):
            yield f"{module}.{getattr(function, '__name__', function)}"
    if connection is not None and connection.get_execution_options().get("schema_translate_map"):
        yield "the connection's schema_translate_map"


def _comparators(context: MigrationContext) -> Iterator[Any]:
    """List the functions that compare: plug-ins add theirs."""
    yield from comparing_functions(AutogenContext(context))


def _listeners() -> Iterator[Any]:
    """List the functions that are called for every reflected table."""
    probe: Any = sa.Table("probe", sa.MetaData())
    yield from probe.dispatch.column_reflect


FEW = 20
"""The most tables that are read one by one."""

Pointed = dict[TableKey, frozenset[TableKey]]
"""The tables, by name, to which each live table refers."""

_KEYS = ("compare_type", "compare_server_default", "autogenerate_plugins")
_UNSURE = "there is no reliable fingerprint of this database"


@dataclass
class Memory:
    """The tables that were equal when last compared, and the state of models and database then."""

    models: ModelsSeen = field(default_factory=ModelsSeen)
    live: Fingerprint | None = None
    circumstances: Any = None
    equal: set[TableKey] = field(default_factory=set)
    pointed: Pointed = field(default_factory=dict)
    said: Remembered = field(default_factory=Remembered)
    """The database's replies about its schema, while the schema is unchanged."""
    reflected: Reflected = field(default_factory=dict)
    """Live tables that have been read since."""
    spelled_models: SpelledModels = field(default_factory=dict)
    """The models as the database has spelled them."""
    not_compared: NotCompared = field(default_factory=dict)
    """What could not be compared, by table."""

    def scope(self, context: MigrationContext, *, full: bool) -> Scope:
        """Give what must be compared, and forget the tables that may have changed."""
        connection = context.connection
        assert connection is not None
        scope = Scope(default_schema=connection.dialect.default_schema_name)
        scope.spelled_models, scope.not_compared = self.spelled_models, self.not_compared
        listed = list(tables_of(context.opts["target_metadata"]))
        default = scope.default_schema
        scope.tables = {
            TableKey(None if table.schema == default else table.schema, table.name): table
            for table in listed
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
            self.spelled_models.clear()
        if live is not self.live:
            self._forget_answers()
        self.equal -= self._changed(scope, live)
        self.live, self.circumstances = live, circumstances
        enums = self.models.with_enums
        scope.enums = [table for place, table in scope.tables.items() if place in enums]
        here = {place for place in live.tables if place[0] is None}
        scope.live = here.difference(left_out(context))
        scope.live -= others_among(context, scope.live - scope.tables.keys())
        if self.equal:
            scope.places = self._places(scope)
            if len(scope.places) <= FEW:
                scope.said, scope.reflected = self.said, self.reflected
        return scope

    def _forget_answers(self) -> None:
        self.said.forget()
        self.reflected.clear()

    def _places(self, scope: Scope) -> frozenset[TableKey]:
        """Give the tables that are not known to be equal.

        Alembic compares every live table when none is chosen, so another table is added then.
        """
        places = scope.everywhere - self.equal
        if places and not places & scope.live:
            return frozenset({*places, min(self.equal, key=itemgetter(1))})
        return frozenset(places)

    def _changed(self, scope: Scope, live: Fingerprint) -> set[TableKey]:
        changed = self.models.renewed(scope.tables)
        affected = changed.union(*map(self.models.referring, scope.spelled(changed)))
        if live is self.live:
            return affected
        if self.live is None or self.live.common != live.common:
            return affected | self.equal
        before = self.live.tables
        moved = before.keys() - live.tables.keys()
        for place, said in live.tables.items():
            if said is None or before.get(place) != said:
                moved.add(place)
        names = set(scope.spelled(moved))
        return (
            affected
            | moved
            | {source for source, targets in self.pointed.items() if targets & names}
        )

    def keep(self, scope: Scope, pointed: Pointed) -> None:
        """Remember the tables that were compared and do not differ.

        A table that refers to another schema is not remembered, since the fingerprint may not
        cover that schema.
        """
        if self.live is None:
            return
        self.pointed.update(pointed)
        for place, targets in pointed.items():
            settled = self.live.tables.get(place) is not None
            if place in scope.differing or not settled or self.models.own_code(place):
                continue
            if self.live.everywhere or not any(schema for schema, _ in targets):
                self.equal.add(place)


def _circumstances(context: MigrationContext) -> Any:
    """Give everything else on which a comparison depends."""
    connection = context.connection
    assert connection is not None
    options = tuple(context.opts.get(key) for key in _KEYS)
    version = (context.version_table, context.version_table_schema)
    return connection.engine.url, connection.dialect.default_schema_name, version, options


def left_out(context: MigrationContext) -> Iterator[TableKey]:
    """Give the tables that no comparison includes."""
    yield TableKey(context.version_table_schema, context.version_table)
    yield TableKey(None, JOURNAL_TABLE)
