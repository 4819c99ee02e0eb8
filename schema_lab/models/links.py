"""Links between classes: what a relationship or a foreign key points at, and whether it exists.

They also say which classes have to be built again together.

- **mention**: a name in a relationship. Its two sides, and what its joins name, know each other.
- **need**: a name without which a class cannot be built: a base, the type of a field, and the table
  whose column gives a foreign key its type or is itself the foreign key's target. The class that
  needs is built again with the class that it needs; not the other way round.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any, ForwardRef, Protocol, get_args

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, MetaData, Table
from sqlalchemy.types import NullType
from sqlmodel import SQLModel
from sqlmodel.main import RelationshipInfo

from schema_lab.compat.sqlalchemy_private import (
    column_of,
    relationship_arguments,
    table_key_of,
    tokens_of,
)
from schema_lab.errors import ModelError
from schema_lab.models.definitions import ANNOTATIONS, ByName, Definition, attached
from schema_lab.models.tables import target_of, waiting

Classes = Mapping[str, type[SQLModel]]
Definitions = Mapping[str, Definition]
Find = Callable[[str], type[SQLModel] | None]


def absent_relationships(
    name: str, definitions: Definitions, outside: Collection[str]
) -> frozenset[str]:
    """Give the relationships of a class that need a class which nothing defines.

    The other side of such a relationship is absent with it. `outside` names the project's classes.
    """
    known = {*definitions, *outside} if outside else definitions
    return frozenset(
        key
        for key in definitions[name].relationships
        if _is_lacking(name, key, definitions, known)
        or _is_lacking(*_other_side(name, key, definitions), definitions, known)
    )


def _is_lacking(
    name: str, key: str | None, definitions: Definitions, known: Collection[str]
) -> bool:
    there = definitions.get(name)
    return (
        there is not None
        and key in there.relationships
        and not all(each in known for each in there.targets[key])
    )


def _other_side(name: str, key: str, definitions: Definitions) -> tuple[str, str | None]:
    target = definitions[name].targets[key][:1]
    return ("".join(target), definitions[name].relationships[key].back_populates)


def waiting_sentences(
    definitions: Definitions,
    metadata: MetaData,
    owner: Callable[[str], str | None],
    outside: Collection[str],
) -> Iterator[str]:
    """Say which relationships wait for a class, and which foreign keys for a table."""
    for name, definition in definitions.items():
        for key, needs in definition.targets.items():
            for missing in sorted({*needs} - definitions.keys() - {*outside}):
                yield f"{name}.{key} waits for a class named {missing}"
    for each in waiting(metadata):
        table = each.parent.table
        place = f"{owner(table.key) or table.name}.{each.parent.name}"
        yield f"{place} waits for a table named {table_key_of(each)}"


def check_foreign_keys(
    keys: Iterable[ForeignKey], metadata: MetaData, owner: Callable[[str], str | None]
) -> None:
    """Raise a ModelError for a foreign key to a column that its table does not have."""
    for key in keys:
        target = metadata.tables.get(table_key_of(key) or "")
        place = f"{owner(key.parent.table.key) or key.parent.table.name}.{key.parent.name}"
        column = column_of(key)
        if column is not None and column.table is not target:
            raise ModelError(
                f"{place} has a foreign key to a column object, "
                "which stays behind when the models are built again.",
                f'Give it as a string: "{target_of(key)}".',
            )
        name = tokens_of(key).column_name or key.parent.name
        if target is not None and name not in _names(target, key):
            raise ModelError(
                f"{place} has a foreign key to {target_of(key)}, but there is no column {name}.",
                f"The columns of {target.name} are: {', '.join(target.columns.keys())}.",
            )


def _names(table: Table, key: ForeignKey) -> Iterable[str]:
    return (
        table.columns.keys() if not key.link_to_name else [column.name for column in table.columns]
    )


def check_relationships(
    names: Iterable[str], definitions: Definitions, classes: Find, outside: Collection[str]
) -> None:
    """Raise a ModelError for a relationship to no table, or to nothing on the other side.

    Parameters
    ----------
    names
        The classes whose relationships are looked at.
    definitions
        All definitions.
    classes
        Gives the class of a name.
    outside
        The names of the project's classes.
    """
    for name in names:
        absent = absent_relationships(name, definitions, outside)
        for key in definitions[name].relationships.keys() - absent:
            target, back = _other_side(name, key, definitions)
            cls = classes(target)
            if cls is None:
                continue
            if not hasattr(cls, "__table__"):
                raise _no_table(f"{name}.{key}", target)
            if back and not hasattr(cls, back):
                raise _no_relationship(f"{name}.{key}", back, definitions[target])


def _no_table(place: str, target: str) -> ModelError:
    return ModelError(
        f"{place} is a relationship to {target}, which has no table.",
        f"Give {target} table=True, or make {place} a field.",
    )


def _no_relationship(place: str, back: str, target: Definition) -> ModelError:
    known = ", ".join(target.relationships)
    return ModelError(
        f"{place} has back_populates={back!r}, but {target.name} has no relationship named {back}.",
        f"The relationships of {target.name} are: {known}."
        if known
        else f"Add {back} to {target.name}, or leave back_populates out.",
    )


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
        yield from relationship_arguments(explicit)


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
            yield from (_table(key) for key in each.elements if column_of(key) is not None)


def _table(key: ForeignKey) -> str:
    return table_key_of(key) or ""


def _in_annotation(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        yield from _spoken(annotation)
    for part in get_args(annotation):
        yield from _in_annotation(part)
