"""Which classes have to be built again together.

- **mention**: a name in a relationship. Its two sides, and what its joins name, know each other.
- **need**: a name without which a class cannot be built: a base, the type of a field, and the table
  whose column gives a foreign key its type or is itself the foreign key's target. The class that
  needs is built again with the one it needs; not the other way round.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any, ForwardRef, Protocol, get_args

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint
from sqlalchemy.types import NullType
from sqlmodel.main import RelationshipInfo

from schema_lab.models.copies import ANNOTATIONS, attached
from schema_lab.models.definitions import ByName, Definition

Names = frozenset[str]


class Tables(Protocol):
    """Says which class has which table."""

    def owner(self, key: str) -> str | None:
        """Give the name of the class with this table."""

    def keys_of(self, name: str) -> Iterable[str]:
        """Give the keys of the tables that a class has, or is about to lose."""


class Links:
    """The names that each definition speaks of, and who speaks of a name."""

    def __init__(self) -> None:
        self._mentions: dict[str, Names] = {}
        self._needs: dict[str, Names] = {}
        self._mentioned_by: defaultdict[str, set[str]] = defaultdict(set)
        self._needed_by: defaultdict[str, set[str]] = defaultdict(set)

    def put(self, definition: Definition) -> None:
        """Record a definition, in the place of the former of its name."""
        name = definition.name
        self.remove(name)
        self._mentions[name] = frozenset(_mentions(definition)) - {name}
        self._needs[name] = frozenset(_needs(definition)) - {name}
        for other in self._mentions[name]:
            self._mentioned_by[other].add(name)
        for other in self._needs[name]:
            self._needed_by[other].add(name)

    def remove(self, name: str) -> None:
        """Forget a definition."""
        for spoken, speakers in (
            (self._mentions.pop(name, ()), self._mentioned_by),
            (self._needs.pop(name, ()), self._needed_by),
        ):
            for other in spoken:
                speakers[other].discard(name)
                if not speakers[other]:
                    del speakers[other]

    def mentioning(self, name: str) -> frozenset[str]:
        """Give the classes whose relationships speak of a name."""
        return frozenset(self._mentioned_by.get(name, ()))

    def kin(self, names: Iterable[str], tables: Tables) -> set[str]:
        """Give the classes that are built again when some are; these are among them."""
        found, open_ends = set[str](), list(names)
        while open_ends:
            name = open_ends.pop()
            if name not in found:
                found.add(name)
                open_ends += self._neighbours(name, tables)
        return found

    def _neighbours(self, name: str, tables: Tables) -> Iterator[str]:
        for other in self._mentions.get(name, ()):
            if other in self._mentions:
                yield other
            if (owner := tables.owner(other)) is not None:
                yield owner
        for called in (name, *tables.keys_of(name)):
            yield from self._mentioned_by.get(called, ())
            yield from self._needed_by.get(called, ())


def _mentions(definition: Definition) -> Iterator[str]:
    """Give the names in relationships: what they point at, and what their arguments speak of."""
    for targets in definition.targets.values():
        yield from targets
    for info in definition.relationships.values():
        for value in _arguments(info):
            yield from _spoken(value)


def _arguments(info: RelationshipInfo) -> Iterator[Any]:
    yield from info.sa_relationship_args or ()
    yield from (info.sa_relationship_kwargs or {}).values()
    explicit = info.sa_relationship
    if explicit is not None:
        yield explicit.argument
        yield from (getattr(each, "argument", None) for each in explicit._init_args)


def _spoken(value: Any) -> Iterator[str]:
    """Give the names in a text, or in the code of a function such as a lambda."""
    if isinstance(value, str):
        yield from re.findall(r"[^\W\d]\w*(?:\.\w+)?", value)
        yield from re.findall(r"[^\W\d]\w*", value)
    elif isinstance(value, FunctionType):
        yield from _in_code(value.__code__)


def _in_code(code: CodeType) -> Iterator[str]:
    yield from (*code.co_names, *code.co_freevars)
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _in_code(each)
        elif isinstance(each, str):
            yield each


def _needs(definition: Definition) -> Iterator[str]:
    """Give the bases, the classes in annotations, and the tables whose columns are looked into."""
    yield from (base.name for base in definition.bases if isinstance(base, ByName))
    annotations: Mapping[str, Any] = definition.namespace[ANNOTATIONS]
    for key, annotation in annotations.items():
        if key not in definition.relationships:
            yield from _in_annotation(annotation)
    for item in attached(definition.namespace):
        if isinstance(item, Column) and isinstance(item.type, NullType):
            yield from map(_table, item.foreign_keys)
    settings = definition.namespace.get("__table_args__", ())
    for each in settings if isinstance(settings, tuple) else ():
        if isinstance(each, ForeignKeyConstraint):
            yield from (_table(key) for key in each.elements if key.target_column is not None)


def _table(key: ForeignKey) -> str:
    return key.target_table_key or ""


def _in_annotation(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        yield from _spoken(annotation)
    for part in get_args(annotation):
        yield from _in_annotation(part)
