"""A generation: classes that are built, or that are built to replace some of a former generation.

It holds each class as it was built, and the names that the class can speak of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import registry as Registry  # noqa: N812  # a class, named like one
from sqlmodel import SQLModel

from schema_lab.compat.sqlalchemy_private import table_key_of
from schema_lab.compat.sqlmodel_private import place_registry
from schema_lab.errors import ModelError
from schema_lab.models.definitions import MARK, ByName, Definition
from schema_lab.models.explain import build_error, mapping_error, refuse_table_above
from schema_lab.models.naming import NAMING_CONVENTION
from schema_lab.models.recorder import Owner, Recorder
from schema_lab.models.tables import adopt, bare, copied_into, own, release, share, staging


class BuiltClasses(Protocol):
    """What knows the classes of a set by name."""

    def spoken(self, name: str) -> type[Any] | None:
        """Give the class that a relationship means by a name."""


class Namespace(dict[str, Any]):
    """The names that a text in the relationships of one class can speak of."""

    def __init__(self, generation: BuiltClasses) -> None:
        super().__init__()
        self.generation = generation

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or self.generation.spoken(str(name)) is not None

    def __missing__(self, name: str) -> Any:
        found = self.generation.spoken(name)
        if found is None:
            raise KeyError(name)
        return found


@dataclass(frozen=True)
class Built:
    """A class, the statement it was built from, and the relationships that were left out."""

    cls: type[SQLModel]
    definition: Definition
    absent: frozenset[str]
    registry: Registry
    names: Namespace

    @property
    def table(self) -> Table | None:
        """The table of the class."""
        return getattr(self.cls, "__table__", None)


INFO_KEY = "schema_lab.models"


class Generation:
    """Classes that know each other. Each has a registry of its own, so that it can go alone.

    Parameters
    ----------
    owner : Owner
        The set of models.
    definitions : Mapping of str to Definition
        All definitions, by class name; read when a class needs one that is not built yet.
    absent : Callable
        Gives the relationships of a class that are to be left out for now.
    former : Generation, optional
        What this generation replaces a part of; without one, it is the generation that stands.
    """

    def __init__(
        self,
        owner: Owner,
        definitions: Mapping[str, Definition],
        absent: Callable[[str], frozenset[str]],
        former: Generation | None = None,
    ) -> None:
        self.definitions = definitions
        self.former = former
        self.built: dict[str, Built] = {}
        self.stale: set[str] = set()
        self._owner = owner
        self._absent = absent
        self._owners: dict[str, str] = {}
        self._in_work: list[str] = []
        self.metadata: MetaData = (
            MetaData(naming_convention=NAMING_CONVENTION, info={INFO_KEY: owner})
            if former is None
            else staging(former.metadata)
        )

    # what is there -------------------------------------------------------------------------------

    def found(self, name: str) -> Built | None:
        """Give what was built for a name, here or in the part of the former that stays."""
        if name in self.built or self.former is None or name in self.stale:
            return self.built.get(name)
        return self.former.built.get(name)

    def standing(self, name: str) -> type[SQLModel] | None:
        """Give the class of a name, if it is built."""
        found = self.found(name)
        return found.cls if found else None

    def spoken(self, name: str) -> type[Any] | None:
        """Give the class that a relationship means by a name, which may be the project's."""
        return self.standing(name) or self._owner.guests.classes.get(name)

    def named(self, names: Iterable[str]) -> dict[str, type[SQLModel]]:
        """Give those of the classes that are built, by name."""
        return {name: each for name in names if (each := self.standing(name)) is not None}

    @property
    def classes(self) -> dict[str, type[SQLModel]]:
        """The classes by name: those built here, and those of the former that stay."""
        return self.named((self.former.built if self.former else {}) | self.built)

    def holds(self, registry: Registry) -> bool:
        """Say whether a class that was built here has this registry."""
        return any(each.registry is registry for each in self.built.values())

    def owner(self, key: str) -> str | None:
        """Give the name of the class with this table, here or in the former."""
        return self._owners.get(key) or (self.former.owner(key) if self.former else None)

    def keys_of(self, name: str) -> Iterator[str]:
        """Give the keys of the tables that a class has here and in the former."""
        for each in (self, self.former):
            built = each.built.get(name) if each else None
            if built is not None and built.table is not None:
                yield built.table.key

    # building ------------------------------------------------------------------------------------

    def build(self, definition: Definition, absent: frozenset[str] | None = None) -> type[SQLModel]:
        """Build one class, and first the classes that it derives from.

        Raises
        ------
        ModelError
            If SQLModel or SQLAlchemy cannot make the class.
        """
        name = definition.name
        left_out = self._absent(name) if absent is None else absent
        if definition.is_derived_from_itself:
            return self._explained(definition, frozenset()).cls
        self._in_work.append(name)
        try:
            made = self.built[name] = self._explained(definition, left_out)
        finally:
            self._in_work.pop()
        if made.table is not None:
            self._owners[made.table.key] = name
        return made.cls

    def _explained(self, definition: Definition, absent: frozenset[str]) -> Built:
        try:
            return self._made(definition, absent)
        except ModelError:
            raise
        except Exception as error:
            guest = self._owner.guests.table_of(error, self.metadata)
            if guest is not None:
                release(self.metadata, [guest])
                return self._explained(definition, absent)
            raise build_error(definition, error, self.definitions, self.classes) from error

    def _made(self, definition: Definition, absent: frozenset[str]) -> Built:
        kept = definition.without(absent) if absent else definition
        bases = tuple(self._base(each, kept.name) for each in kept.bases)
        refuse_table_above(kept, bases)
        body = kept.body(self._named)
        if kept.is_derived_from_itself:
            del body[MARK]
        names = Namespace(self)
        registry = Registry(metadata=self.metadata, class_registry=names)
        made: Any = Recorder.__new__(Recorder, kept.name, bases, body, True, **kept.keywords)
        place_registry(made, registry)
        type.__setattr__(made, "metadata", self.metadata)
        with self._no_trace_left(registry):
            Recorder.__init__(made, kept.name, bases, body, True, **kept.keywords)
        return Built(made, definition, absent, registry, names)

    @contextmanager
    def _no_trace_left(self, registry: Registry) -> Iterator[None]:
        """Take out what a mapping that fails has left: its table, and half a mapper."""
        before = set(self.metadata.tables)
        try:
            yield
        except Exception:
            registry.dispose()
            tables = self.metadata.tables
            release(self.metadata, [tables[key] for key in set(tables) - before])
            raise

    def _base(self, base: type[Any] | ByName, derived: str) -> type[Any]:
        if not isinstance(base, ByName):
            return base
        found = self._named(base.name) if base.name else self._owner.Model
        if found is None:
            raise ModelError(
                f"{derived} derives from {base.name}, which is not defined.",
                f"Define {base.name} again, or forget {derived} first.",
            )
        return found

    def _named(self, name: str) -> type[SQLModel] | None:
        there = self.standing(name)
        if there is not None or name in self._in_work or name not in self.definitions:
            return there
        return self.build(self.definitions[name])

    def configure(self, names: Iterable[str]) -> None:
        """Tie the relationships of classes together.

        Raises
        ------
        ModelError
            If a relationship does not fit.
        """
        try:
            for name in names:
                built = self.found(name)
                if built is not None:
                    built.registry.configure(cascade=True)
        except Exception as error:
            raise mapping_error(error, self.metadata) from error

    # replacing -----------------------------------------------------------------------------------

    def widen(self, names: Iterable[str]) -> None:
        """Let further classes of the former be replaced."""
        assert self.former is not None
        for name in set(names) - self.stale:
            self.stale.add(name)
            there = self.former.built.get(name)
            if there is not None and there.table is not None:
                release(self.metadata, [there.table])

    def replay(self) -> None:
        """Build each class that is to be replaced, or to be here, and is not built yet."""
        if self.former is not None:
            self._share_tables()
        for name, definition in list(self.definitions.items()):
            if name not in self.built and (name in self.stale or self.former is None):
                self.build(definition)

    def _share_tables(self) -> None:
        """See the tables without a class that the former has got since.

        One that points at a table to be replaced is made anew: its foreign keys hold on to columns.
        """
        assert self.former is not None
        hidden = {key for name in self.stale for key in self.former.keys_of(name)}
        for table in bare(self.former.metadata, self.former.owner):
            shared = self.metadata.tables.get(table.key) in (None, table)
            if shared and any(table_key_of(key) in hidden for key in table.foreign_keys):
                release(self.metadata, [table])
                copied_into(table, self.metadata)
        share(self.metadata, self.former.metadata, hidden)

    def discard(self, names: Iterable[str]) -> None:
        """Free classes of this generation from SQLAlchemy, with their tables."""
        gone = [self.built.pop(name) for name in set(names) & self.built.keys()]
        tables = [each.table for each in gone if each.table is not None]
        for each in gone:
            each.registry.dispose(cascade=True)
        for table in tables:
            self._owners.pop(table.key, None)
        release(self.metadata, tables)

    def take(self, successor: Generation) -> None:
        """Let the classes that were built to replace some of these do so."""
        self.discard(successor.stale)
        keys = self.metadata.tables.keys() & {table.key for table in own(successor.metadata)}
        release(self.metadata, [self.metadata.tables[key] for key in keys])
        adopt(self.metadata, successor.metadata)
        for name, each in successor.built.items():
            self.built[name] = each
            each.names.generation = self
            each.registry.metadata = self.metadata
            type.__setattr__(each.cls, "metadata", self.metadata)
            if each.table is not None:
                self._owners[each.table.key] = name
