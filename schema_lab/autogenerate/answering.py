"""The answers that a candidate takes; each changes it in place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

from schema_lab.autogenerate.doors import Doors
from schema_lab.autogenerate.obstacle import Obstacle
from schema_lab.autogenerate.proposal import Proposal
from schema_lab.autogenerate.questions import Answer, Questions, way_of_filling
from schema_lab.errors import InputError
from schema_lab.history import Revision


class Answering:
    """A candidate as far as it can be answered."""

    def __init__(self, proposal: Proposal, doors: Doors) -> None:
        self._proposal = proposal
        self._doors = doors
        self._revision: Revision | None = None

    @property
    def id(self) -> str:
        """The revision id that it will have."""
        return self._proposal.id

    @property
    def questions(self) -> Questions:
        """What only a person can say, with the answers given so far."""
        return self._proposal.questions

    @property
    def offending(self) -> tuple[Obstacle, ...]:
        """Live rows in the way, each kind with its first rows: `candidate.offending[0].frame`."""
        return self._proposal.obstacles

    def rename(self, old: str, new: str) -> Self:
        """Say that a dropped column is an added one: its values stay.

        Parameters
        ----------
        old
            The column that is no longer in the models, such as "user_profiles.fullname".
        new
            Its new name, such as "display_name".

        Raises
        ------
        InputError
            When the candidate does not ask this.
        """
        return self.answer("rename", old, "rename", new)

    def drop(self, what: str) -> Self:
        """Say that a dropped column really goes, with its values.

        Raises
        ------
        InputError
            When the candidate does not ask this.
        """
        return self.answer("rename", what, "drop")

    def cast(self, column: str, *, using: str = "", null: bool = False) -> Self:
        """Say what becomes of the values of a column whose type changes.

        Parameters
        ----------
        column
            Such as "users.age". With neither of the others, the database casts in its own way.
        using
            SQL that makes the new value of a row, such as "nullif(age, '')::integer". PostgreSQL
            takes it as its USING; elsewhere an UPDATE with it runs before the type changes.
        null
            Set the values that do not fit to NULL.

        Raises
        ------
        InputError
            When the candidate does not ask this, or not with this choice.
        """
        if using:
            return self.answer("cast", column, "using", using)
        return self.answer("cast", column, "null" if null else "cast")

    def member(self, column: str, member: str, *, to: str | None = "") -> Self:
        """Say what becomes of a member that an enum no longer has, and of the rows that hold it.

        Parameters
        ----------
        column
            Such as "users.plan"; of a type that several columns use, the first of them.
        member
            The member as the database has it: of a Python enum its name, unless told otherwise.
        to
            A new member, which is then the old one renamed; or another, which the rows get; None
            for NULL. Left out, the member goes, if no row holds it.

        Raises
        ------
        InputError
            When the candidate does not ask this, or not with this choice.
        """
        value = ("null",) if to is None else ("to", to) if to else ("remove",)
        return self.answer("enum", f"{column}: {member}", *value)

    def fill(
        self,
        column: str,
        value: Any = None,
        *,
        sql: str | None = None,
        copy: str | None = None,
        default: bool = False,
        server_default: Any = None,
    ) -> Self:
        """Say what the rows that are there get in a column that shall be NOT NULL.

        Parameters
        ----------
        column
            The column, such as "users.plan".
        value
            The same value for each row: text, a number, a bool, a date, an enum member …
        sql
            An expression of SQL, such as "lower(name)".
        copy
            A column of the same table to copy from.
        default
            The model's Python default.
        server_default
            The same value for each row, which the database also gives to rows to come.

        Raises
        ------
        InputError
            When the candidate does not ask this, or the value does not fit the column.
        """
        way = way_of_filling(column, value, sql, copy, default, server_default)
        return self.answer("fill", column, *way)

    def answer(self, kind: str, about: str, *value: str) -> Self:
        """Answer a question; `candidate.questions` lists the calls that do.

        Raises
        ------
        InputError
            When there is no such question, or this is not one of its choices.
        """
        question = self.questions.about(kind, about)
        if not question.takes(value):
            calls = "; ".join(choice.call for choice in question.choices)
            raise InputError(
                f"{' '.join(value)!r} is no answer to: {question.sentence}", f"Choose: {calls}."
            )
        return self._decide(Answer(kind, about, value, question.change))

    def allow(self, code: str, reason: str) -> Self:
        """Let a finding of the review stand; a comment in the script keeps the reason.

        Parameters
        ----------
        code
            The finding's code, such as "SL101".
        reason
            Why it is no danger here, for those who read the script.

        Raises
        ------
        InputError
            When there is no reason.
        """
        if not reason.strip():
            raise InputError(
                f"{code} is not allowed without a reason.",
                f'Say why it is no danger: candidate.allow({code!r}, "…").',
            )
        return self._follow("allow", code, reason)

    def concurrently(self, index: str) -> Self:
        """Build an index while the application writes; PostgreSQL.

        Raises
        ------
        InputError
            When the candidate makes no such index, or the database is another.
        """
        return self._follow("concurrently", index)

    def not_valid(self, constraint: str) -> Self:
        """Make a foreign key or CHECK at once and try it on the rows after; PostgreSQL.

        Raises
        ------
        InputError
            When the candidate makes no such constraint, or the database is another.
        """
        return self._follow("not_valid", constraint)

    def expand(self, old: str, new: str) -> Self:
        """Rename in a running system: add the new column, and keep both in step; PostgreSQL.

        Parameters
        ----------
        old
            The column that is no longer in the models, such as "user_profiles.fullname".
        new
            Its new name, such as "display_name".

        Raises
        ------
        InputError
            When the candidate does not drop the one and add the other, or the database is another.
        """
        return self._follow("expand", old, new)

    def ask_again(self) -> Self:
        """Forget every answer."""
        return self._propose(())

    def _follow(self, kind: str, about: str, *value: str) -> Self:
        """Choose a recipe for this very change."""
        return self._decide(Answer(kind, about, value, self._proposal.change))

    def _decide(self, answer: Answer) -> Self:
        same = (answer.kind, answer.about)
        others = (one for one in self._proposal.answers if (one.kind, one.about) != same)
        return self._propose((*others, answer))

    def _propose(self, answers: tuple[Answer, ...]) -> Self:
        if self._revision is not None:
            raise InputError(
                f"This candidate is already written as revision {self._revision.id}.",
                "Delete the file and autogenerate again, or edit it by hand.",
            )
        proposal = self._doors.propose(answers)
        self._doors.keep(answers)
        self._proposal = replace(proposal, id=self.id, answers=answers)
        return self
