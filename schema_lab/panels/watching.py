"""What a panel follows while it is shown: the models, and what other programs change.

Nothing is followed while no browser shows the panel, and nothing runs in a thread.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema_lab.lab import Lab
    from schema_lab.models import ModelSet

EVERY = 3.0
"""Seconds between two looks at the files and at the database."""


class ModelWatcher:
    """Tells a panel that the models have changed, as long as the panel is shown.

    Parameters
    ----------
    models
        The models of the panel's lab.
    changed
        Shows the changes.
    """

    def __init__(self, models: ModelSet, changed: Callable[[], None]) -> None:
        self._models = models
        self._changed = changed
        self.on = False

    def start(self) -> None:
        """Watch the models from now on."""
        if not self.on:
            self.on = True
            self._models.watch(self._tell)

    def stop(self) -> None:
        """Stop watching."""
        self.on = False
        self._models.unwatch(self._tell)

    def _tell(self) -> None:
        self._changed()


class OutsideWatcher:
    """Tells a panel that the project's files or the database's revisions have changed.

    The kernel's own loop calls it, so that it never runs beside a cell. After a look that fails,
    as when the server is gone, it rests until the panel reads again: each try may take long.

    Parameters
    ----------
    lab
        The lab whose project and database are looked at.
    idle
        Tells whether the panel may read now.
    changed
        Shows the changes.
    """

    def __init__(self, lab: Lab, idle: Callable[[], bool], changed: Callable[[], None]) -> None:
        self._lab, self._idle, self._changed = lab, idle, changed
        self._next: asyncio.TimerHandle | None = None
        self._seen: object = None
        self.resting = False

    def start(self) -> None:
        """Look from now on; without a running loop, as in a script, do nothing."""
        self.stop()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._seen = self._now()
        self._next = loop.call_later(EVERY, self._look)

    def stop(self) -> None:
        """Stop looking."""
        if self._next is not None:
            self._next.cancel()
        self._next = None

    def _look(self) -> None:
        self._next = asyncio.get_running_loop().call_later(EVERY, self._look)
        if self.resting or not self._idle():
            return
        now = self._now()
        if now != self._seen:
            self._seen = now
            self._changed()
            self.resting = now is None

    def _now(self) -> object:
        """Give what is there now, or None where that cannot be read."""
        try:
            return self._lab.trace()
        except Exception:  # noqa: BLE001 - the look that follows shows it
            return None
