"""The nouns: a question that a change raises, its choices, and the answer that a person gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from schema_lab.errors import InputError
from schema_lab.views import questions as view

if TYPE_CHECKING:
    import pandas as pd

Value = tuple[str, ...]
"""An answer as words: ("rename", "display_name"), ("drop",), ("constant", "'free'")."""


@dataclass(frozen=True)
class Choice:
    """One answer that may be given.

    `free` names what a person adds to `value`, such as "a SQL expression"; "" when nothing is.
    `call` then holds a bare … in its place.
    """

    label: str
    call: str
    value: Value
    free: str = ""

    def takes(self, value: Value) -> bool:
        """Say whether a value is this choice."""
        if self.free:
            return value[: len(self.value)] == self.value and len(value) > len(self.value)
        return value == self.value


@dataclass(frozen=True)
class Answer:
    """What a person decided about one change; it counts for that very change alone.

    `kept` says that it was given before this candidate; one that no longer fits is asked anew.
    """

    kind: str
    about: str
    value: Value
    change: str
    kept: bool = False


@dataclass(frozen=True)
class Question:
    """What only a person can say about a change.

    `change` spells the operation that raises it; `default` is what happens unanswered; `must` says
    that a candidate is not written before the answer.
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
        """Whether nobody has answered."""
        return self.answer is None

    @property
    def chosen(self) -> Choice | None:
        """The choice that counts now: the answer, or the default."""
        value = self.answer or self.default
        return next((one for one in self.choices if value and one.takes(value)), None)

    @property
    def outcome(self) -> str:
        """Say the choice that counts, such as "drop it (by default)"; "" when there is none."""
        if self.chosen is None:
            return ""
        value = self.answer or self.default or ()
        words = " ".join((self.chosen.label, *value[len(self.chosen.value) :]))
        return f"{words} (by default)" if self.open else words

    def takes(self, value: Value) -> bool:
        """Say whether a value is an answer to this."""
        return any(one.takes(value) for one in self.choices)

    def answered(self, value: Value) -> Question:
        """Give this question with an answer."""
        return replace(self, answer=value)


@dataclass(frozen=True)
class Questions:
    """All questions of a candidate, answered or not."""

    all: tuple[Question, ...] = ()

    @property
    def open(self) -> tuple[Question, ...]:
        """Those that nobody has answered."""
        return tuple(one for one in self.all if one.open)

    @property
    def in_the_way(self) -> tuple[Question, ...]:
        """The open ones that have to be answered before the candidate is written."""
        return tuple(one for one in self.open if one.must)

    def about(self, kind: str, about: str) -> Question:
        """Find a question.

        Raises
        ------
        InputError
            When there is none, with those that there are.
        """
        for one in self.all:
            if (one.kind, one.about) == (kind, about):
                return one
        known = "; ".join(f"{one.kind} {one.about}" for one in self.all) or "none"
        raise InputError(
            f"This candidate has no question of the kind {kind} about {about}.",
            f"Its questions: {known}.",
        )

    @property
    def frame(self) -> pd.DataFrame:
        """The questions as a table.

        Returns
        -------
        DataFrame
            Columns kind, about, question, evidence, outcome, answer with (str; the calls that
            answer it), open (bool); a row for each question.
        """
        import pandas as pd

        rows = [
            (
                one.kind,
                one.about,
                one.sentence,
                " ".join(one.evidence),
                one.outcome,
                "; ".join(choice.call for choice in one.choices),
                one.open,
            )
            for one in self.all
        ]
        names = ["kind", "about", "question", "evidence", "outcome", "answer with", "open"]
        return pd.DataFrame(rows, columns=names)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def __repr__(self) -> str:
        return view.text(self.all)

    def _repr_html_(self) -> str:
        return view.html(self.all)
