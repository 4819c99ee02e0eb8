"""Tables and classes that a set of models does not define, but may point to: those of a project.

A set shares the project's tables, so that a foreign key finds them, and knows the project's classes
by name, so that a relationship does. A class of the set with the same table takes its place.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import MetaData, Table
from sqlalchemy.orm import DeclarativeBase
from sqlmodel import SQLModel

from schema_lab.models.definitions import name_of
from schema_lab.models.tables import share


@dataclass(frozen=True)
class Guests:
    """The tables of a project, and the classes that are mapped to them, by name."""

    collections: tuple[MetaData, ...] = ()
    classes: Mapping[str, type[Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, metadata: MetaData | list[MetaData] | None) -> Guests:
        """Find the classes of a project's tables; of two with one name, neither is known."""
        collections = _listed(metadata)
        names: dict[str, list[type[Any]]] = {}
        for mapped, table in mapped_classes():
            if any(table.metadata is each for each in collections):
                names.setdefault(mapped.__name__, []).append(mapped)
        return cls(collections, {name: found[0] for name, found in names.items() if not found[1:]})

    def share(self, metadata: MetaData) -> None:
        """Let a set's metadata see the project's tables, but for those that it has itself."""
        for collection in self.collections:
            share(metadata, collection, ())

    def table_of(self, error: Exception, metadata: MetaData) -> Table | None:
        """Give the project's table whose place in a metadata a class could not take."""
        return next(
            (
                table
                for key, table in metadata.tables.items()
                if f"Table '{key}' is already defined" in str(error)
                and any(table.metadata is each for each in self.collections)
            ),
            None,
        )


def _listed(metadata: MetaData | list[MetaData] | None) -> tuple[MetaData, ...]:
    listed = metadata if isinstance(metadata, list) else [metadata]
    return tuple(each for each in listed if each is not None)


def mapped_classes() -> Iterator[tuple[type[Any], Table]]:
    """List the classes over SQLModel and SQLAlchemy's DeclarativeBase, each with its table."""
    waiting: list[type[Any]] = [SQLModel, DeclarativeBase]
    seen = set[type[Any]]()
    while waiting:
        derived = waiting.pop().__subclasses__()
        new = [each for each in derived if each not in seen]
        seen.update(new)
        waiting += new
        for mapped in new:
            table = vars(mapped).get("__table__")
            if isinstance(table, Table):
                yield mapped, table


def strays(metadata: MetaData | list[MetaData] | None) -> tuple[str, ...]:
    """Say which classes of the notebook itself have tables that nobody compares.

    Parameters
    ----------
    metadata
        The tables that are compared.
    """
    keys = {key for each in _listed(metadata) for key in each.tables}
    found = sorted(
        (mapped.__name__, _base_of(mapped, table))
        for mapped, table in mapped_classes()
        if mapped.__module__ == "__main__"
        and name_of(mapped) is None
        and table.metadata.tables.get(table.key) is table
        and table.key not in keys
    )
    return tuple(
        f"{name} is not one of the lab's models: derive it from `lab.Model`, "
        f"or open the lab with `Lab(metadata={base}.metadata)`"
        for name, base in dict.fromkeys(found)
    )


def outdated(models: Iterable[type[SQLModel]]) -> tuple[str, ...]:
    """Say which models were built with a class of the notebook that was defined again since.

    An enum, a mixin or a type may have a cell of its own; the models keep the class that their own
    cells found.

    Parameters
    ----------
    models
        The classes of a set.
    """
    names = vars(sys.modules["__main__"])
    found = (
        (used.__name__, model.__name__)
        for model in models
        for used in dict.fromkeys(_used(model))
        if _is_another(used, names.get(used.__name__))
    )
    return tuple(
        f"{name} was defined again after {model}: run the cell of {model} again, so that it uses "
        f"the new {name}"
        for name, model in found
    )


def _used(model: type[SQLModel]) -> Iterator[type[Any]]:
    """Give the classes of the notebook that a model was built with, but for other models."""
    table = getattr(model, "__table__", None)
    types = [column.type for column in table.columns] if isinstance(table, Table) else []
    enums = (getattr(each, "enum_class", None) for each in types)
    for used in (*model.__mro__[1:], *map(type, types), *enums):
        if isinstance(used, type) and used.__module__ == "__main__" and name_of(used) is None:
            yield used


def _is_another(used: type[Any], now: object) -> bool:
    return isinstance(now, type) and now is not used and now.__module__ == "__main__"


def _base_of(mapped: type[Any], table: Table) -> str:
    """Name the class from which a class has the collection of its table."""
    return next(
        (base.__name__ for base in mapped.__mro__ if vars(base).get("metadata") is table.metadata),
        mapped.__name__,
    )
