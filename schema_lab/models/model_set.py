"""The models of a lab: a base class whose cells can be run again and again.

At the end of a cell, its models must hold together.
"""

from __future__ import annotations

import sys
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from sqlalchemy import MetaData, event
from sqlmodel import SQLModel

from schema_lab.errors import ModelError
from schema_lab.models.definitions import Definition, name_of
from schema_lab.models.guests import Guests
from schema_lab.models.links import waiting_sentences
from schema_lab.models.recorder import root
from schema_lab.models.succession import Succession


class Settling(Protocol):
    """What is settled at the end of a cell: a set of models."""

    def settle(self) -> None:
        """Make the new definitions current, or raise a ModelError."""

    def announce(self) -> None:
        """Tell those who watch, if something has changed."""


_WATCHED: weakref.WeakSet[Settling] = weakref.WeakSet()


def settle_after_each_cell(models: Settling) -> None:
    """Settle a set of models at the end of this and each later cell; outside IPython, do nothing.

    A ModelError appears in the cell and marks it as failed. A set that nobody holds is let go.
    """
    shell = _shell()
    if shell is None or models in _WATCHED:
        return
    _WATCHED.add(models)
    reference = weakref.ref(models)

    def end_of_cell(result: Any) -> None:
        living = reference()
        if living is None:
            shell.events.unregister("post_run_cell", end_of_cell)
        else:
            _settle_in_cell(living, shell, result)

    shell.events.register("post_run_cell", end_of_cell)


def _shell() -> Any:
    """Give the running IPython shell, without importing IPython for it."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def _settle_in_cell(models: Settling, shell: Any, result: Any) -> None:
    try:
        models.settle()
    except ModelError as error:
        if result is not None and not isinstance(result.error_in_exec, ModelError):
            result.error_in_exec = error
            shell.showtraceback((type(error), error, error.__traceback__))
    else:
        models.announce()


_MADE: weakref.WeakSet[ModelSet] = weakref.WeakSet()


def _tell_of_nothing_to_create(target: MetaData, *rest: Any, **options: Any) -> None:
    """Warn when `SQLModel.metadata.create_all` creates nothing though a set has models."""
    if not target.tables and any(len(models) for models in _MADE):
        warnings.warn(
            "SQLModel.metadata has no tables: the models are on `lab.Model`. "
            "Use `lab.Model.metadata.create_all(engine)`, or `lab.upgrade()`.",
            stacklevel=2,
        )


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
    guests : Guests, optional
        The tables and classes of a project, to which foreign keys and relationships may point.

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

    def __init__(self, seed: ModelSet | None = None, guests: Guests | None = None) -> None:
        self.guests = guests or Guests()
        self.Model: type[SQLModel] = root(self)
        self._generations = Succession(self)
        self._watchers: list[weakref.WeakMethod[Callable[[], None]]] = []
        self._changes = self._told = 0  # class statements and removals
        self.Model.metadata = self._generations.current.metadata
        if seed is not None:
            seed.settle()
            self._generations.start_from(seed._generations)
        current = self._generations.current
        self._seeded = dict(self._generations.definitions)
        self._seeded_tables = {key: current.owner(key) for key in current.metadata.tables}

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
        self._watchers = [watcher for watcher in self._watchers if watcher() not in (changed, None)]

    def announce(self) -> None:
        """Tell those who watch that the models have changed, if they have since the last time."""
        if self._told == self._changes:
            return
        self._told = self._changes
        for watcher in list(self._watchers):
            living = watcher()
            if living is not None:
                living()

    @property
    def metadata(self) -> MetaData:
        """The tables of the current models."""
        self.settle()
        return self._generations.current.metadata

    def updated(self, seed: MetaData) -> MetaData:
        """Give the tables of these models, those of the seed's classes as they are now elsewhere.

        Parameters
        ----------
        seed
            The tables of the seed's classes today; a class that was defined again or forgotten
            since keeps its own table, or none.
        """
        mine, current = self.metadata, self._generations.current
        kept = {
            name
            for name, definition in self._generations.definitions.items()
            if self._seeded.get(name) is definition
        }
        replaced = {key for key, name in self._seeded_tables.items() if name and name not in kept}
        own = {key for key in mine.tables if current.owner(key) not in kept}
        own -= {key for key, name in self._seeded_tables.items() if name is None}
        merged = MetaData(naming_convention=mine.naming_convention)
        for key, table in seed.tables.items():
            if key not in replaced | own:
                table.to_metadata(merged)
        for key in own:
            mine.tables[key].to_metadata(merged)
        return merged

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
        return tuple(waiting_sentences(definitions, now.metadata, now.owner, self.guests.classes))

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

    def classes(self, *others: Any) -> tuple[type[SQLModel], ...]:
        """List the classes with a table: those of other metadata first, then the current ones."""
        known = [table for metadata in others for table in _tables_of(metadata)]
        foreign = [cls for cls in _below(SQLModel) if any(_table(cls) is each for each in known)]
        own = [self[name] for name in self]
        return tuple(cls for cls in (*foreign, *own) if _table(cls) is not None)

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
        if not event.contains(SQLModel.metadata, "before_create", _tell_of_nothing_to_create):
            event.listen(SQLModel.metadata, "before_create", _tell_of_nothing_to_create)
        _MADE.add(self)
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


def _tables_of(metadata: Any) -> list[Any]:
    parts = metadata if isinstance(metadata, list) else [metadata]
    return [table for part in parts if part is not None for table in part.tables.values()]


def _below(cls: type[Any]) -> Iterator[type[Any]]:
    for derived in cls.__subclasses__():
        yield derived
        yield from _below(derived)


def _table(cls: type[Any]) -> Any:
    return getattr(cls, "__table__", None)
