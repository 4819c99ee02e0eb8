"""A press of a button: one at a time, a double click once, every failure shown.

A failure is shown in the section of its button: the fact and the cure, unknown errors with details.
"""

from __future__ import annotations

from contextvars import copy_context
from threading import Lock, Thread, get_ident
from time import monotonic
from typing import TYPE_CHECKING

from schema_lab import views
from schema_lab.errors import CancelledError, SchemaLabError, on_panel
from schema_lab.panels.calls import Record
from schema_lab.panels.controls import show_words, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipywidgets import Button, VBox

DOUBLE_CLICK_SECONDS = 0.5
"""Within this time after a press has ended, a press of the same button is a double click."""


def by_person(button: Button) -> bool:
    """Tell whether a browser sent the current press; otherwise code called `click()`."""
    return bool(getattr(button, "by_person", False))


class Presses:
    """Runs what the buttons of one panel are bound to.

    A kernel handles the second click of a double click after the first press has ended, when the
    button is enabled again; so a double click is recognized by its time. Code that calls `click()`
    clicks once, so its next press counts if the last press failed. A front end that uses subshells
    may send presses on several threads; one press runs, the others are dropped. A press during a
    look waits until the look ends: the person could not see that anything ran.

    A kernel accepts no message while a handler runs. So a press that a person may want to cancel
    runs in a thread (`in_thread`) when a browser sent it; code that calls `click()` waits.

    Parameters
    ----------
    busy
        Called with True before a press and with False after it.
    fail
        Shows a failure.
    refresh
        Shows the current state after a press.
    look
        Shows what has changed without a press.
    """

    def __init__(
        self,
        busy: Callable[[bool], None],
        fail: Callable[[BaseException], None],
        refresh: Callable[[], None],
        look: Callable[[], None],
    ) -> None:
        self._busy = busy
        self._fail = fail
        self._refresh = refresh
        self._look = look
        self._changed = False
        self._running = Lock()
        self._looking: int | None = None
        self.record = Record()
        self.done = self.record.add
        self.pressed: Button | None = None
        self._last: Button | None = None
        self._failed = False
        self._ended = 0.0

    @property
    def busy(self) -> bool:
        """Whether a press runs, or what has changed is being read."""
        return self._running.locked()

    def bind(self, button: Button, action: Callable[[], None], *, in_thread: bool = False) -> None:
        """Let a press of `button` run `action`, then refresh the panel."""
        button.on_click(lambda _: self._press(button, action, in_thread))

    def forget(self, *buttons: Button) -> None:
        """Never take the next press of these buttons for a double click: their meaning changed."""
        if self._last in buttons:
            self._last = None

    def guard(self, action: Callable[[], None]) -> None:
        """Run an action and show its failure, which a widget would swallow."""
        try:
            action()
        except (Exception, KeyboardInterrupt) as problem:  # noqa: BLE001 - shown in the panel
            self._failed = True
            self._fail(problem)

    def changed(self) -> None:
        """Look at what has changed: immediately, or as soon as the press that runs has ended."""
        self._changed = True
        self._catch_up()

    def _catch_up(self) -> None:
        """Look for as long as something has changed; a press that runs does so when it ends."""
        while self._changed and self._running.acquire(blocking=False):
            try:
                self._changed, self._looking = False, get_ident()
                self.guard(self._look)
                self._busy(False)
            finally:
                self._looking = None
                self._running.release()

    def _press(self, button: Button, action: Callable[[], None], in_thread: bool) -> None:
        if button.disabled or self._is_double_click(button):
            return
        if not self._begin():
            return
        if button.disabled:  # the look has shown that it does not apply any longer
            self._running.release()
            return
        if in_thread and by_person(button):
            # The context links what the thread sends to the message of the browser.
            work = (copy_context().run, self._run, button, action)
            Thread(target=work[0], args=work[1:], name="schema_lab panel", daemon=True).start()
        else:
            self._run(button, action)

    def _begin(self) -> bool:
        """Begin a press: at once, or after a look on another thread; one press of those waiting."""
        former, waits = self._ended, self._looking not in (None, get_ident())
        if not self._running.acquire(blocking=waits):
            return False
        if self._ended != former:
            self._running.release()
            return False
        return True

    def _run(self, button: Button, action: Callable[[], None]) -> None:
        try:
            self._failed, self.pressed = False, button
            self._busy(True)
            self.guard(action)
            self._last = button  # now: what a person changes during the refresh lets it be pressed
            self.guard(self._refresh)
        finally:
            self._busy(False)
            self._ended = monotonic()
            self._running.release()
            self._catch_up()

    def _is_double_click(self, button: Button) -> bool:
        if self._failed and not by_person(button):
            return False
        return button is self._last and monotonic() - self._ended < DOUBLE_CLICK_SECONDS


class Failures:
    """Shows failures in the section of the button that was pressed.

    Parameters
    ----------
    sections
        The sections with buttons; the first section shows the failures that no press caused.
    answers
        Gives the boxes of the questions that are shown now, each with its own button.
    """

    def __init__(self, *sections: VBox, answers: Callable[[], Iterable[VBox]] = tuple) -> None:
        self.box = words()
        self._sections, self._answers = sections, answers
        self._home: VBox | None = None
        self._move_to(sections[0])
        self.clear()

    def clear(self, pressed: Button | None = None) -> None:
        """Show no failure, and move to the section of the button that was pressed."""
        show_words(self.box, "")
        if pressed is not None:
            every = (*self._answers(), *self._sections)
            holding = (section for section in every if pressed in _within(section))
            self._move_to(next(holding, self._sections[0]))

    def add(self, problem: BaseException) -> None:
        """Show a failure below the failures that the same press has already shown."""
        html = shown(problem)
        if html not in self.box.value:
            show_words(self.box, self.box.value + html)

    def _move_to(self, section: VBox) -> None:
        """Move to the end of a section, above its lines of code."""
        if section is self._home:
            return
        if self._home is not None:
            kept = (child for child in self._home.children if child is not self.box)
            self._home.children = tuple(kept)
        self._home = section
        section.children = (*section.children[:-1], self.box, section.children[-1])


def shown(problem: BaseException) -> str:
    """Give the HTML of a failure."""
    if isinstance(problem, CancelledError):
        lines = (f"<p>{views.html.escape(line)}</p>" for line in problem.args)
        return views.html.box("plain", *lines)
    if isinstance(problem, SchemaLabError):
        return views.html.alert(problem.fact, on_panel(problem.cure))
    now = "The panel shows the current state of the database."
    if isinstance(problem, KeyboardInterrupt):
        return views.html.alert("The run was interrupted.", now)
    details = f"{type(problem).__name__}: {problem}"
    return views.html.alert("An unexpected error occurred.", f"See the details. {now}", details)


def _within(box: VBox) -> Iterable[object]:
    for child in box.children:
        yield child
        yield from _within(child) if hasattr(child, "children") else ()
