"""Refuse a revision that rebuilds a SQLite table and silently loses what the copy cannot hold.

What the schema promises is compared before and after each revision, still inside its transaction.
"""

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab.database.sqlite_losses import Snapshot, dropped_by, losses_between
from schema_lab.errors import MigrationError

ACCEPTED = "accepted_losses"
"""Name of the list in a revision that says which losses it means."""

CURE = (
    "Let the revision create them again after the batch; or add, drop and rename columns with "
    "op.add_column, op.drop_column and op.alter_column outside of a batch, which copy nothing; "
    f'or list what may go, as in {ACCEPTED} = ["{{}}"] at the top of the revision.'
)


class BatchGuard:
    """Watches one revision after the other on SQLite; changes nothing."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._before: Snapshot | None = None

    def begin(self) -> None:
        """Note the schema before a revision."""
        self._before = Snapshot.of(self._connection)

    def end(self, script: Any, direction: str, statements: Iterable[str]) -> None:
        """Compare the schema after a revision, inside its transaction.

        Parameters
        ----------
        script
            Alembic's script of the revision.
        direction
            "upgrade" or "downgrade".
        statements
            The SQL that the revision has run.

        Raises
        ------
        MigrationError
            Listing what would be lost.
        """
        dropped = dropped_by(statements)
        if self._before is None or not dropped["table"]:
            return
        names = set().union(*dropped.values()) | named_in_drops(Path(script.path), direction)
        found = losses_between(self._before, Snapshot.of(self._connection), names)
        lost = [one for one in found if one not in getattr(script.module, ACCEPTED, ())]
        if lost:
            raise MigrationError(
                f"it rebuilds a table, and these would be lost: {'; '.join(lost)}.",
                CURE.format(lost[0]),
            )


def named_in_drops(path: Path, direction: str) -> set[str]:
    """Collect the texts in a script's calls of drop_column, drop_index … for one direction."""
    other = "downgrade" if direction == "upgrade" else "upgrade"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    parts = [one for one in tree.body if getattr(one, "name", "") != other]
    calls = (node for part in parts for node in ast.walk(part) if isinstance(node, ast.Call))
    drops = (one for one in calls if getattr(one.func, "attr", "").startswith("drop_"))
    return {
        leaf.value.lower()
        for call in drops
        for leaf in ast.walk(call)
        if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str)
    }
