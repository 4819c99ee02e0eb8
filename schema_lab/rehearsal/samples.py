"""Some rows before and after, side by side: those on which something changed."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from schema_lab.rehearsal.bags import shared_columns, surplus
from schema_lab.rehearsal.comparing import Difference, Join
from schema_lab.rehearsal.kinds import Kind
from schema_lab.rehearsal.values import Sample

ROWS = 3
"""Rows of a table that are shown."""

LONGEST = 80
"""Characters of a value that are shown."""


def samples_of(
    connection: sa.Connection, difference: Difference, schema: str, name: str
) -> list[Sample]:
    """Show the first changed rows of a table, and the first that are gone. Read-only."""
    if difference.pair.after is None:
        return []
    join = Join.of(connection, difference.pair, schema, name)
    if difference.matched is None:
        return list(_without_key(connection, join))
    return [*_changed(connection, join), *_gone(connection, join, difference)]


def _changed(connection: sa.Connection, join: Join) -> Iterator[Sample]:
    marked = list(_marked(join))
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
                yield Sample(join.pair.table.name, _key(row[: len(key)]), name, old, new, mark)


def _marked(join: Join) -> Iterator[tuple[str | None, str | None, str, sa.ColumnElement[bool]]]:
    """List what would be shown: columns of before and after, a mark, and the condition."""
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


def _both(join: Join, marked: list[Any]) -> Iterator[sa.ColumnElement[Any]]:
    for before, after, _, _ in marked:
        yield join.before.c[before] if before is not None else sa.null()
        yield join.after.c[after] if after is not None else sa.null()


def _gone(connection: sa.Connection, join: Join, difference: Difference) -> Iterator[Sample]:
    """Show rows that are in before only."""
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
    """Show values that are no longer there, and values that are new, which may be anybody's."""
    for was, name in shared_columns(join):
        if join.kind(was, None) is Kind.OTHER:
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
    """Read a value that was compared by its bytes."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _spelled(join: Join, value: object, before: str | None, after: str | None) -> str | None:
    """Spell a value of a column of before, or of one of after: 1 and 0 of BOOLEAN are truth."""
    truth = join.kind(before, after) is Kind.TRUTH and value in (0, 1)
    return shortened(bool(value) if truth else value)


def _key(values: Any) -> str:
    return ", ".join(str(shortened(value)) for value in values)


def shortened(value: object) -> str | None:
    """Spell a value, cut to a length; None for NULL.

    Examples
    --------
    >>> shortened(None), shortened(b"ab"), shortened("x" * 100)[-3:]
    (None, '6162', 'xx…')
    """
    if value is None:
        return None
    text = value.hex() if isinstance(value, bytes | memoryview) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
