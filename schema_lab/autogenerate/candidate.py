"""A candidate: a migration that autogenerate proposes, with nothing on disk yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alembic.operations import ops

from schema_lab.autogenerate.answering import Answering
from schema_lab.autogenerate.diagrams import afterwards, marked
from schema_lab.autogenerate.diff import Diff, functions_of
from schema_lab.autogenerate.doors import Doors
from schema_lab.autogenerate.operations import Operation
from schema_lab.autogenerate.proposal import Proposal
from schema_lab.database.diagrams import Diagram
from schema_lab.errors import HistoryError
from schema_lab.history import Revision
from schema_lab.views import candidate as view


class Candidate(Answering):
    """A candidate migration: its operations, both functions, their SQL on each dialect.

    Each answer changes the candidate in place, and gives it back. `obstacles` are sentences on
    live rows over which the upgrade would stumble.

    Parameters
    ----------
    proposal
        What autogenerate found.
    doors
        What writes it, and asks again with an answer more.
    """

    def __init__(self, proposal: Proposal, doors: Doors) -> None:
        super().__init__(proposal, doors)
        self._first = proposal
        self._reviewed: tuple[Proposal, Any] | None = None

    # what it would do --------------------------------------------------------------------------

    @property
    def message(self) -> str:
        """The revision message."""
        return self._proposal.message

    @property
    def dialect(self) -> str:
        """The dialect of the database that it was made for."""
        return self._proposal.dialect

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What the upgrade does, in order."""
        return self._proposal.operations

    @property
    def upgrade_code(self) -> str:
        """The function `upgrade()`."""
        return self._proposal.upgrade_code

    @property
    def downgrade_code(self) -> str:
        """The function `downgrade()`."""
        return self._proposal.downgrade_code

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Sentences on live rows over which the upgrade would stumble."""
        return tuple(one.sentence for one in self._proposal.obstacles)

    @property
    def script(self) -> ops.MigrationScript:
        """Alembic's own operations, of both directions."""
        return self._proposal.script

    @property
    def template_arguments(self) -> Mapping[str, Any]:
        """What script.py.mako is filled with."""
        return self._proposal.template_arguments

    @property
    def empty(self) -> bool:
        """Whether there is nothing to migrate."""
        return not self.operations

    def sql(self, dialect: str, direction: str = "upgrade") -> str:
        """Write the SQL of this candidate on a dialect, without a server. Read-only.

        Parameters
        ----------
        dialect
            "sqlite", "postgresql", "mariadb" or "mysql".
        direction
            "upgrade" or "downgrade".

        Raises
        ------
        InputError
            For another dialect.
        """
        return self._proposal.sql(dialect, direction)

    def diagram(self, around: str | None = None, hops: int = 1) -> Diagram:
        """Draw the live tables, with what the upgrade adds, drops and changes marked. Read-only.

        Parameters
        ----------
        around
            A table: it alone, with those within `hops` foreign keys of it. By default the whole
            database, and of one with many tables those that change with those next to them.
        hops
            How many foreign keys away a table may be.

        Raises
        ------
        SchemaLabError
            When there is no such table, or the database does not answer.
        """
        upgrade = self.script.upgrade_ops
        operations = upgrade.ops if upgrade else []
        title = f"candidate {self.message!r}"
        return marked(self._doors.live(), operations, self.dialect, title, around, hops)

    @property
    def answered(self) -> Diff:
        """What the answers given here have changed in the code."""
        return Diff(self._first.code, self._proposal.code, "before the answers", "with the answers")

    def diff(self, revision: Revision | None = None) -> Diff:
        """Compare the schema before and after, or this code with a revision on disk. Read-only.

        Parameters
        ----------
        revision
            A revision, such as that which `write` gave, or one of `lab.history()`. By default, the
            live tables are compared with what the upgrade makes of them.

        Raises
        ------
        SchemaLabError
            When the database does not answer.
        """
        if revision is not None:
            on_disk = functions_of(revision.code)
            return Diff(on_disk, self._proposal.code, f"revision {revision.id}", "candidate")
        before, upgrade = self._doors.live(), self.script.upgrade_ops
        after = afterwards(before, upgrade.ops if upgrade else [], self.dialect)
        return Diff(before.outline, after.outline, "before", "after")

    # is it safe --------------------------------------------------------------------------------

    def review(self) -> Any:
        """Say what is dangerous about it, with the live rows in view. Read-only.

        Returns
        -------
        schema_lab.review.Findings
            Sorted by severity; each with the reason and the safe recipe.

        Raises
        ------
        SchemaLabError
            When the database does not answer.
        """
        found = self._doors.review(self)
        self._reviewed = (self._proposal, found)
        return found

    @property
    def findings(self) -> Any:
        """What the last review found; None before it, and after an answer."""
        if self._reviewed is None or self._reviewed[0] is not self._proposal:
            return None
        return self._reviewed[1]

    def rehearse(self, how: str | None = None) -> Any:
        """Run it on a throwaway copy of the database; nothing is written.

        Parameters
        ----------
        how
            "copy", "transaction" or "sample"; None: by size and rights.

        Returns
        -------
        schema_lab.rehearsal.Rehearsal
            What it did to the rows; see `lab.rehearse`.

        Raises
        ------
        SchemaLabError
            As for `lab.rehearse`.
        """
        return self._doors.rehearse(self, how)

    # make it a file ----------------------------------------------------------------------------

    def write(self, *, empty: bool = False, despite_data: bool = False) -> Revision:
        """Write the revision file into versions/; writing it a second time changes nothing.

        Parameters
        ----------
        empty
            Write it even when there is nothing to migrate.
        despite_data
            Write it even when rows stand in the way or questions are open, to be edited by hand
            before it runs.

        Raises
        ------
        HistoryError
            When there is nothing to migrate, rows stand in the way, a question has to be answered
            first, or the script directory does not take it, for instance since it has two heads.
        """
        if self.empty and not empty:
            raise HistoryError(
                "The database equals the models, so there is nothing to write.",
                'For a revision to be filled by hand: lab.revision("…").',
            )
        if not despite_data:
            self._refuse_unready()
        self._revision = self._doors.write(self)
        return self._revision

    def _refuse_unready(self) -> None:
        unanswered = self.questions.in_the_way
        if unanswered:
            asked = " ".join(f"{one.sentence} {' '.join(one.evidence)}" for one in unanswered)
            calls = " or ".join(one.call for one in unanswered[0].choices)
            raise HistoryError(
                f"An answer is needed first: {asked}",
                f"Say {calls}; candidate.questions lists all. Or, to edit the script by hand "
                "before it runs: candidate.write(despite_data=True).",
            )
        if self.obstacles:
            raise HistoryError(
                f"Live rows stand in the way: {' '.join(self.obstacles)}",
                "Mend the rows first and autogenerate again; or, to edit the script by hand before "
                "it runs: candidate.write(despite_data=True).",
            )

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)
