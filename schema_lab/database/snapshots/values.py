"""A snapshot and a list of them, as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema_lab.views import snapshot as view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class Snapshot:
    """A copy of a database in a file, to go back to with `lab.restore`.

    `size` is in bytes; `heads` are the revisions at which the database stood; `database` says,
    without any secret, which database it is a copy of; `checksums` is what was known of its
    applied revisions' files.
    """

    id: str
    path: Path
    dialect: str
    created: datetime
    size: int
    heads: tuple[str, ...]
    label: str = ""
    database: str = ""
    sha256: str = ""
    checksums: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def age(self) -> timedelta:
        """The time since it was taken."""
        return datetime.now(UTC) - self.created

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)


_DTYPES = {
    "id": "str",
    "label": "str",
    "created": "datetime64[us, UTC]",
    "age": "timedelta64[us]",
    "bytes": "int64",
    "heads": "str",
}


@dataclass(frozen=True, repr=False)
class Snapshots:
    """The snapshots of a project, newest first."""

    snapshots: tuple[Snapshot, ...]

    @property
    def frame(self) -> pd.DataFrame:
        """The snapshots as a table.

        Returns
        -------
        DataFrame
            Columns id, label (str), created (datetime, UTC), age (timedelta), bytes (int), heads
            (str, joined by commas); newest first.
        """
        import pandas as pd

        rows = [
            (one.id, one.label, one.created, one.age, one.size, ", ".join(one.heads))
            for one in self.snapshots
        ]
        frame = pd.DataFrame(rows, columns=["id", "label", "created", "age", "bytes", "heads"])
        return frame.astype(_DTYPES)

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(self.snapshots)

    def __len__(self) -> int:
        return len(self.snapshots)

    def __getitem__(self, index: int) -> Snapshot:
        return self.snapshots[index]

    def __repr__(self) -> str:
        return view.listed_text(self)

    def _repr_html_(self) -> str:
        return view.listed_html(self)
