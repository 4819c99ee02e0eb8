"""The parts of a rehearsal's report: statements, columns, losses, changes, samples, failures."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schema_lab.views import rehearsal as view


@dataclass(frozen=True)
class Performed:
    """One statement that ran: milliseconds, rows touched (-1 where unknown) and locks it took.

    `foreseen` is how many milliseconds it may take on the real table, where only a sample ran.
    """

    sql: str
    milliseconds: float
    rows: int
    locks: tuple[str, ...] = ()
    foreseen: float | None = None


@dataclass(frozen=True)
class ColumnChange:
    """One column before and after. `column` is its name after, `was` its name before.

    Either is None where there is no such column. `mark` is "+" for new, "-" for gone, "~" for
    different, "" for the same. Of `lost` values nothing is left; `changed` ones are others now.
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
        """The name after; of a column that is gone, the name before."""
        return self.column or self.was or ""

    @property
    def mark(self) -> str:
        """What kind of change it is."""
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
        Where, by the names of before; column is None for whole rows.
    count
        How many values (or rows).
    kind
        "table", "rows", "column", "nulled" (they become NULL), or "changed" (they become others,
        since the column's type changes; after a round trip, for whatever reason).
    kept_in
        For a column that goes: how many of its values stand in which other column afterwards.
    """

    table: str
    column: str | None
    count: int
    kind: str
    kept_in: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a person says to accept it: "users.plan", or "users" for a table or its rows."""
        return self.table if self.column is None else f"{self.table}.{self.column}"

    @property
    def sentence(self) -> str:
        """Say the loss, such as "column users.plan goes with 12 values"."""
        return view.loss(self)

    def __repr__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class ChangedValues:
    """Values that a migration writes over in a column that keeps its type."""

    table: str
    column: str
    count: int

    @property
    def sentence(self) -> str:
        """Say the change, such as "12 values of users.email are written over"."""
        return view.change(self.table, self.column, self.count)

    def __repr__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Sample:
    """One value before and after, cut to a length; `key` is the row's, "" where it has none."""

    table: str
    key: str
    column: str
    before: str | None
    after: str | None
    mark: str


@dataclass(frozen=True)
class Failure:
    """Why the migration failed: the statement, what the database said, and the rows behind it.

    `rows` are some of the rows, each as column → value cut to a length; `count` is how many there
    are, None where they could not be found.
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
    """The way back and forth again, after the migration.

    `failure` says why the way back, or the second way, failed. `traces` are differences of the
    schema that it leaves. `drops` is what the way back drops of what stood after the first way;
    `losses` is what it does not bring back of what stood before.
    """

    target: str
    failure: Failure | None = None
    traces: tuple[str, ...] = ()
    drops: tuple[LostValues, ...] = ()
    losses: tuple[LostValues, ...] = ()
