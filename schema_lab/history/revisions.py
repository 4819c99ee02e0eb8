"""Revisions and their history, as values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import Script

from schema_lab.history.checksums import Checksums
from schema_lab.views import history as view
from schema_lab.views import revision as revision_view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Revision:
    """One revision: a script in versions/, and whether the database has it.

    `edited` is true when the file is not the one that was applied; `labels` are those of the branch
    that begins here, `depends_on` the revisions of other branches that have to come first.
    """

    id: str
    message: str
    down: tuple[str, ...]
    path: Path | None
    is_head: bool = False
    applied: bool = False
    edited: bool = False
    labels: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()

    @classmethod
    def of(cls, script: Script, applied: bool = False, edited: bool = False) -> Revision:
        """Take what the lab shows of one of Alembic's scripts."""
        down = script.down_revision
        return cls(
            id=script.revision,
            message=script.doc,
            down=(down,) if isinstance(down, str) else tuple(down or ()),
            path=Path(script.path),
            is_head=script.is_head,
            applied=applied,
            edited=edited,
            # `branch_labels` has those of the whole branch, these are the ones that the file names.
            labels=tuple(sorted(script._orig_branch_labels)),
            depends_on=tuple(sorted(getattr(script, "_resolved_dependencies", ()))),
        )

    @property
    def code(self) -> str:
        """The script as it stands on disk. Read-only."""
        return self.path.read_text(encoding="utf-8") if self.path else ""

    def __repr__(self) -> str:
        return revision_view.text(self)

    def _repr_html_(self) -> str:
        return revision_view.html(self)


@dataclass(frozen=True)
class History:
    """Revisions, newest first."""

    revisions: tuple[Revision, ...]
    nothing: str = "No revision yet."

    @property
    def frame(self) -> pd.DataFrame:
        """The history as a table.

        Returns
        -------
        DataFrame
            Columns revision, message, down_revision (str), applied, head, edited (bool);
            newest first.
        """
        import pandas as pd

        rows = [
            (one.id, one.message, ", ".join(one.down) or None, one.applied, one.is_head, one.edited)
            for one in self.revisions
        ]
        names = ["revision", "message", "down_revision", "applied", "head", "edited"]
        return pd.DataFrame(rows, columns=names)

    def __iter__(self) -> Iterator[Revision]:
        return iter(self.revisions)

    def __len__(self) -> int:
        return len(self.revisions)

    def __getitem__(self, index: int) -> Revision:
        return self.revisions[index]

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


def history_of(
    scripts: Iterable[Script], applied: frozenset[str], known: Checksums | None = None
) -> History:
    """Give the history of scripts, newest first, marking those that the database has."""
    return History(tuple(_marked(one, one.revision in applied, known) for one in scripts))


def _marked(script: Script, applied: bool, known: Checksums | None) -> Revision:
    edited = applied and known is not None and known.edited(script.revision, Path(script.path))
    return Revision.of(script, applied, edited)
