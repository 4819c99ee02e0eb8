"""Step through a migration: one statement at a time, with its tables before and after."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from schema_lab import views
from schema_lab.errors import SchemaLabError
from schema_lab.panels import calls
from schema_lab.panels.controls import button, row, section, show, show_words, words
from schema_lab.panels.looking import look_of, looks

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipywidgets import Button

    from schema_lab.lab import Lab
    from schema_lab.migrate import Step as Statement
    from schema_lab.migrate import Steps
    from schema_lab.panels.presses import Presses
    from schema_lab.panels.step import Step
    from schema_lab.views.around import Look

ROWS = 8
"""Rows of a table that are shown before and after a statement."""

MOST_TABLES = 3
"""Tables that are shown of one statement."""


class StepThrough:
    """Holds a migration that waits between two statements: on a scratch database, else a copy.

    Parameters
    ----------
    lab
        The lab that is stepped.
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
        self.next_button = button("Next statement", "Run one statement more, and stop again")
        self.finish_button = button("Finish", "Run all statements that are left")
        self.abandon_button = button("Abandon", "Leave the migration, and take back what it did")
        self.box = section(
            self.lead_box,
            self.step_box,
            row(self.next_button, self.finish_button, self.abandon_button),
        )
        self.box.add_class("sl-question")
        actions = (self._next, self._finish, self._abandon)
        for each, action in zip(self.buttons, actions, strict=True):
            presses.bind(each, partial(self._while_running, action))
        self.clear()

    @property
    def running(self) -> bool:
        """Whether a migration waits between two statements."""
        return self._steps is not None

    @property
    def on_copy(self) -> bool:
        """Whether the steps run on a throwaway copy instead of the database itself."""
        return not self._lab.throwaway

    @property
    def buttons(self) -> tuple[Button, Button, Button]:
        """The buttons of a migration that waits."""
        return (self.next_button, self.finish_button, self.abandon_button)

    def begin(self, step: Step) -> None:
        """Run the first statement of a step."""
        self.clear()
        self._known = looks(self._lab, ROWS)
        self._presses.done(*calls.stepping(step, self.on_copy))
        if self.on_copy:
            self._steps = self._lab.rehearse(step.target, step=True)
        else:
            self._begins()
            move = self._lab.upgrade if step.direction == "upgrade" else self._lab.downgrade
            self._steps = move(step.target, step=True)
        where = "a throwaway copy" if self.on_copy else "this scratch database"
        self._say(f"{step.button}, statement by statement, on {where}.")
        self._advance()

    def clear(self) -> None:
        """Take the last steps out of sight; a migration that waits is left."""
        self._close()
        show_words(self.step_box, "")
        show(self.box, False)

    def leave(self) -> None:
        """Abandon a migration that waits for somebody who has gone."""
        if self.running:
            self._presses.guard(self._abandon)

    def _while_running(self, action: Callable[[], None]) -> None:
        if self.running:
            action()

    def _next(self) -> None:
        self._presses.done("next(steps)")
        self._advance()

    def _advance(self) -> None:
        """Run one statement and show it; after the last one, the run."""
        try:
            one = next(self._steps) if self._steps is not None else None
        except StopIteration:
            self._over()
        except BaseException:
            self.clear()
            self._moved()
            raise
        else:
            if one is not None:
                self._show(one)

    def _finish(self) -> None:
        self._presses.done("list(steps)")
        while self._steps is not None:
            self._advance()

    def _abandon(self) -> None:
        self._presses.done("steps.close()")
        ran = self._ran()
        self._close()
        self._say(f"Abandoned after {ran}. {self._what_stands()}")
        self._moved()

    def _what_stands(self) -> str:
        if self.on_copy:
            return "The copy is thrown away; the database is as it was."
        if self._lab.stopped() is not None:
            return "What ran stands, since this database cannot take it back: Resume goes on."
        return "What ran was taken back."

    def _ran(self) -> str:
        return views.plain.count(len(self._steps.done) if self._steps else 0, "statement")

    def _show(self, one: Statement) -> None:
        tables = []
        for name in one.tables[:MOST_TABLES]:
            before, after = self._known.get(name), self._look(one, name)
            tables.append(views.around.piece(name, before, after))
            self._known.pop(name, None)
            if after is not None:
                self._known[name] = after
        show_words(self.step_box, views.step.piece(one) + "".join(tables))
        self._offer(True)

    def _over(self) -> None:
        """Show the run that is complete; a copy is thrown away."""
        run, ran = self._steps.run if self._steps else None, self._ran()
        self._close()
        end = " The copy is thrown away; the database is as it was." if self.on_copy else ""
        self._say(f"Done after {ran}.{end}")
        if run is not None:
            show_words(self.step_box, self.step_box.value + views.run.piece(run, times=True))
        self._moved()

    def _close(self) -> None:
        if self._steps is not None:
            self._steps.close()
        self._steps = None
        self._offer(False)

    def _offer(self, shown: bool) -> None:
        for each in self.buttons:
            show(each, shown)

    def _say(self, text: str) -> None:
        escaped = views.html.escape(text)
        self.lead_box.value = f'<p class="sl-lead" role="status">{escaped}</p>'
        show(self.box, True)

    def _look(self, one: Statement, name: str) -> Look | None:
        """Look at a table as the migration sees it; None when it is gone."""
        try:
            return look_of(one.rows(name, ROWS, self._lab.metadata))
        except SchemaLabError:
            return None
