"""A press of a button: one at a time, a double click once, every failure shown."""

from collections.abc import Callable
from contextvars import copy_context
from threading import Lock, Thread
from time import monotonic

from ipywidgets import Button

from schema_lab.panels.calls import Record

DOUBLE_CLICK_SECONDS = 0.5
"""A second press of the same button, this soon after the first has ended, belongs to the first."""


def by_person(button: Button) -> bool:
    """Tell whether a browser sends the press that is being handled; else code calls click()."""
    return bool(getattr(button, "by_person", False))


class Presses:
    """Runs what the buttons of one panel are bound to.

    A kernel handles the second click of a double click after the first has ended, when the
    button is enabled again; so it is told by its time. Code that calls `click()` clicks once, so
    its next press counts where the last one has failed. A front end that uses subshells may
    send presses on several threads; one runs, the others are dropped.

    A kernel takes no message while a handler runs. So what a person may want to cancel runs in
    a thread of its own (`aside`) when a browser sent the press; code that calls `click()` waits.

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
        self.busy = False
        self.record = Record()
        self.done = self.record.add
        self.pressed: Button | None = None
        self._last: Button | None = None
        self._failed = False
        self._ended = 0.0

    def bind(self, button: Button, action: Callable[[], None], *, aside: bool = False) -> None:
        """Let a press of `button` run `action`, then refresh the panel."""
        button.on_click(lambda _: self._press(button, action, aside))

    def forget(self, *buttons: Button) -> None:
        """Take the next press of these buttons as a new one: what they mean has changed."""
        if self._last in buttons:
            self._last = None

    def guard(self, action: Callable[[], None]) -> None:
        """Run an action and show its failure, which a widget would lose."""
        try:
            action()
        except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 - shown in the panel
            self._failed = True
            self._fail(problem)

    def _press(self, button: Button, action: Callable[[], None], aside: bool) -> None:
        if button.disabled or self._is_double_click(button):
            return
        if not self._running.acquire(blocking=False):
            return
        if aside and by_person(button):
            # The context says to which message of the browser what the thread sends belongs.
            work = (copy_context().run, self._run, button, action)
            Thread(target=work[0], args=work[1:], name="schema_lab panel", daemon=True).start()
        else:
            self._run(button, action)

    def _run(self, button: Button, action: Callable[[], None]) -> None:
        try:
            self._failed, self.pressed = False, button
            self._say_busy(True)
            self.guard(action)
            self.guard(self._refresh)
        finally:
            self._say_busy(False)
            self._last, self._ended = button, monotonic()
            self._running.release()

    def _say_busy(self, busy: bool) -> None:
        self.busy = busy
        self._busy(busy)

    def _is_double_click(self, button: Button) -> bool:
        if self._failed and not by_person(button):
            return False
        return button is self._last and monotonic() - self._ended < DOUBLE_CLICK_SECONDS
