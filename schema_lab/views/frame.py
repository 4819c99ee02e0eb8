"""The DataFrame of a value that has rows: its `.frame`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from schema_lab.errors import needs

if TYPE_CHECKING:
    import pandas as pd


def frame_of(rows: Iterable[Sequence[Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Give rows as a DataFrame; pandas is loaded when the first is asked for.

    Raises
    ------
    SchemaLabError
        When pandas is not installed.

    Examples
    --------
    >>> frame_of([("teams", 2)], ["table", "rows"]).to_dict("list")
    {'table': ['teams'], 'rows': [2]}
    """
    needs("pandas", "lab")
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns))
