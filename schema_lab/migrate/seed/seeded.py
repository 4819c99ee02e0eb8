"""What seeding did: how many rows each table got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema_lab.views import seeded as view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Seeded:
    """The tables that got sample rows, parents first, each with its number of new rows.

    `notes` are sentences on what got fewer rows than asked for, and why.
    """

    tables: tuple[tuple[str, int], ...]
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """The number of rows of all tables."""
        return sum(rows for _, rows in self.tables)

    @property
    def frame(self) -> pd.DataFrame:
        """The tables as a table.

        Returns
        -------
        DataFrame
            Columns table (str) and rows (int), parents first.
        """
        import pandas as pd

        return pd.DataFrame(list(self.tables), columns=["table", "rows"])

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)
