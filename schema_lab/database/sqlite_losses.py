"""What a SQLite table's copy has lost: the schema before and after, clause by clause. Read-only.

Alembic's batch mode, like a rebuild by hand, creates a new table, copies the rows, drops the old
table and takes its name. Triggers go with the old table; collations, unnamed CHECKs, actions of
foreign keys and more are not in the copy.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from schema_lab.database.sqlite_schema import (
    Clause,
    index_clauses,
    table_clauses,
    table_columns,
    tokens,
)


@dataclass(frozen=True)
class Snapshot:
    """The schema at one moment: each object's kind, name, table and SQL; counters; sound views."""

    objects: tuple[tuple[str, str, str, str], ...]
    counters: dict[str, int]
    sound_views: frozenset[str]

    @classmethod
    def of(cls, connection: sa.Connection) -> "Snapshot":
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


def losses_between(before: Snapshot, after: Snapshot, dropped: set[str]) -> list[str]:
    """List what the tables that stay have lost, but for what was dropped by name."""
    lost: list[str] = []
    there, was, now = after.tables(), before.by_table(), after.by_table()
    for table, sql in before.tables().items():
        if table not in there or (was[table] == now[table] and not before.counters):
            continue
        new = table_columns(there[table]) - table_columns(sql)
        gone = table_columns(sql) - table_columns(there[table])
        left = _left(before.clauses(table), after.clauses(table), gone, new)
        lost += [one.sentence for one in _whole(left) if not _meant(one, gone, dropped)]
        counter = before.counters.get(table, 0)
        if table in after.counters and after.counters[table] < counter:
            lost.append(f"the AUTOINCREMENT counter {counter} of {table}")
    views = before.sound_views - after.sound_views
    return lost + [f"view {view}" for view in sorted(views) if view.lower() not in dropped]


def _left(
    before: list[Clause], after: list[Clause], gone: frozenset[str], new: frozenset[str]
) -> list[Clause]:
    """Pair clauses before and after; give those before that have no successor."""
    rest = list(after)
    unpaired = [one for one in before if not _take(rest, one, _same)]
    return [one for one in unpaired if not _take(rest, one, lambda a, b: _heir(a, b, gone, new))]


def _whole(left: list[Clause]) -> list[Clause]:
    """Leave out what an index says where the whole index is lost."""
    indexes = {one.name for one in left if one.kind.startswith("index ")}
    return [one for one in left if one.name not in indexes or one.kind.startswith("index ")]


def _take(rest: list[Clause], one: Clause, pairs: Callable[[Clause, Clause], bool]) -> bool:
    found = next((other for other in rest if pairs(one, other)), None)
    if found is not None:
        rest.remove(found)
    return found is not None


def _same(one: Clause, other: Clause) -> bool:
    if one.detail:
        return one.detail == other.detail
    return (one.kind, one.columns) == (other.kind, other.columns)


def _heir(one: Clause, other: Clause, gone: frozenset[str], new: frozenset[str]) -> bool:
    """Say whether a clause may be another's form after its column was renamed or it was changed."""
    alike = bool(one.detail and other.detail) or one.kind == other.kind
    moved = bool(one.columns & gone and other.columns & new)
    return alike and (moved or bool(one.columns & other.columns))


def _meant(clause: Clause, gone: frozenset[str], dropped: set[str]) -> bool:
    """Say whether the revision drops the clause, or a column of it, by name."""
    if clause.columns & gone & dropped:
        return True
    if clause.name:
        return any(clause.name == one or clause.name.endswith(f"_{one}") for one in dropped)
    columns = clause.columns
    return bool(columns) and any(all(c in one for c in columns) for one in dropped if "_" in one)


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
                named = [one for one in keys[place + 2 :] if one not in ("if", "exists")]
                found[keys[place + 1]].update(named[:1])
    return found


def _is_sound(driver: Any, view: str) -> bool:
    quoted = view.replace('"', '""')
    try:
        driver.execute(f'EXPLAIN SELECT * FROM "{quoted}"')  # noqa: S608 - quoted above
    except sqlite3.Error:
        return False
    return True
