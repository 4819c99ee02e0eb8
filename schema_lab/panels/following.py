"""Follow the models while a panel is shown: no thread, no clock, nothing when it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema_lab.models import ModelSet


class Following:
    """Tells a panel that the models have changed, for as long as somebody can see it.

    Parameters
    ----------
    models
        The models of the panel's lab.
    changed
        Shows what has changed.
    """

    def __init__(self, models: ModelSet, changed: Callable[[], None]) -> None:
        self._models = models
        self._changed = changed
        self.on = False

    def start(self) -> None:
        """Follow from now on."""
        if not self.on:
            self.on = True
            self._models.watch(self._tell)

    def stop(self) -> None:
        """Follow no longer."""
        self.on = False
        self._models.unwatch(self._tell)

    def _tell(self) -> None:
        self._changed()
