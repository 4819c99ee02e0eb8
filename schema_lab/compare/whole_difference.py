"""What differs between the rows of a live table and those of its model."""

from dataclasses import dataclass

from schema_lab.schema.spelling import Row, Spelling

_CONSTRAINTS = ("check", "unique", "foreign key", "exclusion")


@dataclass(frozen=True)
class Difference:
    """One thing that the live table and the model have otherwise; None where one has it not."""

    before: Row | None
    after: Row | None

    @property
    def row(self) -> Row:
        """The row that there is."""
        found = self.after or self.before
        assert found is not None
        return found


def differences(live: Spelling, model: Spelling, named: frozenset[str]) -> list[Difference]:
    """Pair the rows that differ.

    Parameters
    ----------
    live, model
        The rows of both.
    named
        The names of constraints that the model itself gives. Another constraint is equal to one
        that says the same under another name.

    Examples
    --------
    >>> live = frozenset({Row("check", "a", "n > 0"), Row("null", "n", "NOT NULL")})
    >>> model = frozenset({Row("check", "a", "n > 1"), Row("null", "n", "NOT NULL")})
    >>> [(found.before.text, found.after.text) for found in differences(live, model, frozenset())]
    [('n > 0', 'n > 1')]
    """
    left, right = set(live - model), set(model - live)
    for row in sorted(right, key=_order):
        if row.kind in _CONSTRAINTS and row.name not in named:
            same = [other for other in left if (other.kind, other.text) == (row.kind, row.text)]
            if same:
                left.remove(min(same, key=_order))
                right.remove(row)
    before = {row.key: row for row in left if row.name or row.kind == "primary key"}
    found = [Difference(before.pop(row.key, None), row) for row in sorted(right, key=_order)]
    paired = {difference.before for difference in found}
    rest = [Difference(row, None) for row in sorted(left - paired, key=_order)]
    return found + rest


def _order(row: Row) -> tuple[str, str, str]:
    return row.kind, row.name, row.text
