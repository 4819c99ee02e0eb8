"""How rows look: of a DataFrame, of a live table now, and of a table before and after a change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schema_lab.views.html import are_numbers, badge, cell, escape, head, muted, page, table_of

MOST_ROWS, MOST_COLUMNS = 100, 40
"""Rows and columns that are shown; the DataFrame itself holds all."""

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


@dataclass(frozen=True)
class Look:
    """The columns and the first rows of a table at one moment."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[object, ...], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.heads)


def frame_html(
    heads: Sequence[Head],
    rows: Sequence[Sequence[object]],
    total: int,
    note: str = "",
    marks: Sequence[Head] = (),
    *,
    listing: bool = False,
) -> str:
    """Show the first rows of a DataFrame that has `total` rows.

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
        Whether the rows are facts about a database, in which None means that there is no value.

    Examples
    --------
    >>> shown = frame_html([Head("id", "INTEGER", ("PK",))], [[1]], 1204)
    >>> "INTEGER" in shown, "showing 1 of 1&#8239;204 rows" in shown
    (True, True)
    """
    facts = [*_cuts(len(rows), total, len(heads)), *([escape(note)] if note else [])]
    notes = f'<p class="sl-muted">{"; ".join(facts)}</p>' if facts else ""
    if listing:
        rows = [[_NOTHING if value is None else value for value in row] for row in rows]
    return page(notes, _table(heads, rows, marks))


def rows_html(look: Look, before: Sequence[str] = ()) -> str:
    """Show rows; `before` are the columns of an earlier look, empty if the table is new."""
    return page(rows_piece(look, before))


def rows_piece(look: Look, before: Sequence[str] = ()) -> str:
    """Show rows without their style, for a larger page."""
    return _column_changes(look.columns, before) + _all_rows(look)


def before_after_piece(name: str, before: Look | None, after: Look | None) -> str:
    """Show a table before and after, side by side where there is room, for a larger page.

    None means that there was, or is, no such table.

    Examples
    --------
    >>> old = Look((Head("id"),), ((1,),))
    >>> new = Look((Head("id"), Head("plan")), ((1, None),))
    >>> shown = before_after_piece("users", old, new)
    >>> "+ plan" in shown, "NULL" in shown
    (True, True)
    """
    if before is None:
        marks = [badge("+ new table", "good")]
    elif after is None:
        marks = [badge("- dropped table", "bad")]
    else:
        marks = list(_head_changes(before, after))
    lead = f"<p><b>{escape(name)}</b> {' '.join(marks)}</p>"
    return f'{lead}<div class="sl-around">{_side("before", before)}{_side("after", after)}</div>'


def _head_changes(before: Look, after: Look) -> Iterator[str]:
    """Mark the columns that are added, dropped or changed."""
    old = {column.name: column for column in before.heads}
    yield from (badge(f"+ {name}", "good") for name in after.columns if name not in old)
    yield from (badge(f"- {name}", "bad") for name in old if name not in after.columns)
    for column in after.heads:
        if column.name in old and old[column.name] != column:
            yield badge(f"~ {column.name}", "warn")


def _column_changes(columns: Sequence[str], before: Sequence[str]) -> str:
    if not before:
        return f"<p>{badge('+ new table', 'good')}</p>"
    added = [badge(f"+ {name}", "good") for name in columns if name not in before]
    dropped = [badge(f"- {name}", "bad") for name in before if name not in columns]
    return f"<p>{' '.join(added + dropped)}</p>" if added or dropped else ""


def _side(when: str, look: Look | None) -> str:
    shown = muted("This table does not exist.") if look is None else _all_rows(look)
    return f'<div><p class="sl-muted">{when}</p>{shown}</div>'


def _all_rows(look: Look) -> str:
    return _table(look.heads, look.rows) + ("" if look.rows else muted("No rows."))


def _table(
    heads: Sequence[Head], rows: Sequence[Sequence[object]], marks: Sequence[Head] = ()
) -> str:
    cells = [[_cell(value) for value in row[:MOST_COLUMNS]] for row in rows]
    for row, mark in zip(cells, marks, strict=False):
        row[0] = f'<th scope="row">{escape(mark.name)} {_keys(mark)}</th>'
    columns = zip(*(row[:MOST_COLUMNS] for row in rows), strict=True)
    numbers = [are_numbers(column) for column in columns] or [False] * len(heads)
    shown = zip(heads[:MOST_COLUMNS], numbers, strict=False)
    return table_of([_head(column, right=right) for column, right in shown], cells)


def _head(column: Head, *, right: bool) -> str:
    """Show a column's name, with its type, its keys and whether it may be NULL below."""
    null = "" if column.nullable is None else "NULL" if column.nullable else "NOT NULL"
    null = "" if "PK" in column.keys else null
    lines = filter(None, (escape(column.type), null, _keys(column)))
    below = "".join(f'<div class="sl-kind">{line}</div>' for line in lines)
    return head(column.name, below, right=right)


def _keys(column: Head) -> str:
    return " ".join(
        f'<span title="{_MEANINGS.get(key, "key")}">{badge(_key(key, column.target))}</span>'
        for key in column.keys
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
    return cut or ([] if total else ["No rows."])


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "&#8239;")
