"""Drift: the operations that would make the database match the models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from schema_lab.compare.noise import Noises
from schema_lab.compare.operations import Operation
from schema_lab.schema.words import TableKey
from schema_lab.views import drift as view
from schema_lab.views.frame import frame_of

if TYPE_CHECKING:
    import pandas as pd


def frame_of_operations(operations: Iterable[Operation]) -> pd.DataFrame:
    """Give operations as a table: symbol, sentence, table, column, before, after."""
    rows = [(o.symbol, o.sentence, o.table, o.column, o.before, o.after) for o in operations]
    return frame_of(rows, ["symbol", "sentence", "table", "column", "before", "after"])


@dataclass(frozen=True)
class ComparedTables:
    """The tables that were compared for a drift; the others were equal before and are unchanged.

    `places` are pairs of schema and table; the default schema is None. `reason` says why every
    table is compared each time; "" when this is not so.
    """

    places: frozenset[TableKey] = frozenset()
    tables: int = 0
    reason: str = ""

    def __str__(self) -> str:
        if self.reason:
            return f"Compared every table: {self.reason}."
        return f"Compared {len(self.places)} of {self.tables} tables."


@dataclass(frozen=True)
class Drift:
    """The differences between the models and the database; false when there are none.

    `noise` explains the differences that their own migration does not remove. `ignored` are the
    differences that the project's configuration leaves out. `others` are the live tables that are
    not this project's; they are left alone. `looked_at` says which tables were compared, and
    `not_compared` what of them could not be compared, each with its reason.
    """

    operations: tuple[Operation, ...]
    notes: tuple[str, ...] = ()
    noise: Noises = field(default_factory=Noises)
    ignored: Noises = field(default_factory=Noises)
    others: tuple[str, ...] = ()
    looked_at: ComparedTables = field(default=ComparedTables(), repr=False, compare=False)
    not_compared: tuple[str, ...] = ()

    @property
    def frame(self) -> pd.DataFrame:
        """The drift as a table.

        Returns
        -------
        DataFrame
            Columns symbol, sentence, table, column, before, after (all str or None); one row per
            operation.
        """
        return frame_of_operations(self)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __len__(self) -> int:
        return len(self.operations)

    def __bool__(self) -> bool:
        return bool(self.operations)

    def __repr__(self) -> str:
        return view.drift_text(self)

    def _repr_html_(self) -> str:
        return view.drift_html(self)
