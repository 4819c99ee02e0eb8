"""Compare a column's values as a bag, where no key says which row is which.

What is found is at least what happened: values that change places between rows are not seen.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from schema_lab.rehearsal.comparing import Difference, Join
from schema_lab.rehearsal.kinds import Kind, as_characters, as_number, bare

_COMPARED = (Kind.NUMBER, Kind.TIME)


def bag_difference(connection: sa.Connection, join: Join) -> Difference:
    """Count, by column, the values of before that are no longer there. Read-only.

    Of those as many became NULL as there are more NULLs now, and as many went with rows as there
    are fewer rows; the others became other values.
    """
    nulled: dict[str, int] = {}
    changed: dict[str, int] = {}
    for was, name in shared_columns(join):
        missing = _missing(connection, join, was, name)
        nulled[was] = min(missing, max(0, _nulls(join, name, after=True) - _nulls(join, was)))
        changed[was] = max(0, missing - nulled[was] - fewer_rows(join))
    return Difference(join.pair, None, nulled, changed)


def shared_columns(join: Join) -> Iterator[tuple[str, str]]:
    """List the columns that are there before and after, by both names."""
    for was, name in join.pair.columns:
        if was is not None and name is not None:
            yield was, name


def fewer_rows(join: Join) -> int:
    """Say how many rows fewer there are."""
    assert join.pair.before is not None
    assert join.pair.after is not None
    return max(0, join.pair.before.rows - join.pair.after.rows)


def surplus(join: Join, was: str, name: str) -> sa.Subquery:
    """Give each value, as `value`, with how many more of it there were before, as `surplus`."""
    b, a = join.before.c[was], join.after.c[name]
    before, after = _spelled(join, was, name)
    both = sa.union_all(
        sa.select(before.label("value"), sa.literal_column("1").label("one"))
        .select_from(join.before)
        .where(b.is_not(None)),
        sa.select(after.label("value"), sa.literal_column("-1").label("one"))
        .select_from(join.after)
        .where(a.is_not(None)),
    ).subquery()
    total = sa.func.sum(both.c.one)
    return (
        sa.select(both.c.value, total.label("surplus"))
        .group_by(both.c.value)
        .having(total != 0)
        .subquery()
    )


def _missing(connection: sa.Connection, join: Join, was: str, name: str) -> int:
    more = surplus(join, was, name)
    asked = sa.select(sa.func.sum(more.c.surplus)).where(more.c.surplus > 0)
    return int(connection.scalar(asked) or 0)


def _spelled(
    join: Join, was: str, name: str
) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[Any]]:
    """Spell both sides so that equal values fall together: as numbers or times, else as text."""
    before = as_number(join.dialect, (join.before.c[was], join.kind(was, None)))
    after = as_number(join.dialect, (join.after.c[name], join.kind(None, name)))
    if before[1] == after[1] and before[1] in _COMPARED:
        if join.dialect == "sqlite":  # which keeps a type with each value
            return bare(before[0]).collate("BINARY"), bare(after[0]).collate("BINARY")
        return before[0], after[0]
    return as_characters(join.dialect, before), as_characters(join.dialect, after)


def _nulls(join: Join, column: str, *, after: bool = False) -> int:
    table = join.pair.after if after else join.pair.before
    assert table is not None
    return table.rows - table.columns[column].values
