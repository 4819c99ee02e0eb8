"""The models of one lab: a base class whose cells can be run again and again."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from schema_lab.errors import ModelError
from schema_lab.models.definitions import Definition, name_of
from schema_lab.models.notebook import settle_after_each_cell
from schema_lab.models.recorder import root
from schema_lab.models.relations import waiting_sentences
from schema_lab.models.succession import Succession


class ModelSet:
    """The models of one lab.

    A class statement over `Model` is recorded. Running it again, changed or not, builds all
    classes anew and frees the former ones, so that a removed column is gone. Objects made before
    belong to the former classes: load them again. Names follow their classes, in the notebook and
    in the modules of the classes; what a decorator or an event listener added does not.

    Parameters
    ----------
    seed : ModelSet, optional
        A set to start from: its definitions are built again, in a registry of this set's own.

    Examples
    --------
    >>> from schema_lab.models import Field, ModelSet
    >>> models = ModelSet()
    >>> class Team(models.Model, table=True):
    ...     id: int | None = Field(default=None, primary_key=True)
    ...     name: str
    >>> class Team(models.Model, table=True):
    ...     id: int | None = Field(default=None, primary_key=True)
    >>> models.metadata.tables["team"].columns.keys()
    ['id']
    >>> models
    ModelSet(Team)
    """

    def __init__(self, seed: ModelSet | None = None) -> None:
        self.Model: type[SQLModel] = root(self)
        self._generations = Succession(self)
        self._watchers: list[weakref.WeakMethod[Callable[[], None]]] = []
        self._changes = self._told = 0  # class statements and removals
        self.Model.metadata = self._generations.current.metadata
        if seed is not None:
            seed.settle()
            self._generations.start_from(seed._generations)

    def settle(self) -> None:
        """Make the class statements since the last settling the current models.

        Every property settles first; a notebook does so at the end of each cell.

        Raises
        ------
        ModelError
            If they do not hold together; the former models stay current.
        """
        self._generations.settle()

    def watch(self, changed: Callable[[], None]) -> None:
        """Call a bound method at the end of each cell that has changed the models.

        Outside IPython no cell ends: there, `announce()` tells. A method whose object is gone is
        let go.
        """
        self.unwatch(changed)
        self._watchers.append(weakref.WeakMethod(changed))

    def unwatch(self, changed: Callable[[], None]) -> None:
        """Call a method no longer."""
        self._watchers = [one for one in self._watchers if one() not in (changed, None)]

    def announce(self) -> None:
        """Tell those who watch that the models have changed, if they have since the last time."""
        if self._told == self._changes:
            return
        self._told = self._changes
        for one in list(self._watchers):
            living = one()
            if living is not None:
                living()

    @property
    def metadata(self) -> MetaData:
        """The tables of the current models."""
        self.settle()
        return self._generations.current.metadata

    @property
    def waiting(self) -> tuple[str, ...]:
        """One sentence for each relationship or foreign key whose other side is not defined yet.

        Examples
        --------
        >>> from schema_lab.models import Field, ModelSet
        >>> models = ModelSet()
        >>> class Hero(models.Model, table=True):
        ...     id: int | None = Field(default=None, primary_key=True)
        ...     team_id: int = Field(foreign_key="team.id")
        >>> models.waiting
        ('Hero.team_id waits for a table named team',)
        """
        self.settle()
        now = self._generations.current
        definitions = self._generations.definitions
        return tuple(waiting_sentences(definitions, now.metadata, now.owner))

    def forget(self, name: str) -> None:
        """Remove a class from the models; relationships to it wait for a new definition.

        Raises
        ------
        ModelError
            If there is no such class, or if another class derives from it.
        """
        self.settle()
        if name not in self._generations.definitions:
            raise self._unknown(name)
        self._generations.remove(name)
        self._changes += 1
        self.settle()

    def __getitem__(self, name: str) -> type[SQLModel]:
        self.settle()
        found = self._generations.current.standing(name)
        if found is None:
            raise self._unknown(name)
        return found

    def __contains__(self, name: object) -> bool:
        self.settle()
        return name in self._generations.definitions

    def __iter__(self) -> Iterator[str]:
        self.settle()
        return iter(list(self._generations.definitions))

    def __len__(self) -> int:
        self.settle()
        return len(self._generations.definitions)

    def __repr__(self) -> str:
        return f"ModelSet({', '.join(self._generations.definitions)})"

    def define(self, definition: Definition) -> type[SQLModel]:
        """Record a class statement and give its class; the statement itself calls this.

        Raises
        ------
        ModelError
            If the class cannot be built; nothing is recorded.
        """
        settle_after_each_cell(self)
        self._changes += 1
        return self._generations.define(definition)

    def living(self, cls: type[SQLModel]) -> type[SQLModel]:
        """Give the class that stands now for a class of any generation.

        Raises
        ------
        ModelError
            If no definition of that name is left.
        """
        name = name_of(cls)
        if name is None or not cls.model_config.get("table"):
            return cls
        self.settle()
        found = self._generations.current.standing(name)
        if found is None:
            raise ModelError(
                f"{name} is no longer among the models.", "Run the cell that defines it again."
            )
        return found

    def _unknown(self, name: str) -> ModelError:
        known = ", ".join(self._generations.definitions)
        return ModelError(
            f"There is no model named {name}.",
            f"The models are: {known}." if known else "No model is defined yet.",
        )
