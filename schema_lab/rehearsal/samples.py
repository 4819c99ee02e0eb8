"""Samples of changed rows: values before and after, side by side."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from schema_lab.rehearsal.outcome import Sample
from schema_lab.rehearsal.row_differences import (
    Join,
    RowDifference,
    batched,
    shared_columns,
    surplus,
)
from schema_lab.rehearsal.table_state import ValueKind

ROWS = 3
"""Rows shown of each table."""

LONGEST = 80
"""Characters shown of each value."""


def samples_of(
    connection: sa.Connection, difference: RowDifference, schema: str, name: str
) -> list[Sample]:
    """List values of the first changed rows and the first deleted rows of a table. Read-only."""
    if difference.pair.after is None:
        return []
    join = Join.of(connection, difference.pair, schema, name)
    if difference.matched is None:
        return list(_without_key(connection, join))
    return [*_changed(connection, join), *_deleted(connection, join, difference)]


def _changed(connection: sa.Connection, join: Join) -> Iterator[Sample]:
    marked, seen = list(_marked(join)), set[Any]()
    for part in batched(marked, _MOST_MARKED):
        for row_key, sample in _changed_in(connection, join, part):
            if row_key in seen or len(seen) < ROWS:
                seen.add(row_key)
                yield sample


_MOST_MARKED = 150
"""Columns in one SELECT, each with three entries and three conditions; SQLite nests them, at most
1000 deep. https://www.sqlite.org/limits.html#max_expr_depth"""


def _changed_in(
    connection: sa.Connection, join: Join, marked: Sequence[Any]
) -> Iterator[tuple[Any, Sample]]:
    """List the changes of some columns in the first rows that have one, each with its row's key."""
    if not marked:
        return
    key = [join.before.c[before] for before, _ in join.pair.key]
    flags = [sa.case((says, 1), else_=0) for _, _, _, says in marked]
    asked = (
        sa.select(*key, *_both(join, marked), *flags)
        .select_from(join.source())
        .where(sa.or_(*(says for _, _, _, says in marked)))
        .order_by(*key)
        .limit(ROWS)
    )
    for row in connection.execute(asked):
        values = row[len(key) : len(key) + 2 * len(marked)]
        said = row[len(key) + 2 * len(marked) :]
        for place, (before, after, mark, _) in enumerate(marked):
            if said[place]:
                old, new = values[2 * place : 2 * place + 2]
                old = _spelled(join, old, before, None) if before is not None else None
                new = _spelled(join, new, None, after) if after is not None else None
                name = after or before or ""
                spelled = _key(row[: len(key)])
                yield spelled, Sample(join.pair.table.name, spelled, name, old, new, mark)


def _marked(join: Join) -> Iterator[tuple[str | None, str | None, str, sa.ColumnElement[bool]]]:
    """List the columns before and after, each with its mark and the condition to show it."""
    for before, after in join.pair.columns:
        if (before, after) in join.pair.key:
            continue
        if before is not None and after is not None:
            either = sa.or_(join.nulled(before, after), join.changed(before, after))
            filled = sa.and_(join.before.c[before].is_(None), join.after.c[after].is_not(None))
            yield before, after, "~", sa.or_(either, filled)
        elif before is not None:
            yield before, None, "-", join.before.c[before].is_not(None)
        elif after is not None:
            yield None, after, "+", join.after.c[after].is_not(None)


def _both(join: Join, marked: Sequence[Any]) -> Iterator[sa.ColumnElement[Any]]:
    for before, after, _, _ in marked:
        yield join.before.c[before] if before is not None else sa.null()
        yield join.after.c[after] if after is not None else sa.null()


def _deleted(connection: sa.Connection, join: Join, difference: RowDifference) -> Iterator[Sample]:
    """List values of deleted rows."""
    before = difference.pair.before
    if before is None or before.rows == difference.matched:
        return
    key = [join.before.c[name] for name, _ in join.pair.key]
    known = {name for name, _ in join.pair.key}
    names = [name for name in before.columns if name not in known]
    asked = (
        sa.select(*key, *(join.before.c[name] for name in names))
        .select_from(join.source(outer=True))
        .where(join.after.c[join.pair.key[0][1]].is_(None))
        .order_by(*key)
        .limit(ROWS)
    )
    for row in connection.execute(asked):
        for name, value in zip(names, row[len(key) :], strict=True):
            shown, old = _key(row[: len(key)]), _spelled(join, value, name, None)
            yield Sample(join.pair.table.name, shown, name, old, None, "-")


def _without_key(connection: sa.Connection, join: Join) -> Iterator[Sample]:
    """List values that no longer exist, and new values; without a key, rows are not matched."""
    for was, name in shared_columns(join):
        if join.kind(was, None) is ValueKind.OTHER:
            continue
        more = surplus(join, was, name)
        for where, mark in ((more.c.surplus > 0, "-"), (more.c.surplus < 0, "+")):
            asked = sa.select(more.c.value).where(where).order_by(more.c.value).limit(ROWS)
            side = (was, None) if mark == "-" else (None, name)
            for found in connection.scalars(asked):
                value = _spelled(join, _read(found), *side)
                before, after = (value, None) if mark == "-" else (None, value)
                yield Sample(join.pair.table.name, "", name, before, after, mark)


def _read(value: object) -> object:
    """Decode a value that was compared by its bytes."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _spelled(join: Join, value: object, before: str | None, after: str | None) -> str | None:
    """Spell a value of a column; 1 and 0 in a BOOLEAN column become True and False."""
    truth = join.kind(before, after) is ValueKind.TRUTH and value in (0, 1)
    return shortened(bool(value) if truth else value)


def _key(values: Any) -> str:
    return ", ".join(str(shortened(value)) for value in values)


def shortened(value: object) -> str | None:
    """Spell a value, shortened; None for NULL.

    Examples
    --------
    >>> shortened(None), shortened(b"ab"), shortened("x" * 100)[-3:]
    (None, '6162', 'xx…')
    """
    if value is None:
        return None
    text = value.hex() if isinstance(value, bytes | memoryview) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
