"""What to do next, in one sentence and as the suggested button, also after a restart."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema_lab import views

if TYPE_CHECKING:
    from ipywidgets import Button

    from schema_lab.compare import Drift
    from schema_lab.migrate import Stopped
    from schema_lab.panels.candidate_section import CandidateSection
    from schema_lab.panels.migrate_section import MigrateSection
    from schema_lab.panels.status_section import PanelState

MOST_NAMED = 4
"""Pending revisions that are named; the history names all."""


@dataclass(frozen=True)
class NextStep:
    """What to do next: a sentence as escaped HTML, and the button to press, if there is one."""

    sentence: str
    button: Button | None = None

    @property
    def piece(self) -> str:
        """The sentence as a paragraph."""
        return f'<p class="sl-next" role="status">{self.sentence}</p>'


@dataclass(frozen=True)
class Advisor:
    """Chooses the next step from the current state and from what was begun on the panel."""

    refresh_button: Button
    merge_button: Button
    candidate: CandidateSection
    migrate: MigrateSection

    def next_step(self, state: PanelState | None) -> NextStep:
        """Give the next step; `state` is None while it is unknown."""
        begun = self._begun(state)
        if begun is not None:
            return begun
        if state is None or not state.known:
            return NextStep(_UNKNOWN, self.refresh_button)
        drift = state.status.drift
        if drift is None:
            return NextStep(_UNKNOWN_DRIFT, self.refresh_button)
        if state.branched or state.pending:
            return self._for_history(state)
        return self._for_candidate(drift)

    def _begun(self, state: PanelState | None) -> NextStep | None:
        """Continue a paused migration, a revision that stopped partway, or an open question."""
        migrate = self.migrate
        if migrate.stepping.running:
            return NextStep(PAUSED, migrate.stepping.next_button)
        if state is not None and state.stopped is not None:
            return NextStep(_stopped(state.stopped), migrate.controls.resume_button)
        if migrate.consent.move is not None:
            return NextStep(_next(_asked(migrate)), migrate.asked_button())
        return None

    def _for_history(self, state: PanelState) -> NextStep:
        """Merge the heads, then run what is pending: until then, there is no candidate."""
        if state.branched:
            return NextStep(_next("press Merge heads."), self.merge_button)
        named = f"Pending revisions: {_named(state.pending)}. {_next('press Upgrade.')}"
        return NextStep(named, self.migrate.controls.upgrade_button)

    def _for_candidate(self, drift: Drift) -> NextStep:
        """Continue with the candidate, or propose one for the differences."""
        suggested = self.candidate.suggested
        if suggested is not None and suggested in self.candidate.fixing.buttons:
            asked = f"fix the blocking rows (section 3): press {suggested.description}."
            return NextStep(_next(asked), suggested)
        if suggested is not None:
            return NextStep(_next(f"press {suggested.description}."), suggested)
        if drift.operations:
            asked = _next("enter a message, then press Autogenerate.")
            return NextStep(asked, self.candidate.autogenerate_button)
        return NextStep(_AGREED_ON_A_PAGE if _on_a_page() else _AGREED)


def _stopped(stopped: Stopped) -> str:
    done = sum(entry.done for entry in stopped.entries)
    verb = "was" if done == 1 else "were"
    where = f"<code>{views.html.escape(stopped.revision)}</code> stopped partway through"
    applied = f"{views.plain.count(done, 'statement')} {verb} applied."
    cure = _next("fix the cause, then press Resume.")
    return f"Revision {where} {views.html.escape(stopped.direction)}(): {applied} {cure}"


def _asked(migrate: MigrateSection) -> str:
    """Say how to continue with an open question."""
    if migrate.consent.locked or migrate.consent.move is None:
        return f"press {migrate.consent.rehearse_button.description} (section 5)."
    button = migrate.consent.go_button.description
    return f"accept the loss and press {button}, or press Cancel (section 5)."


def _on_a_page() -> bool:
    """Tell whether Voilà shows the panel: it tells its kernels, and its pages have no cells."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")


_AGREED = (
    "The models, the revisions and the database agree. Edit a model and run its cell; the"
    " differences then appear here automatically."
)

_AGREED_ON_A_PAGE = (
    "The models, the revisions and the database agree: there is nothing to do. Press Refresh to"
    " look for revisions that a colleague has added since."
)

PAUSED = (
    "A migration is paused between two statements (section 5)."
    " <strong>Next:</strong> press Next statement, Finish or Abandon."
)
"""What to do while a migration is paused, when nothing else may read the database."""

_UNKNOWN = (
    "The current state is unknown. <strong>Next:</strong> fix the error above, then press Refresh."
)

_UNKNOWN_DRIFT = (
    "The differences are unknown. <strong>Next:</strong> fix the error above, then press Refresh."
)


def _next(text: str) -> str:
    return f"<strong>Next:</strong> {views.html.escape(text)}"


def _named(pending: tuple[str, ...]) -> str:
    named = ", ".join(
        f"<code>{views.html.escape(revision)}</code>" for revision in pending[:MOST_NAMED]
    )
    more = len(pending) - MOST_NAMED
    return named + (f" and {more} more" if more > 0 else "")
