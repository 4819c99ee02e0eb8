"""Upgrade and downgrade: a button only acts on the database state that the panel shows."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

from ipywidgets import IntProgress, Layout

from schema_lab import views
from schema_lab.errors import InputError, LossError, SchemaLabError
from schema_lab.panels import calls
from schema_lab.panels.calls import DOWNGRADE_ONE, UPGRADE, UPGRADE_ONE, Move
from schema_lab.panels.consent import ConsentControls, ConsentRequest
from schema_lab.panels.controls import (
    RehearsalReport,
    button,
    heading,
    row,
    section,
    show,
    show_words,
    words,
)
from schema_lab.panels.move_controls import MoveControls
from schema_lab.panels.step_through import StepThrough

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ipywidgets import Button

    from schema_lab.lab import Lab
    from schema_lab.migrate import Run
    from schema_lab.panels.presses import Presses
    from schema_lab.panels.status_section import PanelState


class Progress:
    """Shows how many revisions of a run are done and the last of them; a button stops the run."""

    def __init__(self) -> None:
        self._cancel = Event()
        self._messages: Mapping[str, str] = {}
        self.bar = IntProgress(
            value=0, max=1, description="Revisions", layout=Layout(width="300px", margin="0")
        )
        self.label = words()
        self.cancel_button = button(
            "Cancel run", "Stop at the next safe point, so that no revision is left half-applied"
        )
        self.cancel_button.on_click(lambda _: self.cancel())
        self.box = row(self.bar, self.cancel_button, self.label)
        show(self.cancel_button, False)
        show(self.box, False)

    def start(self, name: str, messages: Mapping[str, str]) -> None:
        """Show an empty bar for a run that begins; `messages` are those of the revisions."""
        self._cancel.clear()
        self._messages = messages
        self.bar.value, self.bar.max, self.bar.bar_style = 0, 1, ""
        self.cancel_button.disabled = False
        self._say(f"{name} …")
        show(self.cancel_button, True)
        show(self.box, True)

    def hide(self) -> None:
        """Show no run."""
        show(self.box, False)

    def advance(self, revision: str, done: int, total: int) -> None:
        """Advance the bar: `done` of `total` revisions have run, the last was `revision`."""
        self.bar.max, self.bar.value = total, done
        self._say(f"{revision} ({done} of {total}) {self._messages.get(revision, '')}".strip())

    def cancel(self) -> None:
        """Ask the run to stop at the next point at which no revision is half-applied."""
        self._cancel.set()
        self.cancel_button.disabled = True
        self._say("Stopping at the next safe point …")

    def cancelled(self) -> bool:
        """Tell whether the run was asked to stop."""
        return self._cancel.is_set()

    def end(self, succeeded: bool) -> None:
        """Color the bar by the result; a run that failed before its first revision is hidden."""
        self.bar.bar_style = "success" if succeeded else "danger"
        show(self.cancel_button, False)
        if self.cancelled() and not succeeded:
            self._say("canceled")
        elif not succeeded and self.bar.value == 0:
            self.hide()

    def _say(self, text: str) -> None:
        escaped = views.html.escape(text)
        self.label.value = f'<span class="sl-mono" role="status">{escaped}</span>'


class MigrateSection:
    """The buttons that change the database.

    Parameters
    ----------
    lab
        The lab that runs each migration.
    presses
        What runs the buttons.
    begins
        Called before a migration that changes the database.
    moved
        Called after a migration has changed the database.
    """

    def __init__(
        self,
        lab: Lab,
        presses: Presses,
        begins: Callable[[], None],
        moved: Callable[[], None],
    ) -> None:
        self._lab, self._presses = lab, presses
        self._begins, self._moved = begins, moved
        self._loses_changes = False
        self.controls = MoveControls(lab.throwaway)
        self.report = RehearsalReport()
        self.consent = ConsentControls(lab)
        self.stepping = StepThrough(lab, presses, begins, moved)
        self.progress = Progress()
        self.run_box, self.call_box = words(), words()
        self.box = section(
            heading("Upgrade and downgrade", 5),
            row(*self.controls.move_buttons, self.controls.snapshot_tick),
            row(self.controls.target_chooser, *self.controls.target_buttons),
            self.report.box,
            self.consent.box,
            self.stepping.box,
            self.progress.box,
            self.run_box,
            self.call_box,
        )
        self._bind()
        self._follow()
        show_words(self.run_box, "")

    def show(self, state: PanelState) -> None:
        """Offer the moves from the current revision."""
        former = self.controls.state
        if former and former.current != state.current:
            self.clear()
        show(self.controls.resume_button, state.stopped is not None)
        show(self.controls.close_button, bool(self._lab.open_sessions()))
        self.controls.offer(state)
        self._show_calls()

    def clear(self) -> None:
        """Close the question and the report of a rehearsal."""
        self.consent.clear()
        self.report.clear()

    def forget(self) -> None:
        """Show neither the last run nor a question: the database has other contents now."""
        self.clear()
        show_words(self.run_box, "")
        self.progress.hide()
        self.stepping.clear()

    def enable(self) -> None:
        """Enable the possible moves; none while a migration is paused."""
        if self.stepping.running:
            self.controls.disable()
        else:
            self.controls.enable()
            self.consent.enable()
        self._show_calls()

    def _bind(self) -> None:
        controls, consent = self.controls, self.consent
        actions = {
            controls.upgrade_button: lambda: self._move(UPGRADE),
            controls.upgrade_one_button: lambda: self._move(UPGRADE_ONE),
            controls.downgrade_button: lambda: self._move(DOWNGRADE_ONE),
            controls.target_button: lambda: self._move(controls.chosen),
            controls.resume_button: self._resume,
            controls.close_button: self._close_sessions,
            controls.rehearse_button: lambda: self._rehearse(controls.chosen),
            consent.rehearse_button: self._rehearse_the_asked,
            consent.go_button: self._go,
        }
        for control, action in actions.items():
            self._presses.bind(control, action, in_thread=True)
        self._presses.bind(controls.step_button, lambda: self._step_through(controls.chosen))
        self._presses.bind(consent.cancel_button, self.clear)

    def _follow(self) -> None:
        """Follow the selected target and the ticks."""
        controls, presses, tick = self.controls, self._presses, self.consent.tick
        controls.snapshot_tick.observe(lambda _: self._show_calls(), "value")
        tick.observe(lambda _: self._show_calls(), "value")
        tick.observe(lambda _: presses.forget(*self.buttons), "value")
        controls.target_chooser.observe(lambda _: presses.guard(self._choose), "value")
        controls.target_chooser.observe(lambda _: presses.forget(controls.target_button), "value")

    @property
    def buttons(self) -> tuple[Button, ...]:
        """Every button of this section."""
        own = (*self.controls.move_buttons, *self.controls.target_buttons)
        return (*own, *self.consent.buttons, *self.stepping.buttons)

    def asked_button(self) -> Button | None:
        """Give the button beside the question that can be pressed now, if there is one."""
        if self.consent.locked:
            return self.consent.rehearse_button
        return self.consent.go_button if self.consent.tick.value else None

    def _choose(self) -> None:
        self.clear()
        self.controls.name_target()
        self._show_calls()
        if not self._presses.busy:
            self.controls.enable()

    def _begin_anew(self) -> None:
        """Clear the results of the last move, and refuse if the database has moved since."""
        show_words(self.run_box, "")
        self.progress.hide()
        self.stepping.clear()
        self._refuse_if_moved()

    def _move(self, move: Move) -> None:
        self._begin_anew()
        accepted = self.consent.accepted(move)
        if accepted is None:
            if self.consent.outdated(move):
                self.report.clear()
            return
        self.clear()
        self._run(move, accepted)

    def _rehearse(self, move: Move) -> None:
        """Rehearse a move; if values would be lost, ask for the consent that it requires."""
        self._begin_anew()
        self.consent.clear()
        impossible = None
        try:
            self.report.rehearse(move.name, lambda: self._lab.rehearse(move.target))
        except SchemaLabError as problem:
            impossible = problem
        else:
            self._presses.done(calls.rehearsal(move.target))
        request = ConsentRequest.of(self._lab, move)
        if not request.nothing:
            self.consent.ask(request, impossible)
        elif impossible is not None:
            raise impossible

    def _rehearse_the_asked(self) -> None:
        if self.consent.move is not None:
            self._rehearse(self.consent.move)

    def _go(self) -> None:
        if self.consent.move is not None:
            self._move(self.consent.move)

    def _step_through(self, move: Move) -> None:
        """Run the first statement; a scratch database asks first if values would be lost."""
        self._begin_anew()
        if not self.stepping.on_copy and self.consent.accepted(move) is None:
            return
        self.clear()
        self.stepping.begin(move)

    def _refuse_if_moved(self) -> None:
        """Refuse a press when the database is no longer in the state that the panel shows."""
        if self.controls.state is None:
            return
        shown = self.controls.state.current
        now = tuple(revision.id for revision in self._lab.current())
        if shown != now:
            raise InputError(
                f"Nothing was run: the database moved from {views.plain.names(shown)} to"
                f" {views.plain.names(now)} after the panel was displayed.",
                "The panel now shows the current state. Press the button again if you still want"
                " to run the migration.",
            )

    def _run(self, move: Move, accepted: tuple[str, ...]) -> None:
        run = self._lab.upgrade if move.direction == "upgrade" else self._lab.downgrade
        snapshot, progress = bool(self.controls.snapshot_tick.value), self.progress
        before = self.controls.state.current if self.controls.state else ()
        ran: Move | None = move
        try:
            self._show_run(
                move.name,
                lambda: run(
                    move.target,
                    on_revision=progress.advance,
                    snapshot=snapshot,
                    accept_loss=accepted,
                    cancelled=progress.cancelled,
                ),
            )
        except BaseException:
            ran = self._reached(move, before)
            raise
        finally:
            if ran is not None:
                self._presses.done(calls.of_move(ran, snapshot=snapshot, accepted=accepted))

    def _reached(self, move: Move, before: tuple[str, ...]) -> Move | None:
        """Give the part of a failed move that stays in the database; None when nothing does."""
        with suppress(SchemaLabError):
            after = tuple(revision.id for revision in self._lab.current())
            if after != before and len(after) <= 1:
                return replace(move, target="".join(after) or "base")
        return None

    def _resume(self) -> None:
        self._show_run("resume", lambda: self._lab.resume(on_revision=self.progress.advance))
        self._presses.done("lab.resume()")

    def _close_sessions(self) -> None:
        """Close what the notebook left open; uncommitted changes are named first, then lost."""
        losing, self._loses_changes = self._loses_changes, False
        try:
            closed = self._lab.close_sessions(accept_loss=losing)
        except LossError as error:
            self._loses_changes = True
            self._presses.forget(self.controls.close_button)
            error.cure = "Press Close sessions again to lose them."
            raise
        self._presses.done(f"lab.close_sessions({'accept_loss=True' if losing else ''})")
        self._moved()
        show_words(self.run_box, views.html.muted(repr(closed)))

    def _show_run(self, name: str, run: Callable[[], Run]) -> None:
        show_words(self.run_box, "")
        self.stepping.clear()
        self._begins()
        state = self.controls.state
        self.progress.start(name, state.messages if state else {})
        succeeded = False
        try:
            done = run()
            succeeded = True
        finally:
            self.progress.end(succeeded)
            self._moved()
        show_words(self.run_box, views.run.run_piece(done, times=True))

    def _show_calls(self) -> None:
        """Show the line of code of each button that can be pressed."""
        own = self.stepping.running and calls.WHILE_STEPPING
        lines = own or self.controls.lines(self.consent.names_for)
        show_words(self.call_box, views.code.calls_piece(lines))
