"""A DataFrame that a notebook shows with what is known of its columns; it stays pandas' own."""

from collections.abc import Sequence
from weakref import ref

import pandas as pd

from schema_lab.views import frame as view
from schema_lab.views.frame import Head


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
        See `schema_lab.views.frame.html`.

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
        return view.html(self.heads, rows, len(frame), *more, listing=self._listing)


def _form(frame: pd.DataFrame) -> tuple[object, ...]:
    return (*frame.columns, len(frame), isinstance(frame.index, pd.RangeIndex))


def _not_a_number(frame: pd.DataFrame) -> pd.DataFrame:
    """Find what pandas counts as missing and the database does not: NaN itself."""
    return frame.map(lambda value: isinstance(value, float))
