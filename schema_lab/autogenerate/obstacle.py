"""An obstacle: live rows over which an upgrade would stumble, counted and shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schema_lab.views import obstacles as view

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 10
"""Rows that an obstacle holds at most."""


@dataclass(frozen=True)
class Obstacle:
    """Rows that a demand of the upgrade does not allow.

    `rows` are the first of them, whole, with the names of their `columns`; `total` counts all.
    """

    sentence: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = field(default=(), compare=False)
    total: int = 0

    @property
    def frame(self) -> pd.DataFrame:
        """The rows as a table, with the table's own columns; at most ten."""
        import pandas as pd

        return pd.DataFrame(list(self.rows), columns=list(self.columns))

    def __str__(self) -> str:
        return self.sentence

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)
