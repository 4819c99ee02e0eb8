"""What a rehearsal found: statements, columns, losses, changes, samples, failures.

`losses_of`, `changes_of` and `column_changes` read them from the differences of the rows: which
values a migration destroys, which it overwrites, and which columns it changes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from schema_lab.rehearsal.row_differences import RowDifference, TablePair
from schema_lab.views import rehearsal as view


@dataclass(frozen=True)
class Performed:
    """A statement that ran: milliseconds, rows affected (-1 if unknown) and the locks it took.

    `estimated` is how many milliseconds it may take on the real table, if only a sample ran.
    """

    sql: str
    milliseconds: float
    rows: int
    locks: tuple[str, ...] = ()
    estimated: float | None = None


@dataclass(frozen=True)
class ColumnChange:
    """A column before and after. `column` is its name after, `was` its name before.

    Each is None if there is no such column. `mark` is "+" for new, "-" for dropped, "~" for
    different, "" for unchanged. `lost` counts values that no longer exist, `changed` values that
    differ.
    """

    table: str
    column: str | None
    was: str | None
    type_before: str
    type_after: str
    rows_before: int | None
    rows_after: int | None
    nulls_before: int | None
    nulls_after: int | None
    lost: int
    changed: int

    @property
    def name(self) -> str:
        """The name after; for a dropped column, the name before."""
        return self.column or self.was or ""

    @property
    def mark(self) -> str:
        """The kind of change: "+", "-", "~" or ""."""
        if self.was is None:
            return "+"
        if self.column is None:
            return "-"
        filled = self.rows_before == self.rows_after and self.nulls_before != self.nulls_after
        other = self.was != self.column or self.type_before != self.type_after
        return "~" if filled or other or self.lost or self.changed else ""


@dataclass(frozen=True)
class LostValues:
    """Values that a migration destroys.

    Attributes
    ----------
    table, column
        Where, by the names before; column is None for whole rows.
    count
        How many values (or rows).
    kind
        "table", "rows", "column", "nulled" (the values become NULL), or "changed" (they change
        with the column's type; after a round trip, for any reason).
    kept_in
        For a dropped column: how many of its values each other column contains afterwards.
    """

    table: str
    column: str | None
    count: int
    kind: str
    kept_in: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name that accepts this loss: "users.plan", or "users" for a table or its rows."""
        return self.table if self.column is None else f"{self.table}.{self.column}"

    @property
    def sentence(self) -> str:
        """Say the loss, such as "column `users.plan` is dropped, with its 12 values"."""
        return view.loss(self)

    def __repr__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class ChangedValues:
    """Values that a migration overwrites in a column that keeps its type."""

    table: str
    column: str
    count: int

    @property
    def sentence(self) -> str:
        """Say the change, such as "12 values of `users.email` are overwritten"."""
        return view.change(self.table, self.column, self.count)

    def __repr__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Sample:
    """A value before and after, shortened; `key` is the key of its row, "" without a key."""

    table: str
    key: str
    column: str
    before: str | None
    after: str | None
    mark: str


@dataclass(frozen=True)
class Failure:
    """Why the migration failed: the statement, the database's message, and the blocking rows.

    `rows` are the first of these rows, each as column → shortened value; `count` is their total
    number, None if they could not be found.
    """

    sentence: str
    cure: str
    revision: str
    statement: str
    table: str = ""
    rows: tuple[Mapping[str, str | None], ...] = ()
    count: int | None = None


@dataclass(frozen=True)
class RoundTrip:
    """After a rehearsed migration: the opposite direction, and the migration once more.

    `target` is the revision that the opposite direction returns to. `failure` says why either run
    failed. `traces` are the differences that remain in the schema. `drops` is what the opposite
    direction drops, `losses` what it does not restore.
    """

    target: str
    failure: Failure | None = None
    traces: tuple[str, ...] = ()
    drops: tuple[LostValues, ...] = ()
    losses: tuple[LostValues, ...] = ()


def losses_of(differences: Iterable[RowDifference]) -> tuple[LostValues, ...]:
    """List what is destroyed: tables, then rows, columns and values."""
    found = [loss for difference in differences for loss in _losses(difference) if loss.count]
    order = ("table", "rows", "column", "nulled", "changed")
    return tuple(sorted(found, key=lambda loss: order.index(loss.kind)))


def _losses(difference: RowDifference) -> Iterator[LostValues]:
    before, after = difference.pair.before, difference.pair.after
    if before is None:
        return
    if after is None:
        yield LostValues(before.name, None, before.rows, "table")
        return
    left = difference.matched if difference.matched is not None else min(before.rows, after.rows)
    yield LostValues(before.name, None, before.rows - left, "rows")
    for was, name in difference.pair.columns:
        if was is None:
            continue
        if name is None:
            values = before.columns[was].values
            yield LostValues(before.name, was, values, "column", difference.kept_in.get(was, {}))
            continue
        yield LostValues(before.name, was, difference.nulled.get(was, 0), "nulled")
        if before.columns[was].type != after.columns[name].type:
            yield LostValues(before.name, was, difference.changed.get(was, 0), "changed")


def changes_of(differences: Iterable[RowDifference]) -> tuple[ChangedValues, ...]:
    """List the values that are overwritten in columns that keep their type."""
    return tuple(
        ChangedValues(difference.pair.before.name, was, difference.changed[was])
        for difference in differences
        if difference.pair.before is not None and difference.pair.after is not None
        for was, name in difference.pair.columns
        if was is not None
        and name is not None
        and difference.changed.get(was)
        and difference.pair.before.columns[was].type == difference.pair.after.columns[name].type
    )


def column_changes(differences: Iterable[RowDifference]) -> tuple[ColumnChange, ...]:
    """List all columns of all tables, before and after."""
    return tuple(
        _column(difference, was, name)
        for difference in differences
        for was, name in difference.pair.columns
    )


def _column(difference: RowDifference, was: str | None, name: str | None) -> ColumnChange:
    before = (
        difference.pair.before.columns[was] if difference.pair.before and was is not None else None
    )
    after = (
        difference.pair.after.columns[name] if difference.pair.after and name is not None else None
    )
    rows_before, rows_after = _rows(difference.pair)
    lost = difference.nulled.get(was or "", 0)
    return ColumnChange(
        table=difference.pair.table.name,
        column=name,
        was=was,
        type_before=before.type if before else "",
        type_after=after.type if after else "",
        rows_before=rows_before,
        rows_after=rows_after,
        nulls_before=rows_before - before.values if before and rows_before is not None else None,
        nulls_after=rows_after - after.values if after and rows_after is not None else None,
        lost=lost if after else (before.values if before else 0),
        changed=difference.changed.get(was or "", 0),
    )


def _rows(pair: TablePair) -> tuple[int | None, int | None]:
    return (
        pair.before.rows if pair.before else None,
        pair.after.rows if pair.after else None,
    )
