"""The line of code that does the same as a button, and the record of what was pressed.

A move is one upgrade or downgrade, as a button names it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from schema_lab.candidate import Candidate

ASK_AGAIN = "candidate.ask_again()"
NEXT = "next(steps, None)"
WRITE = "revision = candidate.write()"
_DEFAULTS = {"upgrade": "head", "downgrade": "-1"}
_WIDEST = 34
"""Characters to which lines of code are padded, so that the comments behind them align."""


@dataclass(frozen=True)
class Move:
    """One upgrade or downgrade, as a button names it."""

    name: str
    direction: str
    target: str

    @property
    def button(self) -> str:
        """The label of its button."""
        return self.name[:1].upper() + self.name[1:]


UPGRADE = Move("upgrade", "upgrade", "head")
UPGRADE_ONE = Move("upgrade one", "upgrade", "+1")
DOWNGRADE_ONE = Move("downgrade one", "downgrade", "-1")


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


def merge(message: str) -> str:
    """Spell the call of Merge heads."""
    return f"lab.merge({text(message.strip() or '…')})"


def answers(candidate: Candidate) -> dict[tuple[str, str], str]:
    """Spell the answers that were given to a candidate, by what each question is about."""
    return {
        (question.kind, question.about): question.spelled(question.answer)
        for question in candidate.questions
        if question.answer is not None
    }


def answers_since(candidate: Candidate, recorded: Mapping[tuple[str, str], str]) -> tuple[str, ...]:
    """Spell what was answered since some answers were recorded; one that is gone undoes all."""
    given = answers(candidate)
    if recorded.keys() - given.keys():
        return (ASK_AGAIN, *given.values())
    return tuple(line for about, line in given.items() if recorded.get(about) != line)


def of_move(move: Move, *, snapshot: bool = False, accepted: Sequence[str] = ()) -> str:
    """Spell an upgrade or a downgrade.

    Examples
    --------
    >>> of_move(UPGRADE_ONE, snapshot=True)
    'lab.upgrade("+1", snapshot=True)'
    >>> of_move(DOWNGRADE_ONE, accepted=["users.plan"])
    'lab.downgrade(accept_loss=["users.plan"])'
    """
    arguments = [] if move.target == _DEFAULTS[move.direction] else [text(move.target)]
    if snapshot:
        arguments.append("snapshot=True")
    if accepted:
        arguments.append(f"accept_loss=[{', '.join(text(name) for name in accepted)}]")
    return f"lab.{move.direction}({', '.join(arguments)})"


def restore(snapshot: str) -> str:
    """Spell the call of Restore."""
    return f"lab.restore({text(snapshot)})"


def change_rows(sql: str, rows: int) -> str:
    """Spell the call of Commit statement."""
    return f"lab.change_rows({text(sql)}, {rows})"


def rehearsal(target: str) -> str:
    """Spell the rehearsal of a target."""
    return "lab.rehearse()" if target == "head" else f"lab.rehearse({text(target)})"


def stepping(move: Move, on_copy: bool) -> list[str]:
    """Spell an upgrade or a downgrade, one statement at a time."""
    named = "" if move.target == "head" else text(move.target)
    method = "rehearse_steps" if on_copy else "step_through"
    return [f"steps = lab.{method}({named})", NEXT]


def labeled(*lines: tuple[str, str]) -> list[str]:
    """Put the name of its button behind each line of code.

    Examples
    --------
    >>> labeled(("lab.upgrade()", "Upgrade"), ("lab.downgrade()", "Downgrade one"))
    ['lab.upgrade()    # Upgrade', 'lab.downgrade()  # Downgrade one']
    """
    width = min(_WIDEST, max(len(code) for code, _ in lines))
    return [f"{code.ljust(width)}  # {button}" for code, button in lines]


WHILE_STEPPING = labeled(
    ("next(steps)", "Next statement"), ("list(steps)", "Finish"), ("steps.close()", "Abandon")
)


class Record:
    """The lines of what was pressed, in order: a script that does the same again."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, *lines: str) -> None:
        """Add lines."""
        self.lines.extend(lines)
