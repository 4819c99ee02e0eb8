"""The targets that can be chosen, and the way to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema_lab import views

if TYPE_CHECKING:
    from schema_lab.panels.standing import Standing

LONGEST_MESSAGE = 40
"""Characters of a revision's message in the chooser."""


def options_of(standing: Standing) -> list[tuple[str, str]]:
    """List what can be chosen, as pairs of label and target, newest first."""
    top = "head" if len(standing.status.heads) < 2 else "heads"  # noqa: PLR2004 - several heads
    revisions = [(_label(r.id, r.message), r.id) for r in standing.history.revisions]
    return [(top, top), *revisions, ("base", "base")]


def direction_of(target: str, standing: Standing) -> str:
    """Say whether a target is reached by upgrade or downgrade; empty if the database is there."""
    current = set(standing.status.current)
    if target in ("head", "heads"):
        return "upgrade" if standing.status.pending else ""
    if target == "base":
        return "downgrade" if current else ""
    if target in current:
        return ""
    applied = {r.id for r in standing.history.revisions if r.applied}
    return "downgrade" if target in applied else "upgrade"


def _label(revision: str, message: str) -> str:
    text = (
        f"{revision} {message}"
        if len(message) <= LONGEST_MESSAGE
        else (f"{revision} {message[: LONGEST_MESSAGE - 1]}…")
    )
    return views.plain.visible(text)
