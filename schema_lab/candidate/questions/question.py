"""A question that a change raises, its choices, and the answer that a person gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schema_lab.candidate.questions.fill_values import read, runs
from schema_lab.errors import InputError
from schema_lab.views import questions as view
from schema_lab.views.frame import frame_of

if TYPE_CHECKING:
    import pandas as pd

Value = tuple[str, ...]
"""An answer as words: ("rename", "display_name"), ("drop",), ("constant", "'free'")."""


@dataclass(frozen=True)
class Choice:
    """An answer that a question offers.

    `free` names what a person adds to `value`, such as "an SQL expression"; "" for nothing. In
    `call`, the last `blank` marks its place.
    """

    label: str
    call: str
    value: Value
    free: str = ""
    blank: str = '"…"'

    def takes(self, value: Value) -> bool:
        """Say whether an answer chooses this."""
        if self.free:
            return value[: len(self.value)] == self.value and len(value) > len(self.value)
        return value == self.value


@dataclass(frozen=True)
class Answer:
    """What a person decided about one change. It has no effect on any other change.

    `kept` says that the answer was given for an earlier candidate. A kept answer that no longer
    fits is dropped, and the question is asked again.
    """

    kind: str
    about: str
    value: Value
    change: str
    kept: bool = False


@dataclass(frozen=True)
class Question:
    """A decision about a change that only a person can make.

    `change` is the operation that raises the question, as text. `default` is what happens without
    an answer. `must` says that the candidate is not written without an answer.
    """

    kind: str
    about: str
    sentence: str
    evidence: tuple[str, ...]
    choices: tuple[Choice, ...]
    change: str
    default: Value | None = None
    must: bool = False
    answer: Value | None = None

    @property
    def open(self) -> bool:
        """Whether the question is unanswered."""
        return self.answer is None

    @property
    def chosen(self) -> Choice | None:
        """The choice in effect: the answer, or else the default."""
        value = self.answer or self.default
        return next((choice for choice in self.choices if value and choice.takes(value)), None)

    def spelled(self, value: Value) -> str:
        """Spell the call that gives an answer: code that runs.

        A value that Python code cannot contain without an import is spelled as `answer` takes it.

        Examples
        --------
        >>> sql = Choice("use SQL", 'candidate.fill("a.b", sql="…")', ("sql",), "SQL")
        >>> call = 'candidate.fill("a.b", value)'
        >>> given = Choice("use a value", call, ("constant",), "a value", blank="value")
        >>> question = Question("fill", "a.b", "Which value?", (), (sql, given), "add column a.b")
        >>> print(question.spelled(("sql", "upper(name)")))
        candidate.fill("a.b", sql='upper(name)')
        >>> print(question.spelled(("constant", "free")))
        candidate.fill("a.b", 'free')
        >>> print(question.spelled(("constant", "Decimal('1.5')")))
        candidate.answer('fill', 'a.b', 'constant', "Decimal('1.5')")
        """
        choice = next(choice for choice in self.choices if choice.takes(value))
        if not choice.free:
            return choice.call
        text = " ".join(value[len(choice.value) :])
        typed = text if choice.blank == Choice.blank else read(text)
        if not runs(typed):
            return f"candidate.answer{(self.kind, self.about, *value)!r}"
        before, _, after = choice.call.rpartition(choice.blank)
        return f"{before}{typed!r}{after}"

    @property
    def outcome(self) -> str:
        """Describe the choice in effect, such as "drop it (by default)"; "" when there is none."""
        if self.chosen is None:
            return ""
        value = self.answer or self.default or ()
        words = ": ".join((self.chosen.label, *value[len(self.chosen.value) :]))
        return f"{words} (by default)" if self.open else words

    def takes(self, value: Value) -> bool:
        """Say whether the question offers this answer."""
        return any(choice.takes(value) for choice in self.choices)

    def answered(self, value: Value) -> Question:
        """Return this question with an answer."""
        return replace(self, answer=value)


@dataclass(frozen=True)
class Questions:
    """All questions of a candidate, answered or not."""

    all: tuple[Question, ...] = ()

    @property
    def open(self) -> tuple[Question, ...]:
        """The unanswered questions."""
        return tuple(question for question in self.all if question.open)

    @property
    def blocking(self) -> tuple[Question, ...]:
        """The questions that must be answered before the candidate is written."""
        return tuple(question for question in self.open if question.must)

    def about(self, kind: str, about: str) -> Question:
        """Find a question.

        Raises
        ------
        InputError
            When there is no such question. The error lists the questions.
        """
        for question in self.all:
            if (question.kind, question.about) == (kind, about):
                return question
        known = "; ".join(f"{question.about} ({question.kind})" for question in self.all) or "none"
        raise InputError(
            f"This candidate does not ask about `{about}` ({kind}).",
            f"Its questions: {known}.",
        )

    @property
    def frame(self) -> pd.DataFrame:
        """The questions as a table.

        Returns
        -------
        DataFrame
            Columns kind, about, question, evidence, outcome, answer with (the calls for each
            answer; all str), open (bool); one row per question.
        """
        rows = [
            (
                question.kind,
                question.about,
                question.sentence,
                " ".join(question.evidence),
                question.outcome,
                "; ".join(choice.call for choice in question.choices),
                question.open,
            )
            for question in self.all
        ]
        names = ["kind", "about", "question", "evidence", "outcome", "answer with", "open"]
        return frame_of(rows, names)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __repr__(self) -> str:
        return view.questions_text(self.all)

    def _repr_html_(self) -> str:
        return view.questions_html(self.all)
