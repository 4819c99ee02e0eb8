"""Snapshots: take a copy of the database, and restore one; what was written since is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipywidgets import Checkbox, Dropdown, Layout

from schema_lab import views
from schema_lab.panels import calls
from schema_lab.panels.controls import button, heading, row, section, show, show_words, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Button

    from schema_lab.database.snapshots import Snapshot
    from schema_lab.lab import Lab
    from schema_lab.panels.presses import Presses


class SnapshotSection:
    """Lists the snapshots, names the newest, and restores the selected one after a tick.

    Parameters
    ----------
    lab
        The lab whose database is saved and restored.
    presses
        What runs the buttons.
    begins
        Called before a restore.
    moved
        Called after a restore has changed the database.
    """

    def __init__(
        self, lab: Lab, presses: Presses, begins: Callable[[], None], moved: Callable[[], None]
    ) -> None:
        self._lab, self._presses, self._begins, self._moved = lab, presses, begins, moved
        self._kept: dict[str, Snapshot] = {}
        self._known: frozenset[str] | None = None
        self._loading = False
        self.chooser = Dropdown(
            options=[],
            description="Snapshot",
            tooltip="A saved copy of the database: its revision, its size, its age and its label",
            layout=Layout(width="auto", flex="0 1 460px", margin="0"),
        )
        self.take_button = button(
            "Take snapshot", "Save a copy of the database that you can restore later"
        )
        self.restore_button = button(
            "Restore", "Replace the contents of the database with the selected snapshot"
        )
        self.tick = Checkbox(
            value=False,
            indent=False,
            tooltip="Accept this loss. Nothing is restored until you do.",
            layout=Layout(width="auto"),
        )
        self.said_box, self.call_box = words(), words()
        self._chosen_row = row(self.chooser, self.restore_button)
        self.box = section(
            heading("Snapshots"),
            row(self.take_button),
            self._chosen_row,
            self.tick,
            self.said_box,
            self.call_box,
        )
        presses.bind(self.take_button, self._take, in_thread=True)
        presses.bind(self.restore_button, self._restore, in_thread=True)
        self.chooser.observe(lambda _: self._choose(), "value")
        self.tick.observe(lambda _: self._follow(), "value")
        self.show()

    @property
    def buttons(self) -> tuple[Button, Button]:
        """Its buttons."""
        return (self.take_button, self.restore_button)

    def show(self) -> None:
        """List the snapshots; one that was taken since the last time is named and selected."""
        kept = list(self._lab.snapshots())
        self._kept = {snapshot.id: snapshot for snapshot in kept}
        taken = [each for each in kept if self._known is not None and each.id not in self._known]
        self._known = frozenset(self._kept)
        selected = taken[0].id if taken else self.chooser.value
        self._loading = True
        self.chooser.options = [(_named(snapshot), snapshot.id) for snapshot in kept]
        self.chooser.value = selected if selected in self._kept else next(iter(self._kept), None)
        self._loading = False
        if taken:
            self.said_box.value = _good(f"Just taken: {taken[0]!r}")
            show(self.said_box, True)
        show(self._chosen_row, bool(kept))
        show(self.tick, bool(kept))
        self.tick.description = (
            f"Lose everything that was written after {self.chooser.value} was taken"
        )
        self._follow()

    def enable(self) -> None:
        """Enable what can be pressed: Restore after its tick."""
        self.take_button.disabled = False
        self.restore_button.disabled = not (self.tick.value and self.chooser.value)
        for control in (self.chooser, self.tick):
            control.disabled = False

    def disable(self) -> None:
        """Accept no input."""
        for control in (*self.buttons, self.chooser, self.tick):
            control.disabled = True

    def clear(self) -> None:
        """Say nothing of the last snapshot or restore."""
        show_words(self.said_box, "")

    def _choose(self) -> None:
        if not self._loading:
            self.tick.value = False
            self.clear()
            self.show()

    def _follow(self) -> None:
        """Follow the selection and the tick."""
        self._presses.forget(*self.buttons)
        if not self._presses.busy:
            self.enable()
        lines = [("lab.snapshot()", "Take snapshot")]
        if self.chooser.value and self.tick.value:
            lines.append((calls.restore(self.chooser.value), "Restore"))
        show_words(self.call_box, views.code.calls_piece(calls.labeled(*lines)))

    def _take(self) -> None:
        show_words(self.said_box, views.html.muted("Copying the database …"))
        self._lab.snapshot()
        self._presses.done("lab.snapshot()")

    def _restore(self) -> None:
        name = str(self.chooser.value)
        if name not in self._kept or not self.tick.value:
            return
        self.tick.value = False
        show_words(self.said_box, views.html.muted(f"Restoring the database from {name} …"))
        self._begins()
        try:
            restored = self._lab.restore(name)
        except BaseException:
            self.clear()
            raise
        finally:
            self._moved()
        self._presses.done(calls.restore(name))
        show_words(self.said_box, _good(f"✓ {restored!r}"))


def _named(snapshot: Snapshot) -> str:
    """Name a snapshot in the chooser."""
    return views.plain.visible(views.snapshot.option_text(snapshot))


def _good(text: str) -> str:
    return views.html.box("good", f'<p role="status">{views.html.escape(text)}</p>')
