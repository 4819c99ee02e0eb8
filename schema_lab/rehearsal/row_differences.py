"""How the rows of a database differ before and after a migration, compared inside the database.

A `Lineage` follows renamed tables and columns through the statements that ran. A `TablePair` is a
table before and after, with the key by which its rows are matched; a `Join` puts matched rows
side by side. Without a common key, the values of each column are counted instead: the counts are
then minimums, since values that change places between rows are not seen.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import sqlglot
from sqlglot import exp

from schema_lab.database.dialects import sqlglot_name
from schema_lab.rehearsal.table_state import (
    State,
    TableState,
    ValueKind,
    as_characters,
    as_number,
    bare,
    differ,
)
from schema_lab.schema.words import TableKey

_QUIET = logging.getLogger("sqlglot")


@dataclass
class Lineage:
    """The former names of tables and columns.

    `tables` maps a table's name to its name before. `columns` maps the names of columns that were
    renamed, or that were copied into a new table.
    """

    dialect: str
    tables: dict[TableKey, TableKey] = field(default_factory=dict)
    columns: dict[TableKey, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, dialect: str, statements: Iterable[str]) -> "Lineage":
        """Follow statements in their order. Read-only."""
        lineage = cls(dialect)
        for sql in statements:
            for tree in parsed(sql, dialect):
                lineage._follow(tree)
        return lineage

    def table(self, now: TableKey) -> TableKey:
        """Return the table's key before."""
        return self.tables.get(now, now)

    def column(self, now: TableKey, name: str) -> str:
        """Return the column's name before."""
        return self.columns.get(now, {}).get(name, name)

    def _follow(self, tree: exp.Expr) -> None:
        if isinstance(tree, exp.Alter) and isinstance(tree.this, exp.Table):
            for action in tree.args.get("actions") or ():
                self._alter(tree, _key(tree.this), action)
        elif isinstance(tree, exp.Insert):
            self._copy(tree)
        elif isinstance(tree, exp.Drop) and isinstance(tree.this, exp.Table):
            self.tables.pop(_key(tree.this), None)
            self.columns.pop(_key(tree.this), None)

    def _alter(self, tree: exp.Alter, key: TableKey, action: exp.Expr) -> None:
        if isinstance(action, exp.AlterRename):
            options = tree.args.get("options") or []
            new = action.this
            if options and isinstance(options[0], exp.ToTableProperty):  # RENAME a TO b: a column
                self._rename_column(key, new.name, options[0].this.name)
            else:
                self._rename_table(key, TableKey(_key(new).schema or key.schema, new.name))
        elif isinstance(action, exp.RenameColumn):
            self._rename_column(key, action.this.name, action.args["to"].name)
        elif isinstance(action, exp.ModifyColumn) and action.args.get("rename_from"):
            self._rename_column(key, action.args["rename_from"].name, action.this.name)

    def _rename_table(self, old: TableKey, new: TableKey) -> None:
        self.tables[new] = self.tables.pop(old, old)
        self.columns[new] = self.columns.pop(old, {})

    def _rename_column(self, key: TableKey, old: str, new: str) -> None:
        known = self.columns.setdefault(key, {})
        known[new] = known.pop(old, old)

    def _copy(self, tree: exp.Insert) -> None:
        """Follow INSERT INTO new (…) SELECT … FROM old, with which batch mode rebuilds a table."""
        target, select = tree.this, tree.expression
        if not isinstance(target, exp.Schema) or not isinstance(select, exp.Select):
            return
        new, source = _key(target.this), select.find(exp.From)
        if source is None or not new[1].startswith("_alembic_tmp_"):
            return
        old = _key(source.this)
        self.tables[new] = self.tables.get(old, old)
        self.columns[new] = {
            name.name: self.column(old, taken)
            for name, taken in zip(target.expressions, map(_taken, select.expressions), strict=True)
            if taken
        }


def parsed(sql: str, dialect: str) -> list[exp.Expr]:
    """Parse SQL into its statements; [] if it cannot be parsed. Read-only."""
    before, _QUIET.disabled = _QUIET.disabled, True
    try:
        trees = sqlglot.parse(sql, read=sqlglot_name(dialect))
    except sqlglot.errors.SqlglotError:
        return []
    finally:
        _QUIET.disabled = before
    return [tree for tree in trees if tree is not None]


def _taken(expression: exp.Expr) -> str:
    """Name the column that an expression copies, perhaps cast; "" for any other expression."""
    inner = expression.unalias()
    while isinstance(inner, exp.Cast | exp.Paren):
        inner = inner.this
    return inner.name if isinstance(inner, exp.Column) else ""


def _key(table: exp.Expr) -> TableKey:
    return TableKey(getattr(table, "db", "") or None, table.name)


@dataclass(frozen=True)
class TablePair:
    """A table before and after; each may be None. `columns` holds (before, after) names."""

    before: TableState | None
    after: TableState | None
    columns: tuple[tuple[str | None, str | None], ...]

    @property
    def table(self) -> TableState:
        """The table after, or else before."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def key(self) -> tuple[tuple[str, str], ...]:
        """The columns before and after that match rows; () without a common key.

        They are the primary key, or else a unique constraint without NULL.
        """
        if self.before is None or self.after is None:
            return ()
        found = (self._common(key, self.after) for key in _keys(self.before))
        return next((common for common in found if common), ())

    def _common(self, key: tuple[str, ...], after: TableState) -> tuple[tuple[str, str], ...]:
        names = {b: a for b, a in self.columns if b is not None and a is not None}
        common = tuple((b, names[b]) for b in key if b in names)
        kept = {a for _, a in common}
        same = any(kept == set(other) for other in _keys(after))
        return common if len(common) == len(key) and same else ()


def _keys(table: TableState) -> Iterator[tuple[str, ...]]:
    if table.primary_key:
        yield table.primary_key
    for columns in table.unique:
        if all(table.columns[name].values == table.rows for name in columns):
            yield columns


def pairs_of(before: State, after: State, lineage: Lineage) -> list[TablePair]:
    """Pair the tables before and after, including renamed tables, sorted by name."""
    origin = {key: _known(before, lineage.table(key)) for key in after}
    pairs = [_pair(origin[key], after[key], lineage) for key in after]
    used = {table.key for table in origin.values() if table is not None}
    gone = [_pair(table, None, lineage) for key, table in before.items() if key not in used]
    return sorted([*pairs, *gone], key=lambda pair: pair.table.name)


def _known(state: State, key: TableKey) -> TableState | None:
    schema, name = key
    folded = {(s, n.casefold()): table for (s, n), table in state.items()}
    return state.get(key) or folded.get((schema, name.casefold()))


def _pair(before: TableState | None, after: TableState | None, lineage: Lineage) -> TablePair:
    there = {name.casefold(): name for name in before.columns} if before else {}
    columns: list[tuple[str | None, str | None]] = []
    for name in after.columns if after else ():
        assert after is not None
        columns.append((there.pop(lineage.column(after.key, name).casefold(), None), name))
    return TablePair(before, after, (*columns, *((name, None) for name in there.values())))


@dataclass(frozen=True)
class RowDifference:
    """How the rows of a table differ before and after.

    `matched` counts the rows that exist in both; it is None without a common key. `nulled` and
    `changed` count values by the column's name before. `kept_in` counts the values of a dropped
    column that another column contains.
    """

    pair: TablePair
    matched: int | None
    nulled: Mapping[str, int] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)
    kept_in: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Join:
    """The rows of a table before and after, side by side."""

    dialect: str
    pair: TablePair
    before: sa.TableClause
    after: sa.TableClause

    @classmethod
    def of(cls, connection: sa.Connection, pair: TablePair, schema: str, name: str) -> "Join":
        """Join a table with its kept rows, which are the table `name` in `schema`."""
        assert pair.before is not None
        assert pair.after is not None
        before = sa.table(name, *map(sa.column, pair.before.columns), schema=schema)
        after_schema, after_name = pair.after.key
        after = sa.table(after_name, *map(sa.column, pair.after.columns), schema=after_schema)
        # Aliases, since both tables may have the same name.
        return cls(connection.dialect.name, pair, before.alias("b"), after.alias("a"))  # type: ignore[arg-type]

    def source(self, *, outer: bool = False) -> sa.FromClause:
        """Join the rows by the key."""
        on = sa.and_(*(self._same(b, a) for b, a in self.pair.key))
        return self.before.join(self.after, on, isouter=outer)

    def _same(self, before: str, after: str) -> sa.ColumnElement[bool]:
        kinds = {self.kind(before, None), self.kind(None, after)}
        b, a = self.before.c[before], self.after.c[after]
        if len(kinds) == 1 or self.dialect == "sqlite":
            return b == a
        return as_characters(self.dialect, (b, self.kind(before, None))) == as_characters(
            self.dialect, (a, self.kind(None, after))
        )

    def kind(self, before: str | None, after: str | None) -> ValueKind:
        """Return the kind of a column before, or of a column after."""
        assert self.pair.before is not None
        assert self.pair.after is not None
        if before is not None:
            return self.pair.before.columns[before].kind
        return self.pair.after.columns[after or ""].kind

    def nulled(self, before: str, after: str) -> sa.ColumnElement[bool]:
        """Return the condition that a value became NULL."""
        return sa.and_(self.before.c[before].is_not(None), self.after.c[after].is_(None))

    def changed(self, before: str, after: str) -> sa.ColumnElement[bool]:
        """Return the condition that a value changed."""
        b, a = self.before.c[before], self.after.c[after]
        sides = (b, self.kind(before, None)), (a, self.kind(None, after))
        return sa.and_(b.is_not(None), a.is_not(None), differ(self.dialect, *sides))

    def kept(self, before: str, after: str) -> sa.ColumnElement[bool]:
        """Return the condition that another column's text contains a value."""
        b, a = self.before.c[before], self.after.c[after]
        find = "strpos" if self.dialect == "postgresql" else "instr"
        whole = sa.cast(a, sa.Text) if self.dialect != "mysql" else sa.cast(a, sa.CHAR)
        part = sa.cast(b, sa.Text) if self.dialect != "mysql" else sa.cast(b, sa.CHAR)
        place: sa.ColumnElement[int] = getattr(sa.func, find)(whole, part)
        return sa.and_(b.is_not(None), place > 0)


def difference_by_key(connection: sa.Connection, join: Join) -> RowDifference:
    """Compare each row of a table with its kept row. Read-only."""
    questions = dict(_questions(join))
    counts = [sa.func.count(sa.case((says, sa.literal_column("1")))) for says in questions.values()]
    matched, found = 0, list[int]()
    for some in batched(counts):
        asked = sa.select(sa.func.count(), *some).select_from(join.source())
        matched, *answered = connection.execute(asked).one()
        found += answered
    answers = dict(zip(questions, found, strict=True))
    kept: dict[str, dict[str, int]] = {}
    for (what, before, after), number in answers.items():
        if what == "kept" and number:
            kept.setdefault(before, {})[after] = number
    return RowDifference(
        join.pair,
        matched,
        {b: number for (what, b, _), number in answers.items() if what == "nulled"},
        {b: number for (what, b, _), number in answers.items() if what == "changed"},
        kept,
    )


MOST_QUESTIONS = 500
"""Questions in one SELECT: PostgreSQL allows 1664 entries, SQLite 2000 columns.
https://www.postgresql.org/docs/current/limits.html, https://www.sqlite.org/limits.html"""


def batched(parts: Sequence[Any], most: int = MOST_QUESTIONS) -> Iterator[Sequence[Any]]:
    """Split what is asked of a table into parts that a server answers at once; at least one."""
    for start in range(0, max(1, len(parts)), most):
        yield parts[start : start + most]


def _questions(join: Join) -> Iterator[tuple[tuple[str, str, str], sa.ColumnElement[bool]]]:
    for before, after in join.pair.columns:
        if (before, after) in join.pair.key:
            continue  # these columns matched the rows
        if before is not None and after is not None:
            yield ("nulled", before, after), join.nulled(before, after)
            yield ("changed", before, after), join.changed(before, after)
        elif before is not None:
            for other in _could_hold(join.pair):
                yield ("kept", before, other), join.kept(before, other)


def _could_hold(pair: TablePair) -> Sequence[str]:
    """Name the new text columns, which may contain the values of a dropped column."""
    assert pair.after is not None
    new = [after for before, after in pair.columns if before is None and after is not None]
    return [name for name in new if pair.after.columns[name].kind is ValueKind.TEXT]


_COMPARED = (ValueKind.NUMBER, ValueKind.TIME)


def difference_by_value(connection: sa.Connection, join: Join) -> RowDifference:
    """Count the values of each column that no longer exist. Read-only.

    Of the missing values, as many became NULL as there are more NULLs, and as many were deleted
    as there are fewer rows. The other missing values changed.
    """
    nulled: dict[str, int] = {}
    changed: dict[str, int] = {}
    for was, name in shared_columns(join):
        missing = _missing(connection, join, was, name)
        nulled[was] = min(missing, max(0, _nulls(join, name, after=True) - _nulls(join, was)))
        changed[was] = max(0, missing - nulled[was] - fewer_rows(join))
    return RowDifference(join.pair, None, nulled, changed)


def shared_columns(join: Join) -> Iterator[tuple[str, str]]:
    """List the columns that exist before and after, by both names."""
    for was, name in join.pair.columns:
        if was is not None and name is not None:
            yield was, name


def fewer_rows(join: Join) -> int:
    """Count how many fewer rows there are."""
    assert join.pair.before is not None
    assert join.pair.after is not None
    return max(0, join.pair.before.rows - join.pair.after.rows)


def surplus(join: Join, was: str, name: str) -> sa.Subquery:
    """Select each value with how many more of it there were before, as `surplus`."""
    b, a = join.before.c[was], join.after.c[name]
    before, after = _spelled(join, was, name)
    both = sa.union_all(
        sa.select(before.label("value"), sa.literal_column("1").label("weight"))
        .select_from(join.before)
        .where(b.is_not(None)),
        sa.select(after.label("value"), sa.literal_column("-1").label("weight"))
        .select_from(join.after)
        .where(a.is_not(None)),
    ).subquery()
    total = sa.func.sum(both.c.weight)
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
    """Spell both sides so that equal values match: as numbers or times, or else as text."""
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
