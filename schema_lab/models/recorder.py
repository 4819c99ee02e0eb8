"""The metaclass that hands every class statement to its set of models.

It also keeps the names up to date that a notebook or a module has given to classes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, Protocol, cast

from sqlmodel import SQLModel
from sqlmodel.main import SQLModelMetaclass

from schema_lab.models.definitions import CELL, ByName, Definition, name_of
from schema_lab.models.guests import Guests

OWNER = "__schema_lab_models__"


class Owner(Protocol):
    """What records class statements: a set of models."""

    Model: type[SQLModel]
    guests: Guests

    def define(self, definition: Definition) -> type[SQLModel]:
        """Record a class statement and give its class."""

    def living(self, cls: type[SQLModel]) -> type[SQLModel]:
        """Give the class that stands now for a class of any generation."""


class Recorder(SQLModelMetaclass):
    """Record a class statement, and let the set of models build the class.

    The set builds with `build=True`; a statement in a cell or a module goes without.
    """

    def __new__(
        mcs,
        name: str,
        bases: tuple[type[Any], ...],
        namespace: dict[str, Any],
        build: bool = False,
        **keywords: Any,
    ) -> Any:
        """Give the class that the set of models makes of this statement."""
        if build:
            return super().__new__(mcs, name, bases, namespace, **keywords)
        models = next(owner for base in bases if (owner := owner_of(base)) is not None)
        named = tuple(_named(base, models) for base in bases)
        made = models.define(Definition.of(name, named, namespace, keywords))
        if CELL in namespace:
            namespace[CELL].cell_contents = made  # Python checks it when the statement ends
        return made

    def __init__(
        cls,  # noqa: N805  # a metaclass
        name: str,
        bases: tuple[type[Any], ...],  # those of the statement; the class may have others
        namespace: dict[str, Any],
        build: bool = False,
        **keywords: Any,
    ) -> None:
        if build:
            super().__init__(name, cls.__bases__, namespace, **keywords)

    def __call__(cls, *args: Any, **keywords: Any) -> Any:  # noqa: N805  # a metaclass
        """Make an instance, of the class as it is now if this one is of a former generation."""
        models, asked = owner_of(cls), cast("type[SQLModel]", cls)
        return type.__call__(asked if models is None else models.living(asked), *args, **keywords)


def owner_of(value: Any) -> Owner | None:
    """Give the set of models that a class belongs to."""
    return getattr(value, OWNER, None) if isinstance(value, Recorder) else None


def root(models: Owner) -> type[SQLModel]:
    """Make the base class of a set, the one object that all of its generations derive from."""
    namespace = {
        "__module__": __name__,
        "__doc__": "The base class of a set of models.",
        "__repr_args__": _in_order,
        OWNER: models,
    }
    return built("Model", (SQLModel,), namespace)


def built(
    name: str, bases: tuple[type[Any], ...], namespace: dict[str, Any], **keywords: Any
) -> type[SQLModel]:
    """Build a class without recording it."""
    made: Any = Recorder(name, bases, namespace, build=True, **keywords)
    return cast("type[SQLModel]", made)


def _in_order(self: SQLModel) -> list[tuple[str | None, Any]]:
    """Show the fields in the order of the class: a query sets them in any order."""
    shown = SQLModel.__repr_args__(self)
    order = list(type(self).model_fields)
    return sorted(shown, key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _named(base: type[Any], models: Owner) -> type[Any] | ByName:
    if owner_of(base) is not models:
        return base
    name = name_of(base)
    return ByName() if base is models.Model else base if name is None else ByName(name)


def rebind(classes: Mapping[str, type[SQLModel]], owner: Owner) -> None:
    """Let each name that stands for a class of the set stand for the class given here.

    Changes the notebook (`__main__`), the module of each class, and the packages above it.
    """
    for name, cls in classes.items():
        for module in _homes(cls):
            bound = vars(module).get(name)
            if bound is not cls and owner_of(bound) is owner and name_of(bound) == name:
                setattr(module, name, cls)


def _homes(cls: type[SQLModel]) -> Iterator[ModuleType]:
    parts = cls.__module__.split(".")
    paths = {"__main__", *(".".join(parts[:end]) for end in range(1, len(parts) + 1))}
    for path in paths & sys.modules.keys():
        yield sys.modules[path]
