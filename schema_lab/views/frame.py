"""How a DataFrame looks: type, keys and NULL below the name of each column, a note above it all."""

from collections.abc import Sequence
from dataclasses import dataclass

from schema_lab.views.html import are_numbers, badge, cell, escape, head, page, table_of

MOST_ROWS, MOST_COLUMNS = 100, 40
"""Rows and columns that are shown; the frame itself holds all."""

_NOTHING = object()
_MEANINGS = {"PK": "primary key", "FK": "foreign key", "UK": "unique"}


@dataclass(frozen=True)
class Head:
    """A column: its name and what is known of it; `nullable` is None where it is not known."""

    name: str
    type: str = ""
    keys: tuple[str, ...] = ()
    target: str = ""
    nullable: bool | None = None


def html(
    heads: Sequence[Head],
    rows: Sequence[Sequence[object]],
    total: int,
    note: str = "",
    marks: Sequence[Head] = (),
    *,
    listing: bool = False,
) -> str:
    """Show the first rows of a frame that has `total` of them.

    Parameters
    ----------
    heads
        Its columns.
    rows
        Plain values; None is NULL.
    total
        How many rows it has.
    note
        A sentence more.
    marks
        What the first value of each row is, where the rows are the columns of a table.
    listing
        Whether the rows are facts about a database, in which None is nothing to be said.

    Examples
    --------
    >>> shown = html([Head("id", "INTEGER", ("PK",))], [[1]], 1204)
    >>> "INTEGER" in shown, "showing 1 of 1&#8239;204 rows" in shown
    (True, True)
    """
    said = [*_cuts(len(rows), total, len(heads)), *([escape(note)] if note else [])]
    notes = f'<p class="sl-muted">{"; ".join(said)}</p>' if said else ""
    if listing:
        rows = [[_NOTHING if value is None else value for value in row] for row in rows]
    return page(notes, _table(heads, rows, marks))


def piece(heads: Sequence[Head], rows: Sequence[Sequence[object]]) -> str:
    """Show all rows without the style, for a larger page."""
    return _table(heads, rows) + ("" if rows else '<p class="sl-muted">No row.</p>')


def _table(
    heads: Sequence[Head], rows: Sequence[Sequence[object]], marks: Sequence[Head] = ()
) -> str:
    cells = [[_cell(value) for value in row[:MOST_COLUMNS]] for row in rows]
    for row, mark in zip(cells, marks, strict=False):
        row[0] = f'<th scope="row">{escape(mark.name)} {_keys(mark)}</th>'
    columns = zip(*(row[:MOST_COLUMNS] for row in rows), strict=True)
    numbers = [are_numbers(column) for column in columns] or [False] * len(heads)
    shown = zip(heads[:MOST_COLUMNS], numbers, strict=False)
    return table_of([_head(one, right=right) for one, right in shown], cells)


def _head(one: Head, *, right: bool) -> str:
    """Show a column's name, with its type, its keys and whether it may be NULL below."""
    null = "" if one.nullable is None else "NULL" if one.nullable else "NOT NULL"
    lines = filter(None, (escape(one.type), "" if "PK" in one.keys else null, _keys(one)))
    below = "".join(f'<div class="sl-kind">{line}</div>' for line in lines)
    return head(one.name, below, right=right)


def _keys(one: Head) -> str:
    return " ".join(
        f'<span title="{_MEANINGS.get(key, "key")}">{badge(_key(key, one.target))}</span>'
        for key in one.keys
    )


def _key(key: str, target: str) -> str:
    return f"{key} → {target}" if key == "FK" and target else key


def _cell(value: object) -> str:
    if value is True:
        return "<td>✓ True</td>"
    if value is _NOTHING:
        return '<td class="sl-muted">·</td>'
    return '<td class="sl-muted">· False</td>' if value is False else cell(value)


def _cuts(rows: int, total: int, columns: int) -> list[str]:
    cut = [f"showing {_grouped(rows)} of {_grouped(total)} rows"] if rows < total else []
    if columns > MOST_COLUMNS:
        cut.append(f"showing {MOST_COLUMNS} of {_grouped(columns)} columns")
    return cut or ([] if total else ["No row."])


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "&#8239;")
