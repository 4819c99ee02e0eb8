"""A run: what one upgrade or downgrade did, statement by statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema_lab.views import run as view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Statement:
    """One SQL statement that ran: its text, milliseconds and rows (-1 where unknown)."""

    sql: str
    milliseconds: float
    rows: int


@dataclass(frozen=True)
class Run:
    """A finished upgrade, downgrade or stamp; the heads were read on fresh connections.

    `notes` are sentences that a person should know of, such as an edited script that ran.
    """

    direction: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    revisions: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The statements as a table.

        Returns
        -------
        DataFrame
            Columns sql (str), milliseconds (float), rows (int; -1 where the driver does not say).
        """
        import pandas as pd

        rows = [(one.sql, one.milliseconds, one.rows) for one in self.statements]
        return pd.DataFrame(rows, columns=["sql", "milliseconds", "rows"])

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)
