"""What a class statement said, kept so that the class can be built again and again.

- **definition**: name, bases, namespace and keywords of one class statement.
- **mark**: the entry in a class that says by which name its set knows it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ForwardRef

from sqlalchemy import Table
from sqlmodel import SQLModel
from sqlmodel._compat import get_annotations
from sqlmodel.main import RelationshipInfo

from schema_lab.models.annotations import relationship_target, replaced
from schema_lab.models.copies import ANNOTATIONS, schema_copies
from schema_lab.models.methods import with_own_cell

MARK = "__schema_lab_name__"


def name_of(value: Any) -> str | None:
    """Give the name by which a set knows a class; None for what is no class of a set."""
    return vars(value).get(MARK) if isinstance(value, type) else None


@dataclass(frozen=True)
class ByName:
    """A base class that belongs to the set; no name means the set's own Model."""

    name: str = ""


@dataclass(frozen=True)
class Definition:
    """One class statement, with every class of its set given by name."""

    name: str
    bases: tuple[type[Any] | ByName, ...]
    namespace: Mapping[str, Any]
    keywords: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        name: str,
        bases: tuple[type[Any] | ByName, ...],
        namespace: Mapping[str, Any],
        keywords: Mapping[str, Any],
    ) -> Definition:
        """Record a class statement."""
        kept = {key: _by_name(value) for key, value in namespace.items()}
        kept[ANNOTATIONS] = dict(_annotations_by_name(namespace))
        return cls(name, bases, kept, dict(keywords))

    @cached_property
    def relationships(self) -> dict[str, RelationshipInfo]:
        """The attributes that are relationships."""
        items = self.namespace.items()
        return {key: value for key, value in items if isinstance(value, RelationshipInfo)}

    @cached_property
    def targets(self) -> dict[str, tuple[str, ...]]:
        """The classes that each relationship needs, by name."""
        return {key: tuple(self._needs(key)) for key in self.relationships}

    def _needs(self, key: str) -> Iterator[str]:
        target = relationship_target(self.namespace[ANNOTATIONS].get(key), name_of)
        if target is not None:
            yield target.name.rpartition(".")[2]
        if isinstance(self.namespace[key].link_model, ByName):
            yield self.namespace[key].link_model.name

    @property
    def adds_to_others(self) -> bool:
        """Whether a relationship gives the other class an attribute that it does not have."""
        arguments = (each.sa_relationship_kwargs or {} for each in self.relationships.values())
        return any("backref" in each for each in arguments)

    @property
    def module(self) -> str:
        """The module of the class statement."""
        return str(self.namespace["__module__"])

    @property
    def is_derived_from_itself(self) -> bool:
        """Whether a class of this very name is among the bases."""
        return ByName(self.name) in self.bases

    def without(self, attributes: AbstractSet[str]) -> Definition:
        """Give the same definition without some of its relationships."""
        kept = {key: value for key, value in self.namespace.items() if key not in attributes}
        annotations = self.namespace[ANNOTATIONS].items()
        kept[ANNOTATIONS] = {key: value for key, value in annotations if key not in attributes}
        return replace(self, namespace=kept)

    def body(self, resolve: Callable[[str], type[SQLModel] | None]) -> dict[str, Any]:
        """Make the namespace for one build; nothing that SQLAlchemy attaches is shared.

        `resolve` gives the class of a name in the generation that is being built.
        """
        copies = schema_copies(self.namespace)
        for value in copies.values():
            if isinstance(value, RelationshipInfo) and isinstance(value.link_model, ByName):
                value.link_model = resolve(value.link_model.name)
        annotations = copies[ANNOTATIONS]
        for key in annotations.keys() - self.relationships.keys():
            annotations[key] = _resolved(annotations[key], resolve)
        return {**with_own_cell(self.namespace), **copies, MARK: self.name}


def _by_name(value: Any) -> Any:
    """Give a relationship with its link class, or secondary table, by name."""
    if not isinstance(value, RelationshipInfo):
        return value
    kept = copy.copy(value)
    link = name_of(value.link_model)
    kept.link_model = value.link_model if link is None else ByName(link)
    options = value.sa_relationship_kwargs
    if options is not None:
        kept.sa_relationship_kwargs = {
            key: option.key if isinstance(option, Table) else option
            for key, option in options.items()
        }
    return kept


def _annotations_by_name(namespace: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, annotation in get_annotations(dict(namespace)).items():
        if isinstance(namespace.get(key), RelationshipInfo):
            target = relationship_target(annotation, name_of)
            yield key, annotation if target is None else target.annotation()
        else:
            yield key, replaced(annotation, _reference)


def _reference(part: Any) -> Any:
    name = name_of(part)
    return part if name is None else ForwardRef(name)


def _resolved(annotation: Any, resolve: Callable[[str], type[SQLModel] | None]) -> Any:
    def known(part: Any) -> Any:
        found = resolve(part.__forward_arg__) if isinstance(part, ForwardRef) else None
        return part if found is None else found

    return replaced(annotation, known)
