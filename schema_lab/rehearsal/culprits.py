"""The rows that made a statement fail, looked for while the transaction still stands."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa


@dataclass(frozen=True)
class Culprits:
    """Some rows of a table that made a statement fail, and how many there are; None: not found."""

    table: str = ""
    rows: tuple[Mapping[str, str | None], ...] = ()
    count: int | None = None


def culprits_of(connection: sa.Connection, sql: str, error: BaseException) -> Culprits:
    """Find the rows that made a statement fail. Read-only."""
    return Culprits()
