"""The names that a notebook or a module has given to classes, kept up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from types import ModuleType

from sqlmodel import SQLModel

from schema_lab.models.definitions import name_of
from schema_lab.models.recorder import Owner, owner_of


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
