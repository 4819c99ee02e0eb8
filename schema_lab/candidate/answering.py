"""The answers that a candidate accepts. Each answer changes the candidate in place.

The callbacks of a candidate are what the floors above do with it: write, review and rehearse it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

from schema_lab.candidate.proposal import Proposal
from schema_lab.candidate.questions.fill_values import fill_source
from schema_lab.candidate.questions.question import Answer, Questions
from schema_lab.errors import InputError
from schema_lab.history import Revision
from schema_lab.rows import Violations
from schema_lab.schema import Diagram


@dataclass(frozen=True)
class Callbacks:
    """The functions that the floors above hand to a candidate."""

    propose: Callable[[tuple[Answer, ...]], Proposal]
    """Compare again, with these answers instead of the kept ones."""
    keep: Callable[[tuple[Answer, ...]], None]
    """Keep these answers for the next autogenerate of the same change, and forget all others."""
    write: Callable[[Any], Revision]
    """Write the given candidate."""
    review: Callable[[Any], Any]
    """Review the given candidate; returns the findings."""
    rehearse: Callable[[Any, str | None], Any]
    """Rehearse the given candidate by a method; returns a `schema_lab.rehearsal.Rehearsal`."""
    live: Callable[[], Diagram]
    """Draw the live tables."""


class Answering:
    """The part of a candidate that accepts answers."""

    def __init__(self, proposal: Proposal, callbacks: Callbacks) -> None:
        self._proposal = proposal
        self._doors = callbacks
        self._revision: Revision | None = None

    @property
    def id(self) -> str:
        """The id that the revision will have."""
        return self._proposal.id

    @property
    def questions(self) -> Questions:
        """The questions that only you can answer, with the answers given so far."""
        return self._proposal.questions

    @property
    def offending(self) -> tuple[Violations, ...]:
        """Blocking rows, grouped, each with its first rows: `candidate.offending[0].frame`."""
        return self._proposal.obstacles

    def rename(self, old: str, new: str) -> Self:
        """Answer that a dropped column or table is renamed, so that its values are kept.

        Parameters
        ----------
        old
            The column or table that is no longer in the models, such as "user_profiles.fullname".
        new
            The new name, such as "display_name".

        Raises
        ------
        InputError
            When the candidate does not ask this question.
        """
        return self.answer("rename", old, "rename", new)

    def drop(self, what: str) -> Self:
        """Answer that a column or table is dropped, with its values.

        Raises
        ------
        InputError
            When the candidate does not ask this.
        """
        return self.answer("rename", what, "drop")

    def cast(self, column: str, *, using: str = "", null: bool = False) -> Self:
        """Answer what should happen to the values of a column whose type changes.

        Parameters
        ----------
        column
            The column, such as "users.age". Without `using` and `null`, the database casts.
        using
            SQL that computes the new value of a row, such as "nullif(age, '')::integer".
            PostgreSQL uses it as USING; on other databases, an UPDATE runs before the type changes.
        null
            Set the values that do not fit to NULL.

        Raises
        ------
        InputError
            When the candidate does not ask this question, or does not offer this choice.
        """
        if using:
            return self.answer("cast", column, "using", using)
        return self.answer("cast", column, "null" if null else "cast")

    def member(self, column: str, member: str, *, to: str | None = "") -> Self:
        """Answer what should happen to a removed enum member and to the rows that use it.

        Parameters
        ----------
        column
            The column, such as "users.plan". For a type of several columns, the first column.
        member
            The member as the database stores it. For a Python enum, this is usually the name.
        to
            A new member renames the old member. An existing member replaces the old member in
            the rows. None sets the rows to NULL. By default, the member is removed, which is
            possible when no row uses it.

        Raises
        ------
        InputError
            When the candidate does not ask this question, or does not offer this choice.
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
        """Answer which value existing rows get in a column that becomes NOT NULL.

        Parameters
        ----------
        column
            The column, such as "users.plan".
        value
            One value for every row: text, a number, a bool, a date, an enum member …
        sql
            An SQL expression, such as "lower(name)".
        copy
            A column of the same table to copy.
        default
            Use the Python default of the model.
        server_default
            One value for every row, which becomes the server default for future rows.

        Raises
        ------
        InputError
            When the candidate does not ask this question, or the value does not fit the column.
        """
        source = fill_source(column, value, sql, copy, default, server_default)
        return self.answer("fill", column, *source)

    def nulls(self, column: str, *, fill: bool = False) -> Self:
        """Answer whether the NULLs of a column get its new server default.

        Parameters
        ----------
        column
            The column, such as "users.plan".
        fill
            Fill them with the default. Without it, they stay NULL.

        Raises
        ------
        InputError
            When the candidate does not ask this question.
        """
        return self.answer("nulls", column, "fill" if fill else "keep")

    def duplicates(self, columns: str, *, keep: str = "") -> Self:
        """Answer which rows are kept where columns become unique that have duplicate values.

        Parameters
        ----------
        columns
            The columns, such as "users.email" or "users.(first, last)".
        keep
            "first" or "last", by the primary key; all other rows of a value are deleted. Without
            it, the rows block the migration.

        Raises
        ------
        InputError
            When the candidate does not ask this question, or does not offer this choice.
        """
        return self.answer("duplicates", columns, keep or "stop")

    def orphans(self, columns: str, *, to: str | None = "", delete: bool = False) -> Self:
        """Answer what should happen to rows that lack the row to which a new foreign key refers.

        Parameters
        ----------
        columns
            The columns of the foreign key, such as "book.author_id".
        to
            None sets the values to NULL.
        delete
            Delete the rows. Without any choice, the rows block the migration.

        Raises
        ------
        InputError
            When the candidate does not ask this question, or does not offer this choice.
        """
        return self.answer(
            "orphans", columns, "delete" if delete else "null" if to is None else "stop"
        )

    def drop_views(self, what: str) -> Self:
        """Answer that the views that read a dropped table or column are dropped with it.

        Parameters
        ----------
        what
            The table or column, such as "users.name".

        Raises
        ------
        InputError
            When the candidate does not ask this question.
        """
        return self.answer("views", what, "drop")

    def answer(self, kind: str, about: str, *value: str) -> Self:
        """Answer a question. `candidate.questions` lists the calls for each answer.

        Raises
        ------
        InputError
            When there is no such question, or the question does not offer this choice.
        """
        question = self.questions.about(kind, about)
        if not question.takes(value):
            calls = " or ".join(f"`{choice.call}`" for choice in question.choices)
            raise InputError(
                f"{' '.join(value)!r} is not an answer to: {question.sentence}",
                f"Answer with {calls}.",
            )
        return self._decide(Answer(kind, about, value, question.change))

    def allow(self, code: str, reason: str) -> Self:
        """Allow a finding of the review. A comment in the script keeps the reason.

        Parameters
        ----------
        code
            The finding's code, such as "SL101".
        reason
            Why the finding is not a risk here, for readers of the script.

        Raises
        ------
        InputError
            When the reason is empty.
        """
        if not reason.strip():
            raise InputError(
                f"{code} cannot be allowed without a reason.",
                f'Say why it is not a risk: `candidate.allow({code!r}, "…")`.',
            )
        return self._follow("allow", code, reason)

    def concurrently(self, index: str) -> Self:
        """Create an index while the application writes (PostgreSQL).

        Raises
        ------
        InputError
            When the candidate creates no such index, or the database is not PostgreSQL.
        """
        return self._follow("concurrently", index)

    def not_valid(self, constraint: str) -> Self:
        """Add a foreign key or CHECK at once and check existing rows later (PostgreSQL).

        Raises
        ------
        InputError
            When the candidate adds no such constraint, or the database is not PostgreSQL.
        """
        return self._follow("not_valid", constraint)

    def expand(self, old: str, new: str) -> Self:
        """Rename in a running system: add the new column, and keep both in step (PostgreSQL).

        Parameters
        ----------
        old
            The column that is no longer in the models, such as "user_profiles.fullname".
        new
            The new name, such as "display_name".

        Raises
        ------
        InputError
            When the candidate does not drop `old` and add `new`, or the database is not PostgreSQL.
        """
        return self._follow("expand", old, new)

    def ask_again(self) -> Self:
        """Forget every answer."""
        return self._propose(())

    def _follow(self, kind: str, about: str, *value: str) -> Self:
        """Choose a recipe for this change."""
        return self._decide(Answer(kind, about, value, self._proposal.change))

    def _decide(self, answer: Answer) -> Self:
        same = (answer.kind, answer.about)
        others = (kept for kept in self._proposal.answers if (kept.kind, kept.about) != same)
        return self._propose((*others, answer))

    def _propose(self, answers: tuple[Answer, ...]) -> Self:
        if self._revision is not None:
            raise InputError(
                f"This candidate was already written as revision {self._revision.id}.",
                "Edit the file by hand, or delete the file and autogenerate again.",
            )
        proposal = self._doors.propose(answers)
        self._doors.keep(answers)
        self._proposal = replace(proposal, id=self.id, answers=answers)
        return self
