"""Step through a migration: one statement at a time, with its tables before and after."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from schema_lab import views
from schema_lab.errors import SchemaLabError
from schema_lab.panels import calls
from schema_lab.panels.controls import button, row, section, show, show_words, words
from schema_lab.panels.tables_section import look_of, looks

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Button

    from schema_lab.lab import Lab
    from schema_lab.migrate import Step, Steps
    from schema_lab.panels.calls import Move
    from schema_lab.panels.presses import Presses
    from schema_lab.views.rows import Look

ROWS = 8
"""Rows of a table that are shown before and after a statement."""

MOST_TABLES = 3
"""Tables that are shown for one statement."""

_COPY_DELETED = "The temporary copy was deleted. The database is unchanged."


class StepThrough:
    """Holds a migration that is paused between two statements, on a scratch database or a copy.

    Parameters
    ----------
    lab
        The lab whose migration is paused.
    presses
        What runs the buttons.
    begins
        Called before the database itself changes.
    moved
        Called when it has changed.
    """

    def __init__(
        self, lab: Lab, presses: Presses, begins: Callable[[], None], moved: Callable[[], None]
    ) -> None:
        self._lab, self._presses, self._begins, self._moved = lab, presses, begins, moved
        self._steps: Steps | None = None
        self._known: dict[str, Look] = {}
        self.lead_box, self.step_box = words(), words()
        self.next_button = button("Next statement", "Run the next statement, then pause")
        self.finish_button = button("Finish", "Run all remaining statements")
        self.abandon_button = button("Abandon", "Stop the migration and undo what it did")
        self.box = section(
            self.lead_box,
            self.step_box,
            row(self.next_button, self.finish_button, self.abandon_button),
        )
        self.box.add_class("sl-question")
        actions = (self._next, self._finish, self._abandon)
        for control, action in zip(self.buttons, actions, strict=True):
            presses.bind(control, partial(self._while_running, action))
        self.clear()

    @property
    def running(self) -> bool:
        """Whether a migration is paused between two statements."""
        return self._steps is not None

    @property
    def on_copy(self) -> bool:
        """Whether the migration runs on a temporary copy instead of the database itself."""
        return not self._lab.throwaway

    @property
    def buttons(self) -> tuple[Button, Button, Button]:
        """The buttons of a paused migration."""
        return (self.next_button, self.finish_button, self.abandon_button)

    def begin(self, move: Move) -> None:
        """Run the first statement of a move."""
        self.clear()
        self._known = looks(self._lab, ROWS)
        if self.on_copy:
            self._steps = self._lab.rehearse_steps(move.target)
        else:
            self._begins()
            self._steps = self._lab.step_through(move.target)
        where = "a temporary copy" if self.on_copy else "this scratch database"
        self._say(f"{move.button}, one statement at a time, on {where}.")
        self._advance()
        self._presses.done(*calls.stepping(move, self.on_copy))

    def clear(self) -> None:
        """Hide the last statements, and abandon a paused migration."""
        self._close()
        show_words(self.step_box, "")
        show(self.box, False)

    def leave(self) -> None:
        """Abandon a paused migration whose panel is no longer shown."""
        if self.running:
            self._presses.guard(self._abandon)

    def _while_running(self, action: Callable[[], None]) -> None:
        if self.running:
            action()

    def _next(self) -> None:
        self._advance()
        self._presses.done(calls.NEXT)

    def _advance(self) -> None:
        """Run one statement and show it; after the last one, the run."""
        try:
            step = next(self._steps) if self._steps is not None else None
        except StopIteration:
            self._end()
        except BaseException:
            self.clear()
            self._moved()
            raise
        else:
            if step is not None:
                self._show(step)

    def _finish(self) -> None:
        while self._steps is not None:
            self._advance()
        self._presses.done("list(steps)")

    def _abandon(self) -> None:
        self._presses.done("steps.close()")
        ran = self._ran()
        self._close()
        self._say(f"Abandoned after {ran}. {self._outcome()}")
        self._moved()

    def _outcome(self) -> str:
        if self.on_copy:
            return _COPY_DELETED
        if self._lab.stopped() is not None:
            return (
                "The statements that ran stay applied, because this database cannot roll them"
                " back. Press Resume to continue."
            )
        return "The statements that ran were undone."

    def _ran(self) -> str:
        return views.plain.count(len(self._steps.done) if self._steps else 0, "statement")

    def _show(self, step: Step) -> None:
        tables = []
        for name in step.tables[:MOST_TABLES]:
            before, after = self._known.get(name), self._look(step, name)
            tables.append(views.rows.before_after_piece(name, before, after))
            self._known.pop(name, None)
            if after is not None:
                self._known[name] = after
        show_words(self.step_box, views.run.step_piece(step) + "".join(tables))
        self._offer(True)

    def _end(self) -> None:
        """Show the completed run; a copy is deleted."""
        run, ran = self._steps.run if self._steps else None, self._ran()
        self._close()
        end = f" {_COPY_DELETED}" if self.on_copy else ""
        self._say(f"Done after {ran}.{end}")
        if run is not None:
            show_words(self.step_box, self.step_box.value + views.run.run_piece(run, times=True))
        self._moved()

    def _close(self) -> None:
        if self._steps is not None:
            self._steps.close()
        self._steps = None
        self._offer(False)

    def _offer(self, shown: bool) -> None:
        for control in self.buttons:
            show(control, shown)

    def _say(self, text: str) -> None:
        escaped = views.html.escape(text)
        self.lead_box.value = f'<p class="sl-lead" role="status">{escaped}</p>'
        show(self.box, True)

    def _look(self, step: Step, name: str) -> Look | None:
        """Look at a table as the migration sees it; None when it does not exist."""
        try:
            return look_of(step.rows(name, ROWS, self._lab.metadata))
        except SchemaLabError:
            return None
