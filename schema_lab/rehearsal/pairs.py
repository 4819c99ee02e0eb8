"""Put the tables of before and after together, with what finds a row of the one in the other."""

from collections.abc import Iterator
from dataclasses import dataclass

from schema_lab.rehearsal.copies import TableKey
from schema_lab.rehearsal.lineage import Lineage
from schema_lab.rehearsal.state import State, Table


@dataclass(frozen=True)
class Pair:
    """A table before and after; either may be missing. `columns` are (before, after) names."""

    before: Table | None
    after: Table | None
    columns: tuple[tuple[str | None, str | None], ...]

    @property
    def table(self) -> Table:
        """The table as it is after, or as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """The columns before and after by which a row is found again; nothing where there are none.

        They are the primary key, or else a unique constraint that holds no NULL.
        """
        if self.before is None or self.after is None:
            return ()
        found = (self._common(one, self.after) for one in _keys(self.before))
        return next((common for common in found if common), ())

    def _common(self, key: tuple[str, ...], after: Table) -> tuple[tuple[str, str], ...]:
        names = {b: a for b, a in self.columns if b is not None and a is not None}
        common = tuple((b, names[b]) for b in key if b in names)
        kept = {a for _, a in common}
        same = any(kept == set(other) for other in _keys(after))
        return common if len(common) == len(key) and same else ()


def _keys(table: Table) -> Iterator[tuple[str, ...]]:
    if table.primary_key:
        yield table.primary_key
    for columns in table.unique:
        if all(table.columns[name].values == table.rows for name in columns):
            yield columns


def pairs_of(before: State, after: State, lineage: Lineage) -> list[Pair]:
    """Put the tables of before and after together, renamed ones too, in the order of names."""
    origin = {key: _known(before, lineage.table(key)) for key in after}
    pairs = [_pair(origin[key], after[key], lineage) for key in after]
    used = {table.key for table in origin.values() if table is not None}
    gone = [_pair(table, None, lineage) for key, table in before.items() if key not in used]
    return sorted([*pairs, *gone], key=lambda pair: pair.table.name)


def _known(state: State, key: TableKey) -> Table | None:
    schema, name = key
    folded = {(s, n.casefold()): table for (s, n), table in state.items()}
    return state.get(key) or folded.get((schema, name.casefold()))


def _pair(before: Table | None, after: Table | None, lineage: Lineage) -> Pair:
    there = {name.casefold(): name for name in before.columns} if before else {}
    columns: list[tuple[str | None, str | None]] = []
    for name in after.columns if after else ():
        assert after is not None
        columns.append((there.pop(lineage.column(after.key, name).casefold(), None), name))
    return Pair(before, after, (*columns, *((name, None) for name in there.values())))
