"""A copy: a throwaway database that a rehearsal may change, with the rows of before beside it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

TableKey = tuple[str | None, str]
"""Schema (None: the default one) and name of a table."""

Open = Callable[[sa.Connection], None]


@dataclass(frozen=True)
class Kept:
    """Where the rows of before stand: a schema that the comparing connection reaches.

    `open` makes that schema reachable on a connection; `keep` fills it with tables as they are
    now, and gives their names there.
    """

    schema: str
    keep: Callable[[sa.Connection, Sequence[TableKey]], dict[TableKey, str]]
    open: Open = field(default=lambda connection: None)


@dataclass(frozen=True)
class Copy:
    """A copy's URL, its kept rows, and how it was made, as a sentence.

    `sampled` says of each table how many rows were taken, where it is not a whole copy.
    """

    url: sa.URL
    kept: Kept
    made: str
    sampled: Mapping[TableKey, int] = field(default_factory=dict)
