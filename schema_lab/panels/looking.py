"""Look at tables, to compare them later."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from schema_lab.database.shown import heads_of
from schema_lab.errors import SchemaLabError
from schema_lab.views.around import Look

if TYPE_CHECKING:
    import pandas as pd

    from schema_lab.lab import Lab

MOST_LOOKED_AT = 12
"""Tables that are looked at before a step; a change in another is shown without its rows."""


def looks(lab: Lab, limit: int) -> dict[str, Look]:
    """Look at the first tables of a database. Read-only."""
    found = {}
    for name in list(lab.tables()["table"])[:MOST_LOOKED_AT]:
        with suppress(SchemaLabError):
            found[name] = look_of(lab.rows(name, limit=limit))
    return found


def look_of(frame: pd.DataFrame) -> Look:
    """Take plain values out of a frame; what pandas holds as missing is None."""
    objects = frame.astype(object)
    rows = objects.where(frame.notna(), None).to_numpy().tolist()
    return Look(heads_of(frame), tuple(tuple(row) for row in rows))
