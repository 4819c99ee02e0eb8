"""Which revision is a database really at? Its schema is held against each state of the history.

All revisions run one after another on a throwaway database, and the parts of its tables are counted
that the database has not, or has besides. The nearest state is then compared in full, since one
schema can be spelled in two ways.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from schema_lab.candidate import Metadata
from schema_lab.history import Environment, database_heads
from schema_lab.sides.comparison import Comparison, compare_live
from schema_lab.sides.replay import stepwise
from schema_lab.sides.schema import Reading, read_database
from schema_lab.sides.side import DATABASE, Side
from schema_lab.views import comparison as view
from schema_lab.views.frame import frame_of
from schema_lab.views.plain import names

if TYPE_CHECKING:
    import pandas as pd

Heads = tuple[str, ...]
Parts = frozenset[tuple[str, str, str]]
"""The parts of all tables: table, kind and SQL."""


@dataclass(frozen=True)
class Distance:
    """A state of the history, by its heads, and the number of parts that differ there."""

    heads: Heads
    parts: int

    @property
    def name(self) -> str:
        """The heads in one word; base where no revision has run."""
        return names(self.heads)


@dataclass(frozen=True)
class Location:
    """Where a database stands in the history, by its schema.

    `stamped` is what its version table says. `distances` has each state of the history, in the
    order in which the revisions run. `comparison` is that of the database with the nearest state.
    `between` are the two states that follow each other, where the database has a part of what the
    second one brings and nothing else.
    """

    stamped: Heads
    distances: tuple[Distance, ...]
    comparison: Comparison
    nearest: Heads
    between: tuple[Heads, Heads] | None = None

    @property
    def equal(self) -> bool:
        """Whether the database equals the nearest state."""
        return self.comparison.equal

    @property
    def as_stamped(self) -> bool:
        """Whether the database equals the state that its version table names."""
        return self.equal and self.nearest == self.stamped

    @property
    def frame(self) -> pd.DataFrame:
        """The distances as a table.

        Returns
        -------
        DataFrame
            Columns revision (str), parts (int: how many parts of tables differ) and stamped (bool);
            one row per state of the history.
        """
        rows = [(each.name, each.parts, each.heads == self.stamped) for each in self.distances]
        return frame_of(rows, ["revision", "parts", "stamped"])

    def __repr__(self) -> str:
        return view.location_text(self)

    def _repr_html_(self) -> str:
        return view.location_html(self)


def locate(environment: Environment, models: Metadata | None) -> Location:
    """Find the state of the history whose schema the database has. Read-only.

    Parameters
    ----------
    environment
        The project and its database.
    models
        The tables of the models; None where there are none.

    Raises
    ------
    SchemaLabError
        When the database cannot be read, or a revision fails on an empty database.
    """
    here, stamped = Side.of(DATABASE), database_heads(environment)
    live = read_database(environment, here, models)
    own, found = _parts(live), list[tuple[Distance, Parts]]()
    nearest: tuple[Distance, Reading] | None = None
    with stepwise(environment) as states:
        for heads, place in states:
            reading = read_database(place, _side(heads), models)
            parts = _parts(reading)
            distance = Distance(heads, len(own ^ parts))
            found.append((distance, parts))
            if nearest is None or _order(distance, stamped) < _order(nearest[0], stamped):
                nearest = distance, reading
    assert nearest is not None
    sides = here, _side(nearest[0].heads)
    comparison = compare_live(environment, sides, live, nearest[1], models)
    between = None if comparison.equal else _between(own, found)
    distances = tuple(distance for distance, _ in found)
    return Location(stamped, distances, comparison, nearest[0].heads, between)


def _order(distance: Distance, stamped: Heads) -> tuple[int, bool]:
    """Put the nearest state first; of several, the one that the version table names."""
    return distance.parts, distance.heads != stamped


def _side(heads: Heads) -> Side:
    return replace(Side.of(names(heads)), words=f"revision {names(heads)}" if heads else "base")


def _parts(reading: Reading) -> Parts:
    return frozenset(
        (str(table.key), part.kind, part.sql)
        for table in reading.schema.tables
        if table.key not in reading.others
        for part in table.parts
    )


def _between(own: Parts, found: list[tuple[Distance, Parts]]) -> tuple[Heads, Heads] | None:
    """Give two states in a row between which the database stands, if it has nothing else."""
    for (first, before), (second, after) in pairwise(found):
        if first.parts + second.parts == len(before ^ after) and own not in (before, after):
            return first.heads, second.heads
    return None
