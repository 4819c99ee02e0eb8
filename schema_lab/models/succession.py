"""How classes follow one another.

- **current**: the generation that stands, and that sessions use.
- **proposed**: what is to replace a part of it, begun by the redefinition of a class.
- **touched**: the names of the classes that were defined or removed since the last settling.
- **settled**: the definitions that held together last, and to which a failure goes back.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import registry as Registry  # noqa: N812  # a class, named like one
from sqlmodel import SQLModel

from schema_lab.compat.sqlalchemy_private import listen_to_configuration
from schema_lab.errors import ModelError
from schema_lab.models.definitions import Definition
from schema_lab.models.explain import refuse_namesake
from schema_lab.models.generation import Generation
from schema_lab.models.links import (
    Links,
    absent_relationships,
    check_foreign_keys,
    check_relationships,
)
from schema_lab.models.recorder import Owner, rebind
from schema_lab.models.tables import bare, concerned, copied_into


class Succession:
    """The classes of one set of models, and what follows them.

    Parameters
    ----------
    owner : Owner
        The set of models; the names of its classes are kept up to date.
    """

    def __init__(self, owner: Owner) -> None:
        self.definitions: dict[str, Definition] = {}
        self._owner = owner
        self.current = Generation(owner, self.definitions, self._absent)
        self._proposed: Generation | None = None
        self._links = Links()
        self._settled: dict[str, Definition] = {}
        self._touched: set[str] = set()
        self._modules: dict[str, str] = {}
        self._is_settled = True
        self._in_settle = False

    def start_from(self, other: Succession) -> None:
        """Build the definitions and tables of another set."""
        for definition in other.definitions.values():
            self._record(definition)
        for table in bare(other.current.metadata, other.current.owner):
            copied_into(table, self.current.metadata)
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
        if definition.name in self.definitions:
            refuse_namesake(definition, self._modules.get(definition.name))
        self._owner.guests.share(self.current.metadata)
        former, is_quiet = self.definitions.get(definition.name), self._is_settled
        kin = self._kin([definition.name])
        self._record(definition)
        generation = self._open(definition, former, kin | self._kin([definition.name]))
        try:
            made = generation.build(definition, self._left_out(definition.name))
        except ModelError:
            self._undo(definition.name, former, is_quiet)
            raise
        self._listen(generation, definition.name)
        self._modules[definition.name] = definition.module
        return made

    def remove(self, name: str) -> None:
        """Take a definition out."""
        kin = self._kin([name])
        self._record(name)
        self._propose().widen(kin)

    def settle(self) -> None:
        """Make the definitions since the last settling the current models.

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

    def _absent(self, name: str) -> frozenset[str]:
        known = name in self.definitions
        outside = self._owner.guests.classes
        return absent_relationships(name, self.definitions, outside) if known else frozenset()

    def _kin(self, names: Iterable[str]) -> set[str]:
        return self._links.kin(names, self._proposed or self.current)

    def _left_out(self, name: str) -> frozenset[str]:
        """Give what a class statement leaves out: what was left out before, and still must be.

        What else it needs may follow in the same cell.
        """
        there = self.current.built.get(name)
        return self._absent(name) & there.absent if there else frozenset()

    def _record(self, changed: Definition | str) -> None:
        """Put a definition in, or take one out."""
        name = changed if isinstance(changed, str) else changed.name
        if isinstance(changed, str):
            self.definitions.pop(name, None)
            self._links.remove(name)
        else:
            self.definitions[name] = changed
            self._links.put(changed)
        self._touched.add(name)
        self._is_settled = False

    def _open(self, definition: Definition, former: Definition | None, kin: set[str]) -> Generation:
        """Give the generation that a class statement goes into.

        A class that is there already, one that others wait for, and one that adds an attribute to
        another begin to replace what stands; any other joins it.
        """
        open_now = self._proposed or self.current
        built = {name: each for name in kin if (each := open_now.found(name)) is not None}
        awaited = {name for name, each in built.items() if each.absent - self._absent(name)}
        joins = former is None and not awaited and not definition.adds_to_others
        if joins and self._proposed is None:
            return self.current
        proposed = self._propose()
        proposed.widen(kin)
        if definition.name in proposed.built or awaited & proposed.built.keys():
            proposed.discard(list(proposed.built))
        return proposed

    def _propose(self) -> Generation:
        if self._proposed is None:
            self._proposed = Generation(
                self._owner, self.definitions, self._absent, former=self.current
            )
        return self._proposed

    def _listen(self, generation: Generation, name: str) -> None:
        """Complete what is proposed when a query uses one of its classes within the cell."""
        if generation is self._proposed:
            registry = generation.built[name].registry
            listen_to_configuration(registry, self._before_use, self._after_use)

    def _drop_proposed(self) -> None:
        if self._proposed is not None:
            self._proposed.discard(list(self._proposed.built))
            self._proposed = None

    def _undo(self, name: str, former: Definition | None, is_quiet: bool) -> None:
        """Leave no trace of a class statement that failed."""
        self._record(name if former is None else former)
        if is_quiet:
            self._drop_proposed()
            self._touched.clear()
            self._is_settled = True

    def _completed(self) -> Generation:
        """Build what is missing, and check all that the touched classes have to do with."""
        scope = self._kin(self._touched)
        generation = self._proposed or self.current
        if changed := self._changed(scope, generation):
            generation = self._propose()
            generation.widen(kin := self._kin(changed))
            generation.discard(kin)
        generation.replay()
        there = [name for name in self.definitions if name in scope]
        here = sorted(there, key=lambda name: name not in self._touched)  # those at fault first
        check_relationships(here, self.definitions, generation.standing, self._owner.guests.classes)
        keys = {key for name in scope for key in generation.keys_of(name)}
        pointing = concerned(generation.metadata, self.current.metadata, keys)
        check_foreign_keys(pointing, generation.metadata, generation.owner)
        rebind(generation.named(here), self._owner)  # first: a lambda may say a name
        generation.configure(here)
        return generation

    def _changed(self, scope: set[str], generation: Generation) -> set[str]:
        """Give the classes that are built with other relationships than they must have now."""
        built = {name: generation.found(name) for name in scope & self.definitions.keys()}
        return {
            name for name, model in built.items() if model and model.absent != self._absent(name)
        }

    def _adopt(self, generation: Generation) -> None:
        if generation is not self.current:
            self.current.take(generation)
        self._proposed = None
        self._settled = dict(self.definitions)
        self._touched.clear()
        self._is_settled = True

    def _go_back(self) -> None:
        """Return to the definitions that were settled last."""
        renamed = self._touched | (self._proposed.stale if self._proposed else set())
        self._drop_proposed()
        joined = {
            name
            for name in self._touched & self.current.built.keys()
            if self.current.built[name].definition is not self._settled.get(name)
        }
        kin = self._kin(joined)
        self.current.discard(joined)
        for name in set(self._touched):
            self._record(self._settled.get(name, name))
        self.definitions.clear()
        self.definitions.update(self._settled)
        if kin & self.definitions.keys():
            self._propose().widen(kin)
            self._touched = kin
            self._adopt(self._completed())
        self._touched.clear()
        self._is_settled = True
        rebind(self.current.named(renamed | kin), self._owner)

    def _before_use(self, registry: Registry) -> None:
        """Build what is missing when a query uses classes before the cell has ended."""
        proposed = self._proposed
        if proposed is not None and not self._in_settle and proposed.holds(registry):
            proposed.replay()
            rebind(proposed.named(proposed.built), self._owner)

    def _after_use(self, registry: Registry) -> None:
        proposed = self._proposed
        if proposed is None or self._in_settle or not proposed.holds(registry):
            return
        if not self._changed(self._kin(self._touched), proposed):
            self._adopt(proposed)
