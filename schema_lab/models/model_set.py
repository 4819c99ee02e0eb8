"""The models of one lab: a base class whose cells can be run again and again.

- **generation**: the classes that were built together, in one registry.
- **settle**: make what the class statements said since the last time the current generation.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import MetaData, event
from sqlalchemy.orm import registry as Registry  # noqa: N812  # the class that events hand over
from sqlmodel import SQLModel

from schema_lab.errors import ModelError
from schema_lab.models.definitions import Definition, name_of
from schema_lab.models.generation import Generation
from schema_lab.models.names import rebind
from schema_lab.models.notebook import settle_after_each_cell
from schema_lab.models.recorder import root
from schema_lab.models.relations import (
    absent_relationships,
    check_back_populates,
    check_foreign_keys,
    waiting_sentences,
)


class ModelSet:
    """The models of one lab.

    A class statement over `Model` is recorded. Running it again, changed or not, builds all
    classes anew and frees the former ones, so that a removed column is gone.

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
        self._definitions: dict[str, Definition] = {}
        self._settled: dict[str, Definition] = {}
        self._current = Generation(self, self._definitions)
        self._proposed: Generation | None = None
        self._in_settle = False
        self._adopt()
        if seed is not None:
            seed.settle()
            self._definitions.update(seed._definitions)
            self._is_settled = False
            self.settle()

    # What a notebook reads; each settles first.

    @property
    def metadata(self) -> MetaData:
        """The tables of the current classes."""
        self.settle()
        return self._current.metadata

    @property
    def waiting(self) -> tuple[str, ...]:
        """One sentence for each relationship or foreign key whose other side is not defined yet."""
        self.settle()
        current = self._current
        return tuple(waiting_sentences(self._definitions, current.classes, current.metadata))

    def __getitem__(self, name: str) -> type[SQLModel]:
        self.settle()
        if name not in self._current.classes:
            raise self._unknown(name)
        return self._current.classes[name]

    def __contains__(self, name: object) -> bool:
        self.settle()
        return name in self._current.classes

    def __iter__(self) -> Iterator[str]:
        self.settle()
        return iter(tuple(self._definitions))

    def __len__(self) -> int:
        return len(tuple(iter(self)))

    def __repr__(self) -> str:
        return f"ModelSet({', '.join(self._definitions)})"

    # What a class statement does.

    def define(self, definition: Definition) -> type[SQLModel]:
        """Record a class statement and give its class.

        Raises
        ------
        ModelError
            If the class cannot be built; nothing is recorded.
        """
        if definition.is_derived_from_itself:
            return (self._proposed or self._current).build(definition)
        generation = self._open(definition.name)
        try:
            made = generation.build(definition)
        except ModelError:
            self._undo(generation)
            raise
        self._definitions[definition.name] = definition
        self._is_settled = False
        settle_after_each_cell(self)
        return made

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
        if name not in self._current.classes:
            raise ModelError(
                f"{name} is no longer among the models.", "Run the cell that defines it again."
            )
        return self._current.classes[name]

    def forget(self, name: str) -> None:
        """Remove a class from the models; relationships to it wait for a new definition.

        Raises
        ------
        ModelError
            If there is no such class, or if another class derives from it.
        """
        self.settle()
        if name not in self._definitions:
            raise self._unknown(name)
        del self._definitions[name]
        self._propose()
        self._is_settled = False
        self.settle()

    def settle(self) -> None:
        """Make the definitions since the last settling the current models.

        Raises
        ------
        ModelError
            If they do not hold together; the former models stay current.
        """
        if self._is_settled or self._in_settle:
            return
        self._in_settle = True
        try:
            self._complete()
            (self._proposed or self._current).configure()
            self._adopt()
        except ModelError:
            self._discard()
            raise
        finally:
            self._in_settle = False

    # How one generation follows another.

    def _open(self, name: str) -> Generation:
        """Give the generation that a class statement goes into."""
        proposed = self._proposed
        if name in self._definitions and (proposed is None or name in proposed.classes):
            return self._propose()
        return proposed or self._current

    def _propose(self) -> Generation:
        """Open a generation that is to follow the current one."""
        self._drop_proposed()
        absent = absent_relationships(self._definitions)
        proposed = Generation(self, self._definitions, absent)
        event.listen(proposed.registry, "before_configured", self._before_use)
        event.listen(proposed.registry, "after_configured", self._after_use)
        self._proposed = proposed
        return proposed

    def _drop_proposed(self) -> None:
        if self._proposed is not None:
            self._proposed.dispose()
            self._proposed = None

    def _undo(self, generation: Generation) -> None:
        """Leave no trace of a class statement that failed."""
        if not generation.is_sound:
            self._propose()
            self._is_settled = False
        elif self._is_settled:
            self._drop_proposed()

    def _complete(self) -> None:
        """Build what is missing in the generation that is to be current, and check it."""
        generation = self._proposed or self._current
        if absent_relationships(self._definitions) != generation.absent:
            generation = self._propose()
        generation.replay(self._current)
        check_back_populates(self._definitions, generation.classes)
        check_foreign_keys(generation.metadata, generation.classes)
        rebind(generation.classes, self)

    def _adopt(self) -> None:
        """Make the proposed generation, if there is one, the current one."""
        if self._proposed is not None:
            former, self._current, self._proposed = self._current, self._proposed, None
            former.dispose()
        self.Model.metadata = self._current.metadata
        self._settled = dict(self._definitions)
        self._is_settled = True

    def _discard(self) -> None:
        """Go back to the definitions that were settled last."""
        self._drop_proposed()
        self._definitions.clear()
        self._definitions.update(self._settled)
        if self._current.classes.keys() != self._settled.keys():
            self._propose()
            self._complete()
            self._proposed.configure()
        rebind(self._current.classes, self)
        self._adopt()

    def _before_use(self, registry: Registry) -> None:
        """Complete the proposed classes when a query in the same cell uses them."""
        if self._is_proposed(registry):
            self._proposed.replay(self._current)
            rebind(self._proposed.classes, self)

    def _after_use(self, registry: Registry) -> None:
        if self._is_proposed(registry):
            self._adopt()

    def _is_proposed(self, registry: Registry) -> bool:
        """Whether SQLAlchemy itself configures the proposed generation, outside `settle`."""
        proposed = self._proposed
        return not self._in_settle and proposed is not None and proposed.registry is registry

    def _unknown(self, name: str) -> ModelError:
        known = ", ".join(self._definitions)
        return ModelError(
            f"There is no model named {name}.",
            f"The models are: {known}." if known else "No model is defined yet.",
        )
