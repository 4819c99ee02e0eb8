"""One build of the definitions of a set: its own registry, metadata and classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

from schema_lab.errors import ModelError
from schema_lab.models.definitions import MARK, ByName, Definition
from schema_lab.models.explain import build_error, mapping_error, refuse_table_above
from schema_lab.models.naming import NAMING_CONVENTION
from schema_lab.models.recorder import Owner, Recorder, built
from schema_lab.models.relations import Absent

INFO_KEY = "schema_lab.models"


class Generation:
    """The classes that were built together, so that they find each other.

    Parameters
    ----------
    owner : Owner
        The set of models.
    definitions : Mapping of str to Definition
        All definitions, by class name; read when a class needs one that is not built yet.
    absent : frozenset of class names and attributes
        The relationships that are left out, because a class they need is not defined.
    """

    def __init__(
        self, owner: Owner, definitions: Mapping[str, Definition], absent: Absent = frozenset()
    ) -> None:
        self.definitions = definitions
        self.absent = absent
        self.classes: dict[str, type[SQLModel]] = {}
        self.is_sound = True
        self._in_work: list[str] = []
        convention = MetaData(naming_convention=NAMING_CONVENTION, info={INFO_KEY: owner})
        self.registry = registry(metadata=convention)
        namespace = {"__module__": __name__, "__doc__": owner.Model.__doc__}
        self.base = built("Model", (owner.Model,), namespace, registry=self.registry)

    @property
    def metadata(self) -> MetaData:
        """The tables of this generation."""
        return self.registry.metadata

    def build(self, definition: Definition) -> type[SQLModel]:
        """Build one class, and first the classes that it derives from.

        Raises
        ------
        ModelError
            If SQLModel or SQLAlchemy cannot make the class.
        """
        if definition.is_derived_from_itself:
            return self._explained(definition)
        self._in_work.append(definition.name)
        try:
            self.classes[definition.name] = self._explained(definition)
        finally:
            self._in_work.pop()
        return self.classes[definition.name]

    def _explained(self, definition: Definition) -> type[SQLModel]:
        try:
            return self._made(definition)
        except ModelError:
            raise
        except Exception as error:
            raise build_error(definition, error, self.definitions, self.classes) from error

    def _made(self, definition: Definition) -> type[SQLModel]:
        kept = definition.without({key for name, key in self.absent if name == definition.name})
        bases = tuple(self._base(each, kept.name) for each in kept.bases)
        refuse_table_above(kept, bases)
        body = kept.body(self._named)
        if kept.is_derived_from_itself:
            del body[MARK]
        made = Recorder.__new__(Recorder, kept.name, bases, body, True, **kept.keywords)
        with self._no_table_left():
            Recorder.__init__(made, kept.name, bases, body, True, **kept.keywords)
        return made  # type: ignore[no-any-return]  # a metaclass's __new__ promises no type

    @contextmanager
    def _no_table_left(self) -> Iterator[None]:
        """Take the table of a mapping that fails out of the metadata; its mapper cannot be."""
        before = set(self.metadata.tables)
        self.is_sound = False
        try:
            yield
        except Exception:
            for key in set(self.metadata.tables) - before:
                self.metadata.remove(self.metadata.tables[key])
            raise
        self.is_sound = True

    def _base(self, base: type[Any] | ByName, derived: str) -> type[Any]:
        if not isinstance(base, ByName):
            return base
        found = self._named(base.name) if base.name else self.base
        if found is None:
            raise ModelError(
                f"{derived} derives from {base.name}, which is not defined.",
                f"Define {base.name} again, or forget {derived} first.",
            )
        return found

    def _named(self, name: str) -> type[SQLModel] | None:
        if name in self.classes or name in self._in_work or name not in self.definitions:
            return self.classes.get(name)
        return self.build(self.definitions[name])

    def replay(self, former: Generation) -> None:
        """Build each definition that has no class here yet, and keep tables without a class."""
        for definition in list(self.definitions.values()):
            if definition.name not in self.classes:
                self.build(definition)
        self.copy_tables_without_class(former)

    def copy_tables_without_class(self, other: Generation) -> None:
        """Take over the tables that were written as `Table(…, Model.metadata, …)`."""
        mapped = {getattr(each, "__table__", None) for each in other.classes.values()}
        for table in other.metadata.tables.values():
            if table not in mapped and table.key not in self.metadata.tables:
                table.to_metadata(self.metadata)

    def configure(self) -> None:
        """Tie the relationships together.

        Raises
        ------
        ModelError
            If a relationship does not fit.
        """
        try:
            self.registry.configure()
        except Exception as error:
            raise mapping_error(error, self.metadata) from error

    def dispose(self) -> None:
        """Free the classes of this generation from SQLAlchemy."""
        self.registry.dispose()
