"""Which values a migration destroys and which it changes, from the differences of the rows."""

from collections.abc import Iterable, Iterator

from schema_lab.rehearsal.comparing import Difference
from schema_lab.rehearsal.pairs import Pair
from schema_lab.rehearsal.values import ChangedValues, ColumnChange, LostValues


def losses_of(differences: Iterable[Difference]) -> tuple[LostValues, ...]:
    """List what is destroyed: tables, rows, columns, then values."""
    found = [loss for one in differences for loss in _losses(one) if loss.count]
    order = ("table", "rows", "column", "nulled", "changed")
    return tuple(sorted(found, key=lambda loss: order.index(loss.kind)))


def _losses(one: Difference) -> Iterator[LostValues]:
    before, after = one.pair.before, one.pair.after
    if before is None:
        return
    if after is None:
        yield LostValues(before.name, None, before.rows, "table")
        return
    left = one.matched if one.matched is not None else min(before.rows, after.rows)
    yield LostValues(before.name, None, before.rows - left, "rows")
    for was, name in one.pair.columns:
        if was is None:
            continue
        if name is None:
            values = before.columns[was].values
            yield LostValues(before.name, was, values, "column", one.kept_in.get(was, {}))
            continue
        yield LostValues(before.name, was, one.nulled.get(was, 0), "nulled")
        if before.columns[was].type != after.columns[name].type:
            yield LostValues(before.name, was, one.changed.get(was, 0), "changed")


def changes_of(differences: Iterable[Difference]) -> tuple[ChangedValues, ...]:
    """List the values that are written over in columns that keep their type."""
    return tuple(
        ChangedValues(one.pair.before.name, was, one.changed[was])
        for one in differences
        if one.pair.before is not None and one.pair.after is not None
        for was, name in one.pair.columns
        if was is not None
        and name is not None
        and one.changed.get(was)
        and one.pair.before.columns[was].type == one.pair.after.columns[name].type
    )


def column_changes(differences: Iterable[Difference]) -> tuple[ColumnChange, ...]:
    """List all columns of all tables, before and after."""
    return tuple(_column(one, was, name) for one in differences for was, name in one.pair.columns)


def _column(one: Difference, was: str | None, name: str | None) -> ColumnChange:
    before = one.pair.before.columns[was] if one.pair.before and was is not None else None
    after = one.pair.after.columns[name] if one.pair.after and name is not None else None
    rows_before, rows_after = _rows(one.pair)
    lost = one.nulled.get(was or "", 0)
    return ColumnChange(
        table=one.pair.table.name,
        column=name,
        was=was,
        type_before=before.type if before else "",
        type_after=after.type if after else "",
        rows_before=rows_before,
        rows_after=rows_after,
        nulls_before=rows_before - before.values if before and rows_before is not None else None,
        nulls_after=rows_after - after.values if after and rows_after is not None else None,
        lost=lost if after else (before.values if before else 0),
        changed=one.changed.get(was or "", 0),
    )


def _rows(pair: Pair) -> tuple[int | None, int | None]:
    return (
        pair.before.rows if pair.before else None,
        pair.after.rows if pair.after else None,
    )
