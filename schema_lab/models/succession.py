"""How one generation of classes follows another.

- **current**: the generation that sessions use.
- **proposed**: the one that is to follow, begun by the redefinition of a class.
- **settled**: the definitions that held together last, and to which a failure goes back.
"""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import registry as Registry  # noqa: N812  # a class, named like one
from sqlmodel import SQLModel

from schema_lab.errors import ModelError
from schema_lab.models.definitions import Definition
from schema_lab.models.generation import Generation
from schema_lab.models.names import rebind
from schema_lab.models.recorder import Owner
from schema_lab.models.relations import (
    Absent,
    absent_relationships,
    check_foreign_keys,
    check_relationships,
)


class Succession:
    """The generations of one set of models.

    Parameters
    ----------
    owner : Owner
        The set of models; the names of its classes are kept up to date.
    """

    def __init__(self, owner: Owner) -> None:
        self.definitions: dict[str, Definition] = {}
        self.current = Generation(owner, self.definitions)
        self._owner = owner
        self._proposed: Generation | None = None
        self._settled: dict[str, Definition] = {}
        self._modules: dict[str, str] = {}
        self._is_settled = True
        self._in_settle = False

    def start_from(self, other: Succession) -> None:
        """Build the definitions and tables of another set."""
        self.definitions.update(other.definitions)
        self.current.copy_tables_without_class(other.current)
        self._is_settled = False
        self.settle()

    def define(self, definition: Definition) -> type[SQLModel]:
        """Build the class of a class statement and record it.

        Raises
        ------
        ModelError
            If the class cannot be built; nothing is recorded.
        """
        if definition.is_derived_from_itself:
            return (self._proposed or self.current).build(definition)
        self._refuse_namesake(definition)
        generation = self._open(definition)
        try:
            made = generation.build(definition)
        except ModelError:
            self._undo(generation)
            raise
        self.definitions[definition.name] = definition
        self._modules[definition.name] = definition.module
        self._is_settled = False
        return made

    def remove(self, name: str) -> None:
        """Take a definition out."""
        del self.definitions[name]
        self._propose(absent_relationships(self.definitions))
        self._is_settled = False

    def settle(self) -> None:
        """Make the definitions since the last settling the current generation.

        Raises
        ------
        ModelError
            If they do not hold together; the former definitions are back.
        """
        if self._is_settled or self._in_settle:
            return
        self._in_settle = True
        try:
            self._adopt(self._completed())
        except ModelError:
            self._go_back()
            raise
        finally:
            self._in_settle = False

    def _refuse_namesake(self, definition: Definition) -> None:
        """Raise a ModelError when two modules define a class of the same name.

        The second would take the place of the first, whose table would then seem to be gone. A
        notebook may redefine the class of a module, and any statement one that came with a seed.
        """
        name, second = definition.name, definition.module
        first = self._modules.get(name, second) if name in self.definitions else second
        if first != second and "__main__" not in (first, second):
            raise ModelError(
                f"Two modules define a class named {name}: {first} and {second}.",
                "Give one of the two another name.",
            )

    def _open(self, definition: Definition) -> Generation:
        """Give the generation that a class statement goes into.

        A class that is there already, and one that others wait for, begin a new generation.
        """
        name, open_now = definition.name, self._proposed or self.current
        absent = absent_relationships({**self.definitions, name: definition}) & open_now.absent
        is_there = name in (self.definitions if self._proposed is None else open_now.classes)
        return self._propose(absent) if is_there or absent != open_now.absent else open_now

    def _propose(self, absent: Absent) -> Generation:
        self._drop_proposed()
        proposed = Generation(self._owner, self.definitions, absent)
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
            self._propose(absent_relationships(self.definitions))
            self._is_settled = False
        elif self._is_settled:
            self._drop_proposed()

    def _completed(self) -> Generation:
        """Build what is missing in the generation that is to be current, and check it."""
        generation = self._proposed or self.current
        absent = absent_relationships(self.definitions)
        if absent != generation.absent:
            generation = self._propose(absent)
        generation.replay(self.current)
        check_relationships(self.definitions, generation.classes, generation.absent)
        check_foreign_keys(generation.metadata, generation.classes)
        rebind(generation.classes, self._owner)  # first: a relationship may hold a lambda
        generation.configure()
        return generation

    def _adopt(self, generation: Generation) -> None:
        former, self.current, self._proposed = self.current, generation, None
        self._owner.Model.metadata = generation.metadata
        self._settled = dict(self.definitions)
        self._is_settled = True
        if former is not generation:
            former.dispose()

    def _go_back(self) -> None:
        """Return to the definitions that were settled last."""
        self._drop_proposed()
        self.definitions.clear()
        self.definitions.update(self._settled)
        if self.current.classes.keys() != self._settled.keys() or not self.current.is_sound:
            self._propose(absent_relationships(self.definitions))
            self._adopt(self._completed())
        self._is_settled = True
        rebind(self.current.classes, self._owner)

    def _before_use(self, registry: Registry) -> None:
        """Build what is missing when a query uses classes before the cell has ended."""
        proposed = self._proposed
        if proposed is not None and proposed.registry is registry and not self._in_settle:
            proposed.replay(self.current)
            rebind(proposed.classes, self._owner)

    def _after_use(self, registry: Registry) -> None:
        proposed = self._proposed
        if proposed is None or proposed.registry is not registry or self._in_settle:
            return
        if absent_relationships(self.definitions) == proposed.absent:
            self._adopt(proposed)
