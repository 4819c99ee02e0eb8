"""The end of a cell: the moment at which its models must hold together."""

from __future__ import annotations

import sys
import weakref
from typing import Any, Protocol

from schema_lab.errors import ModelError


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
