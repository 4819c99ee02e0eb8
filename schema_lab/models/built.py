"""A class as it was built, and the names that it can speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Table
from sqlalchemy.orm import registry as Registry  # noqa: N812  # a class, named like one
from sqlmodel import SQLModel

from schema_lab.models.definitions import Definition


class Standing(Protocol):
    """What knows the classes of a set by name."""

    def standing(self, name: str) -> type[SQLModel] | None:
        """Give the class of a name, if it is built."""


class Namespace(dict[str, Any]):
    """The names that a text in the relationships of one class can speak of."""

    def __init__(self, generation: Standing) -> None:
        super().__init__()
        self.generation = generation

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or self.generation.standing(str(name)) is not None

    def __missing__(self, name: str) -> Any:
        found = self.generation.standing(name)
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
