"""A candidate: the migration that autogenerate proposes, before it is written to disk.

A diff compares two texts: the code before and after an answer, or the schema before and after.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alembic.operations import ops

from schema_lab.candidate.answering import Answering, Callbacks
from schema_lab.candidate.diagram import after_upgrade, marked
from schema_lab.candidate.proposal import Proposal
from schema_lab.candidate.questions.deletions import STOP
from schema_lab.compare.operations import Operation
from schema_lab.errors import HistoryError
from schema_lab.history import Revision
from schema_lab.schema import Diagram
from schema_lab.views import candidate as view
from schema_lab.views import code as code_view


@dataclass(frozen=True)
class Diff:
    r"""Two texts and their difference; false when they are equal.

    Examples
    --------
    >>> Diff("id", "id\nplan", "before", "after")
    --- before
    +++ after
    @@ -1 +1,2 @@
     id
    +plan
    """

    before: str
    after: str
    was: str
    now: str

    def __bool__(self) -> bool:
        return self.before != self.after

    def __repr__(self) -> str:
        return code_view.diff_text(self)

    def _repr_html_(self) -> str:
        return code_view.diff_html(self)


def functions_of(code: str) -> str:
    r"""Extract `upgrade()` and `downgrade()` from a script; all of it when it does not parse.

    Examples
    --------
    >>> functions_of("import os\ndef upgrade():\n    pass")
    'def upgrade():\n    pass'
    """
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return code
    ends = [node.lineno - 1 for node in body[1:]] + [None]
    lines = code.splitlines()
    parts = {
        node.name: "\n".join(_without_docstring(node, lines, end)).rstrip()
        for node, end in zip(body, ends, strict=True)
        if isinstance(node, ast.FunctionDef)
    }
    names = [name for name in ("upgrade", "downgrade") if name in parts]
    return "\n\n\n".join(parts[name] for name in names)


def _without_docstring(function: ast.FunctionDef, lines: list[str], end: int | None) -> list[str]:
    """Give a function's lines and the comments after it, without the docstring."""
    said = function.body[0]
    if ast.get_docstring(function) is None or len(function.body) == 1:
        return lines[function.lineno - 1 : end]
    return [*lines[function.lineno - 1 : said.lineno - 1], *lines[said.end_lineno : end]]


class Candidate(Answering):
    """The proposed migration: its operations, its code, and its SQL on each dialect.

    Each answer changes the candidate in place and returns it. `obstacles` are sentences about
    existing rows that would make the upgrade fail.

    Parameters
    ----------
    proposal
        What autogenerate proposes.
    callbacks
        What the floors above do with a candidate.
    """

    def __init__(self, proposal: Proposal, callbacks: Callbacks) -> None:
        super().__init__(proposal, callbacks)
        self._first = proposal
        self._reviewed: tuple[Proposal, Any] | None = None

    # what the migration does -------------------------------------------------------------------

    @property
    def message(self) -> str:
        """The revision message."""
        return self._proposal.message

    @property
    def dialect(self) -> str:
        """The dialect of the database."""
        return self._proposal.dialect

    @property
    def operations(self) -> tuple[Operation, ...]:
        """The operations of the upgrade, in order."""
        return self._proposal.operations

    @property
    def upgrade_code(self) -> str:
        """The code of `upgrade()`."""
        return self._proposal.upgrade_code

    @property
    def downgrade_code(self) -> str:
        """The code of `downgrade()`."""
        return self._proposal.downgrade_code

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Sentences about existing rows that would make the upgrade fail."""
        return tuple(obstacle.sentence for obstacle in self._proposal.obstacles)

    @property
    def script(self) -> ops.MigrationScript:
        """Alembic's operations of both directions."""
        return self._proposal.script

    @property
    def template_arguments(self) -> Mapping[str, Any]:
        """The values for the template script.py.mako."""
        return self._proposal.template_arguments

    @property
    def empty(self) -> bool:
        """Whether there is nothing to migrate."""
        return not self.operations

    def sql(self, dialect: str, direction: str = "upgrade") -> str:
        """Give the SQL of this migration on a dialect, without a server. Read-only.

        Parameters
        ----------
        dialect
            "sqlite", "postgresql", "mariadb" or "mysql".
        direction
            "upgrade" or "downgrade".

        Raises
        ------
        InputError
            When the dialect is none of these.
        """
        return self._proposal.sql(dialect, direction)

    def diagram(self, around: str | None = None, hops: int = 1) -> Diagram:
        """Draw the live tables, and mark what the upgrade adds, drops and changes. Read-only.

        Parameters
        ----------
        around
            A table. Only this table and the tables within `hops` foreign keys are drawn. By
            default, all tables are drawn; in a large database, the tables that change and the
            tables next to them.
        hops
            The largest distance from `around`, in foreign keys.

        Raises
        ------
        SchemaLabError
            When the table does not exist, or the database does not respond.
        """
        upgrade = self.script.upgrade_ops
        operations = upgrade.ops if upgrade else []
        title = f"candidate {self.message!r}"
        return marked(self._doors.live(), operations, self.dialect, title, around, hops)

    @property
    def answered(self) -> Diff:
        """What the answers changed in the code."""
        return Diff(self._first.code, self._proposal.code, "before the answers", "with the answers")

    def diff(self, revision: Revision | None = None) -> Diff:
        """Compare the schema before and after, or the code with a revision on disk. Read-only.

        Parameters
        ----------
        revision
            A revision, such as the result of `write`, or an item of `lab.history()`. By default,
            the live tables are compared with the tables after the upgrade.

        Raises
        ------
        SchemaLabError
            When the database does not respond.
        """
        if revision is not None:
            on_disk = functions_of(revision.code)
            return Diff(on_disk, self._proposal.code, f"revision {revision.id}", "candidate")
        before, upgrade = self._doors.live(), self.script.upgrade_ops
        after = after_upgrade(before, upgrade.ops if upgrade else [], self.dialect)
        return Diff(before.outline, after.outline, "before", "after")

    # is it safe? -------------------------------------------------------------------------------

    def review(self) -> Any:
        """Review this migration for risks, with the existing rows in view. Read-only.

        Returns
        -------
        schema_lab.review.Findings
            Sorted by severity, each with the reason and a safe recipe.

        Raises
        ------
        SchemaLabError
            When the database does not respond.
        """
        found = self._doors.review(self)
        self._reviewed = (self._proposal, found)
        return found

    @property
    def findings(self) -> Any:
        """The result of the last review; None before a review, and after an answer."""
        if self._reviewed is None or self._reviewed[0] is not self._proposal:
            return None
        return self._reviewed[1]

    def rehearse(self, how: str | None = None) -> Any:
        """Run this migration on a temporary copy of the database. Nothing is written.

        Parameters
        ----------
        how
            "copy", "transaction" or "sample". By default, the lab chooses by size and permissions.

        Returns
        -------
        schema_lab.rehearsal.Rehearsal
            The effect on the rows; see `lab.rehearse`.

        Raises
        ------
        SchemaLabError
            As for `lab.rehearse`.
        """
        return self._doors.rehearse(self, how)

    # write the file ----------------------------------------------------------------------------

    def write(self, *, empty: bool = False, despite_data: bool = False) -> Revision:
        """Write the revision file into versions/. Writing it again changes nothing.

        Parameters
        ----------
        empty
            Write the file even when there is nothing to migrate.
        despite_data
            Write the file even when existing rows block the migration or a question is open, so
            that you can edit the script by hand before it runs.

        Raises
        ------
        HistoryError
            When there is nothing to migrate, existing rows block the migration, a question must
            be answered first, or the script directory has, for instance, two heads.
        """
        if self.empty and not empty:
            raise HistoryError(
                "The database matches the models, so there is nothing to write.",
                'To write a revision by hand, run `lab.revision("…")`.',
            )
        if not despite_data:
            self._refuse_unready()
        self._revision = self._doors.write(self)
        return self._revision

    def _refuse_unready(self) -> None:
        unanswered = self.questions.blocking
        if unanswered:
            asked = " ".join(
                f"{question.sentence} {' '.join(question.evidence)}" for question in unanswered
            )
            calls = " or ".join(f"`{choice.call}`" for choice in unanswered[0].choices)
            raise HistoryError(
                f"Answer this question first: {asked}",
                f"Answer with {calls}. `candidate.questions` lists all questions. To edit the "
                "script by hand instead, use `candidate.write(despite_data=True)`.",
            )
        if self.obstacles:
            offers = [
                f"`{choice.call}`"
                for question in self.questions.open
                for choice in question.choices
                if question.default == STOP != choice.value
            ]
            answer = f"Answer with {' or '.join(offers)}. Or fix" if offers else "Fix"
            raise HistoryError(
                f"Existing rows block this migration: {' '.join(self.obstacles)}",
                f"{answer} the rows, then autogenerate again. To edit the script by hand instead, "
                "use `candidate.write(despite_data=True)`.",
            )

    def __repr__(self) -> str:
        return view.candidate_text(self)

    def _repr_html_(self) -> str:
        return view.candidate_html(self)
