"""Drift: the operations that would make the database equal the models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schema_lab.autogenerate.noise.noise import Noises
from schema_lab.autogenerate.operations import Operation
from schema_lab.views import drift as view

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class LookedAt:
    """Which tables were compared to see a drift; the others were equal, and have not changed.

    `places` are pairs of schema, None for the default one, and table. `reason` says why
    everything is looked at each time; "" where it is not.
    """

    places: frozenset[tuple[str | None, str]] = frozenset()
    tables: int = 0
    reason: str = ""

    def __str__(self) -> str:
        if self.reason:
            return f"Looked at everything: {self.reason}."
        return f"Looked at {len(self.places)} of {self.tables} tables."


@dataclass(frozen=True)
class Drift:
    """What differs between the models and the database; false when nothing does.

    `noise` explains those differences that stay after their own migration ran; `ignored` are
    those that the project's configuration leaves out.
    `looked_at` says which tables were compared.
    """

    operations: tuple[Operation, ...]
    notes: tuple[str, ...] = ()
    noise: Noises = field(default_factory=Noises)
    ignored: Noises = field(default_factory=Noises)
    looked_at: LookedAt = field(default=LookedAt(), repr=False, compare=False)

    @property
    def frame(self) -> pd.DataFrame:
        """The drift as a table.

        Returns
        -------
        DataFrame
            Columns symbol, sentence, table, column, before, after (all str or None);
            a row for each operation.
        """
        import pandas as pd

        rows = [(o.symbol, o.sentence, o.table, o.column, o.before, o.after) for o in self]
        names = ["symbol", "sentence", "table", "column", "before", "after"]
        return pd.DataFrame(rows, columns=names)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __len__(self) -> int:
        return len(self.operations)

    def __bool__(self) -> bool:
        return bool(self.operations)

    def __repr__(self) -> str:
        return view.text(self)

    def _repr_html_(self) -> str:
        return view.html(self)
