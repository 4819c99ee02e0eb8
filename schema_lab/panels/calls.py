"""The line of code that does the same as a button."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema_lab.autogenerate import Candidate
    from schema_lab.panels.step import Step

WRITE = "revision = candidate.write()"
_DEFAULTS = {"upgrade": "head", "downgrade": "-1"}
_WIDEST = 34
"""Characters up to which lines of code are filled, so that what stands behind them is aligned."""


def text(value: str) -> str:
    r"""Spell a text as Python does, in double quotes.

    Examples
    --------
    >>> print(text('a "b"'))
    "a \"b\""
    """
    return json.dumps(value, ensure_ascii=False)


def autogenerate(message: str) -> str:
    """Spell the call of Autogenerate."""
    return f"candidate = lab.autogenerate({text(message.strip() or '…')})"


def answers(candidate: Candidate) -> list[str]:
    """Spell the answers that a candidate was given."""
    found = []
    for question in candidate.questions:
        chosen, value = question.chosen, question.answer
        if chosen is not None and value is not None:
            free = " ".join(value[len(chosen.value) :])
            found.append(chosen.call.replace("…", text(free)) if chosen.free else chosen.call)
    return found


def of_step(step: Step, *, snapshot: bool = False, accepted: Sequence[str] = ()) -> str:
    """Spell an upgrade or a downgrade.

    Examples
    --------
    >>> from schema_lab.panels.step import DOWNGRADE_ONE, UPGRADE_ONE
    >>> of_step(UPGRADE_ONE, snapshot=True)
    'lab.upgrade("+1", snapshot=True)'
    >>> of_step(DOWNGRADE_ONE, accepted=["users.plan"])
    'lab.downgrade(accept_loss=["users.plan"])'
    """
    arguments = [] if step.target == _DEFAULTS[step.direction] else [text(step.target)]
    if snapshot:
        arguments.append("snapshot=True")
    if accepted:
        arguments.append(f"accept_loss=[{', '.join(text(one) for one in accepted)}]")
    return f"lab.{step.direction}({', '.join(arguments)})"


def rehearsal(target: str) -> str:
    """Spell the rehearsal of a target."""
    return "lab.rehearse()" if target == "head" else f"lab.rehearse({text(target)})"


def stepping(step: Step, on_copy: bool) -> list[str]:
    """Spell the way through a step, statement by statement."""
    named = "" if step.target == _DEFAULTS[step.direction] and not on_copy else text(step.target)
    method = "rehearse" if on_copy else step.direction
    arguments = ", ".join(filter(None, (named, "step=True")))
    return [f"steps = lab.{method}({arguments})", "next(steps)"]


def labelled(*lines: tuple[str, str]) -> list[str]:
    """Put the name of its button behind each line of code.

    Examples
    --------
    >>> labelled(("lab.upgrade()", "Upgrade"), ("lab.downgrade()", "Downgrade one"))
    ['lab.upgrade()    # Upgrade', 'lab.downgrade()  # Downgrade one']
    """
    width = min(_WIDEST, max(len(code) for code, _ in lines))
    return [f"{code.ljust(width)}  # {button}" for code, button in lines]


WHILE_STEPPING = labelled(
    ("next(steps)", "Next statement"), ("list(steps)", "Finish"), ("steps.close()", "Abandon")
)


class Record:
    """The lines of what was pressed, in order: a script that does it again."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, *lines: str) -> None:
        """Add lines; what was said of the same candidate before is not said twice."""
        for line in lines:
            if not (line.startswith("candidate.") and line in self._of_the_last_candidate()):
                self.lines.append(line)

    def _of_the_last_candidate(self) -> list[str]:
        found: list[str] = []
        for line in self.lines:
            found = [] if line.startswith("candidate = ") else [*found, line]
        return found
