"""A press of a button: one at a time, a double click once, every failure shown."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

from ipywidgets import Button

DOUBLE_CLICK_SECONDS = 0.5
"""A second press of the same button, this soon after the first has ended, belongs to the first."""


class Presses:
    """Runs what the buttons of one panel are bound to.

    A kernel handles the second click of a double click after the first has ended, when the
    button is enabled again; so it is told by its time. A front end that uses subshells may
    send presses on several threads; one runs, the others are dropped.

    Parameters
    ----------
    busy
        Called with True before a press and with False after it.
    fail
        Shows a failure.
    refresh
        Shows where the lab stands after a press.
    """

    def __init__(
        self,
        busy: Callable[[bool], None],
        fail: Callable[[BaseException], None],
        refresh: Callable[[], None],
    ) -> None:
        self._busy = busy
        self._fail = fail
        self._refresh = refresh
        self._running = Lock()
        self._last: Button | None = None
        self._ended = 0.0

    def bind(self, button: Button, action: Callable[[], None]) -> None:
        """Let a press of `button` run `action`, then refresh the panel."""
        button.on_click(lambda _: self._press(button, action))

    def forget(self, *buttons: Button) -> None:
        """Take the next press of these buttons as a new one: what they mean has changed."""
        if self._last in buttons:
            self._last = None

    def guard(self, action: Callable[[], None]) -> None:
        """Run an action and show its failure, which a widget would lose."""
        try:
            action()
        except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 - shown in the panel
            self._fail(problem)

    def _press(self, button: Button, action: Callable[[], None]) -> None:
        if button.disabled or self._is_double_click(button):
            return
        if not self._running.acquire(blocking=False):
            return
        try:
            self._run(action)
        finally:
            self._last, self._ended = button, monotonic()
            self._running.release()

    def _run(self, action: Callable[[], None]) -> None:
        self._busy(True)
        try:
            self.guard(action)
            self.guard(self._refresh)
        finally:
            self._busy(False)

    def _is_double_click(self, button: Button) -> bool:
        return button is self._last and monotonic() - self._ended < DOUBLE_CLICK_SECONDS
