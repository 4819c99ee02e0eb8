"""What a SQLite table's copy has lost: the schema before and after, clause by clause. Read-only.

Alembic's batch mode, like a rebuild by hand, creates a new table, copies the rows, drops the old
table and takes its name. Triggers go with the old table; collations, unnamed CHECKs, actions of
foreign keys and more are not in the copy.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.schema.reflection.sqlite_schema import (
    Clause,
    index_clauses,
    table_clauses,
    table_columns,
    tokens,
)

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class SchemaObjects:
    """The schema at one moment: each object's kind, name, table and SQL; counters; sound views."""

    objects: tuple[tuple[str, str, str, str], ...]
    counters: dict[str, int]
    sound_views: frozenset[str]

    @classmethod
    def of(cls, connection: sa.Connection) -> "SchemaObjects":
        """Read the schema on the driver's connection. Read-only."""
        driver: Any = connection.connection.driver_connection
        listed = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        objects = tuple(driver.execute(listed).fetchall())
        counters: dict[str, int] = {}
        if any(name == "sqlite_sequence" for _, name, _, _ in objects):
            counters = dict(driver.execute("SELECT name, seq FROM sqlite_sequence"))
        views = (name for kind, name, _, _ in objects if kind == "view")
        return cls(objects, counters, frozenset(v for v in views if _is_sound(driver, v)))

    def tables(self) -> dict[str, str]:
        """Give each table's SQL by its name."""
        return {name: sql for kind, name, _, sql in self.objects if kind == "table"}

    def by_table(self) -> dict[str, list[tuple[str, str, str, str]]]:
        """Give each table's objects: itself, its indexes, its triggers."""
        found: dict[str, list[tuple[str, str, str, str]]] = {}
        for each in self.objects:
            found.setdefault(each[2], []).append(each)
        return found

    def clauses(self, table: str) -> list[Clause]:
        """List what a table promises, with its indexes and triggers."""
        sql = self.tables()[table]
        columns, found = table_columns(sql), table_clauses(table, sql)
        for kind, name, owner, text in self.objects:
            if owner == table and kind == "index":
                found += index_clauses(name, table, text, columns)
            elif owner == table and kind == "trigger":
                found.append(Clause(f"trigger {name}", table, name=name.lower()))
        return found


@dataclass(frozen=True)
class LostClause:
    """What a table's copy has lost, as a sentence; `owner` is the table, or a view that broke."""

    sentence: str
    owner: str


def losses_between(
    before: SchemaObjects, after: SchemaObjects, dropped: set[str]
) -> list[LostClause]:
    """List what the tables that stay have lost, but for what was dropped by name."""
    lost: list[LostClause] = []
    there, was, now = after.tables(), before.by_table(), after.by_table()
    for table, sql in before.tables().items():
        if table not in there or (was[table] == now[table] and not before.counters):
            continue
        new = table_columns(there[table]) - table_columns(sql)
        gone = table_columns(sql) - table_columns(there[table])
        left = _left(before.clauses(table), after.clauses(table), gone, new)
        unmeant = (clause for clause in _whole(left) if not _meant(clause, gone, dropped))
        lost += [LostClause(clause.sentence, table) for clause in unmeant]
        counter = before.counters.get(table, 0)
        if table in after.counters and after.counters[table] < counter:
            lost.append(LostClause(f"the AUTOINCREMENT counter {counter} of {table}", table))
    views = before.sound_views - after.sound_views
    broken = [view for view in sorted(views) if view.lower() not in dropped]
    return lost + [LostClause(f"view {view}", view) for view in broken]


def _left(
    before: list[Clause], after: list[Clause], gone: frozenset[str], new: frozenset[str]
) -> list[Clause]:
    """Pair clauses before and after; give those before that have no successor."""
    rest = list(after)
    unpaired = [clause for clause in before if not _take(rest, clause, _same)]
    return [
        clause
        for clause in unpaired
        if not _take(rest, clause, lambda a, b: _heir(a, b, gone, new))
    ]


def _whole(left: list[Clause]) -> list[Clause]:
    """Leave out what an index says where the whole index is lost."""
    indexes = {clause.name for clause in left if clause.kind.startswith("index ")}
    return [
        clause for clause in left if clause.name not in indexes or clause.kind.startswith("index ")
    ]


def _take(rest: list[Clause], clause: Clause, pairs: Callable[[Clause, Clause], bool]) -> bool:
    found = next((other for other in rest if pairs(clause, other)), None)
    if found is not None:
        rest.remove(found)
    return found is not None


def _same(clause: Clause, other: Clause) -> bool:
    if clause.detail:
        return clause.detail == other.detail
    return (clause.kind, clause.columns) == (other.kind, other.columns)


def _heir(clause: Clause, other: Clause, gone: frozenset[str], new: frozenset[str]) -> bool:
    """Say whether a clause may be another's form after its column was renamed or it was changed."""
    alike = bool(clause.detail and other.detail) or clause.kind == other.kind
    moved = bool(clause.columns & gone and other.columns & new)
    return alike and (moved or bool(clause.columns & other.columns))


def _meant(clause: Clause, gone: frozenset[str], dropped: set[str]) -> bool:
    """Say whether the revision drops the clause, or a column of it, by name."""
    if clause.columns & gone & dropped:
        return True
    if clause.name:
        return any(clause.name == name or clause.name.endswith(f"_{name}") for name in dropped)
    columns = clause.columns
    return bool(columns) and any(all(c in name for c in columns) for name in dropped if "_" in name)


def dropped_by(statements: Iterable[str]) -> dict[str, set[str]]:
    """Collect the names that SQL drops, by what they are.

    Examples
    --------
    >>> dropped_by(["DROP TRIGGER IF EXISTS noted", "DELETE FROM drop_box"])["trigger"]
    {'noted'}
    """
    found: dict[str, set[str]] = {
        kind: set() for kind in ("table", "index", "trigger", "view", "column")
    }
    for statement in statements:
        keys = [token.key for token in tokens(statement)]
        for place, key in enumerate(keys[:-2]):
            if key == "drop" and keys[place + 1] in found:
                named = [key for key in keys[place + 2 :] if key not in ("if", "exists")]
                found[keys[place + 1]].update(named[:1])
    return found


_MEANT = "-- without "
"""How a CREATE TABLE of a copy begins a line that says what the new table does without."""


def with_what_goes(table: str, before: str, after: str) -> Iterator[str]:
    """Give a comment for each clause of a table that its copy is meant to do without.

    Examples
    --------
    >>> before = "CREATE TABLE t (a TEXT COLLATE NOCASE)"
    >>> list(with_what_goes("t", before, "CREATE TABLE t (a TEXT)"))
    ['-- without COLLATE NOCASE of t.a']
    """
    was, now = (
        SchemaObjects((("table", table, table, sql),), {}, _NONE) for sql in (before, after)
    )
    yield from (_MEANT + lost.sentence for lost in losses_between(was, now, set()))


def meant_by(statements: Iterable[str]) -> set[str]:
    """Collect what the comments of copies say that they do without."""
    return {
        line.removeprefix(_MEANT)
        for statement in statements
        for line in statement.splitlines()
        if line.startswith(_MEANT)
    }


def _is_sound(driver: Any, view: str) -> bool:
    quoted = view.replace('"', '""')
    try:
        driver.execute(f'EXPLAIN SELECT * FROM "{quoted}"')  # noqa: S608 - quoted above
    except sqlite3.Error:
        return False
    return True
