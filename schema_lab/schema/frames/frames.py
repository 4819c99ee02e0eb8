"""DataFrames that a notebook displays with what is known of their columns; they stay pandas' own.

Each column has one type, and NULL stays NULL.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from weakref import ref

import pandas as pd

from schema_lab.views import rows as view
from schema_lab.views.rows import Head


def shown(
    frame: pd.DataFrame,
    heads: Sequence[Head],
    note: str = "",
    marks: Sequence[Head] = (),
    *,
    listing: bool = False,
) -> pd.DataFrame:
    """Let a notebook show a frame in our way. Changes how this one object looks, nothing else.

    A subclass would be another type to whoever compares frames, and a setting of IPython's would
    change everybody's; so the object alone gets the method that a notebook asks for. What is made
    of the frame, and the frame once its columns or rows have changed, look as pandas has it.

    Parameters
    ----------
    frame
        The frame.
    heads
        What is known of its columns.
    note, marks, listing
        See `schema_lab.views.rows.frame_html`.

    Examples
    --------
    >>> frame = shown(pd.DataFrame({"id": [1]}), [Head("id", "INTEGER", ("PK",))])
    >>> type(frame) is pd.DataFrame, "INTEGER" in frame._repr_html_()
    (True, True)
    >>> "INTEGER" in frame.head()._repr_html_()
    False
    """
    frame._repr_html_ = _Display(frame, heads, note, marks, listing)  # type: ignore[attr-defined]
    return frame


def heads_of(frame: pd.DataFrame) -> tuple[Head, ...]:
    """Give what is known of a frame's columns: their names at least."""
    display = frame.__dict__.get("_repr_html_")
    if isinstance(display, _Display) and display.fits(frame):
        return display.heads
    return tuple(Head(str(name)) for name in frame.columns)


class _Display:
    """Gives the HTML of a frame, as `_repr_html_` of that frame alone."""

    def __init__(
        self,
        frame: pd.DataFrame,
        heads: Sequence[Head],
        note: str,
        marks: Sequence[Head],
        listing: bool,
    ) -> None:
        self._frame = ref(frame)
        self._form = _form(frame)
        self.heads, self._note, self._marks = tuple(heads), note, tuple(marks)
        self._listing = listing

    def fits(self, frame: pd.DataFrame) -> bool:
        """Tell whether a frame still has the columns and the number of rows that it had."""
        return _form(frame) == self._form

    def __call__(self) -> str | None:
        frame = self._frame()
        if frame is None or not pd.get_option("display.notebook_repr_html"):
            return None
        if not self.fits(frame):
            own: str | None = pd.DataFrame._repr_html_(frame)  # type: ignore[attr-defined]
            return own
        first = frame.iloc[: view.MOST_ROWS].astype(object)
        rows = first.where(first.notna() | _not_a_number(first), None).to_numpy().tolist()
        more = (self._note, self._marks)
        return view.frame_html(self.heads, rows, len(frame), *more, listing=self._listing)


def _form(frame: pd.DataFrame) -> tuple[object, ...]:
    return (*frame.columns, len(frame), isinstance(frame.index, pd.RangeIndex))


def _not_a_number(frame: pd.DataFrame) -> pd.DataFrame:
    """Find what pandas counts as missing and the database does not: NaN itself."""
    found: pd.DataFrame
    found = frame.apply(lambda column: column.map(lambda value: isinstance(value, float)))
    return found


_INT64 = range(-(2**63), 2**63)
_NULLABLE: dict[type, str] = {bool: "boolean", int: "Int64", float: "Float64", str: "string"}


def stated_frame(dtypes: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Make a frame with the stated columns and dtypes, also when there is no row.

    Examples
    --------
    >>> stated_frame({"table": "string", "rows": "int64"}, [("users", 3)])
       table  rows
    0  users     3
    """
    columns = _columns(rows, len(dtypes))
    arrays = zip(dtypes.items(), columns, strict=True)
    frame = pd.DataFrame({name: pd.Series(values, dtype=dtype) for (name, dtype), values in arrays})
    return shown(frame, [Head(name) for name in dtypes], listing=True)


def value_frame(
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    heads: Sequence[Head] = (),
    limit: int | None = None,
) -> pd.DataFrame:
    """Make a frame of what a query gives; two columns may bear the same name.

    Parameters
    ----------
    names
        The names of the columns.
    rows
        Their values; with a `limit`, one row more than it says that there are more.
    heads
        What is known of the columns; without it a notebook shows the dtypes.
    limit
        The number of rows that are kept.

    Returns
    -------
    pandas.DataFrame
        A column whose values are all whole numbers is ``Int64``, all floats ``Float64``, all
        true or false ``boolean``, all text ``string``; any other is ``object`` with the values
        as the driver gives them. NULL is ``pandas.NA`` in each.

    Examples
    --------
    >>> value_frame(["id", "plan"], [(1, None), (2, "free")])
       id  plan
    0   1  <NA>
    1   2  free
    """
    listed = list(rows)
    kept = listed if limit is None else listed[:limit]
    more = f"the first {limit} rows; there are more, limit= gives them"
    columns = _columns(kept, len(names))
    frame = pd.DataFrame({place: _array(values) for place, values in enumerate(columns)})
    named = frame.set_axis(list(names), axis="columns")
    known = heads or [Head(name, _kind(frame[place])) for place, name in enumerate(names)]
    return shown(named, known, more if len(kept) < len(listed) else "")


def _columns(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    kept = list(rows)
    return [[row[place] for row in kept] for place in range(width)]


def _array(values: list[Any]) -> "pd.Series[Any]":
    missing = [pd.NA if value is None else value for value in values]
    return pd.Series(missing, dtype=_dtype([value for value in values if value is not None]))


def _kind(series: "pd.Series[Any]") -> str:
    """Name the type of a column's values; nothing when there is none."""
    if series.dtype != object:
        return str(series.dtype)
    kinds = {type(value).__name__ for value in series if value is not pd.NA}
    return " or ".join(sorted(kinds))


def _dtype(values: list[Any]) -> str:
    kinds = {type(value) for value in values}
    if len(kinds) != 1:
        return "object"
    kind = kinds.pop()
    exact = kind is not int or all(value in _INT64 for value in values)
    # Float64 takes NaN for a missing value; the database does not.
    exact = exact and (kind is not float or not any(map(math.isnan, values)))
    return _NULLABLE.get(kind, "object") if exact else "object"
