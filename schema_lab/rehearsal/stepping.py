"""Step through a migration on a throwaway copy: a debugger that changes nothing."""

from __future__ import annotations

import weakref
from contextlib import ExitStack

from schema_lab.history import Environment
from schema_lab.migrate import Baton, Steps
from schema_lab.rehearsal.choosing import choose
from schema_lab.rehearsal.copies import module_of, sweep
from schema_lab.rehearsal.stage import dressed
from schema_lab.rehearsal.way import Way


class CopySteps(Steps):
    """The steps of a migration on a copy, which is gone with `close()` or with the steps.

    `made` says how the copy was made.

    Parameters
    ----------
    environment
        The project and its database, which is only read.
    target
        As for an upgrade or a downgrade.

    Raises
    ------
    SchemaLabError
        When there is no such way, or no copy can be made.
    """

    def __init__(self, environment: Environment, target: str) -> None:
        sweep(environment)
        way = Way.to(environment, target)
        module, large = module_of(environment), choose(environment, None).how == "sample"
        with ExitStack() as making:
            copy = making.enter_context((module.sample if large else module.copy)(environment))
            super().__init__(dressed(environment, copy), way.direction, target)
            copies = making.pop_all()
        self.made: str = copy.made
        self._finalizer.detach()
        self._finalizer = weakref.finalize(self, _end, self._baton, copies)


def _end(baton: Baton, copies: ExitStack) -> None:
    """Leave the migration, then remove its copy."""
    baton.abandon()
    copies.close()
