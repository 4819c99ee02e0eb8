"""A type is exchanged for one that the values do not survive."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from schema_lab.review.acts import altered_columns, type_before
from schema_lab.review.casting import lossy
from schema_lab.review.change import Change
from schema_lab.review.filling import is_mended_before
from schema_lab.review.finding import Finding, Severity
from schema_lab.review.narrowing import plain
from schema_lab.review.saying import on
from schema_lab.review.words import counted, quoted

CODE = "SL206"
NAME = "cast-over-values"
SEVERITY: Severity = "error"
TITLE = "A column changes to a type that its values cannot be cast to."

_REFUSED = "The database refuses the values that it cannot cast, and the upgrade fails there."
_SQLITE = (
    "Batch mode casts while it copies, and SQLite casts anything: 'abc' becomes 0, 2026-05-06 "
    "becomes 2026, 1.75 becomes 1, without a word."
)
_RECIPE = (
    "Add a column of the new type, fill it with an expression of your own, look at what is left "
    "over, then drop the old column and give the new one its name."
)


def find(change: Change) -> Iterator[Finding]:
    """Give each such column with the values that do not survive; if all do, nothing."""
    for step, place, one in altered_columns(change):
        before = type_before(change, place, one)
        if one.modify_type is None or before is None or change.live is None:
            continue
        if is_mended_before(change, step, place, one):
            continue
        condition = lossy(before, one.modify_type, step.column, change.live.connection)
        rows = change.live.count(place, condition) if condition is not None else None
        if condition is None or not rows:
            continue
        shown = quoted(_some(change, place.name, place.schema, step.column, condition))
        dialect = change.live.connection.dialect
        after = plain(one.modify_type).compile(dialect=dialect)
        sentence = (
            f"casts {place}.{step.column} to {after}, which {counted(rows, 'value')} "
            f"{'does' if rows == 1 else 'do'} not survive: {shown}"
        )
        why = _SQLITE if change.dialect == "sqlite" else _REFUSED
        yield on(step, CODE, SEVERITY, sentence, why, _RECIPE)


def _some(
    change: Change, table: str, schema: str | None, name: str, condition: sa.ColumnElement[bool]
) -> list[Any]:
    assert change.live is not None
    column: Any = sa.type_coerce(sa.column(name), sa.types.NullType())
    query = sa.select(column).select_from(sa.table(table, schema=schema)).where(condition)
    with change.live.connection.begin_nested():
        return list(change.live.connection.scalars(query.distinct().order_by(column).limit(6)))
