"""The journal: which statements of a revision stand, where DDL cannot be rolled back.

MariaDB and MySQL commit at each DDL statement. So each statement that changes something leaves
a row here: rows' changes in the same transaction as the row, DDL with a row before (committed,
with a fingerprint of what it touches) and a mark after. After a crash at most one statement is
in doubt, and the fingerprint says whether it happened. The table is there only while needed.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

# ruff: noqa: S608 - the only name that is put into SQL here is the journal's own
from schema_lab.database.own_tables import JOURNAL_TABLE


@dataclass(frozen=True)
class Entry:
    """One journaled statement: `before` is the fingerprint of what a DDL statement touches."""

    position: int
    checksum: str
    statement: str
    done: bool
    before: str


@dataclass(frozen=True)
class Stopped:
    """A revision that stopped half-way, with the statements of it that are known."""

    revision: str
    direction: str
    entries: tuple[Entry, ...]


class Journal:
    """The journal's table, on the driver's own connection: part of whatever transaction is open."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def create(self) -> None:
        """Create the table unless it is there."""
        self._execute(
            f"CREATE TABLE IF NOT EXISTS {JOURNAL_TABLE} ("
            "revision VARCHAR(255) NOT NULL, direction VARCHAR(9) NOT NULL,"
            "position INT NOT NULL, checksum CHAR(64) NOT NULL, statement TEXT NOT NULL,"
            "done BOOLEAN NOT NULL, fingerprint CHAR(64) NOT NULL,"
            "PRIMARY KEY (position)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
        )

    def drop_if_empty(self) -> None:
        """Drop the table when nothing is journaled."""
        if self.exists() and not self._execute(f"SELECT 1 FROM {JOURNAL_TABLE} LIMIT 1"):
            self._execute(f"DROP TABLE {JOURNAL_TABLE}")

    def exists(self) -> bool:
        """Say whether the table is there."""
        return bool(self._execute("SHOW TABLES LIKE %s", (JOURNAL_TABLE,)))

    def stopped(self) -> Stopped | None:
        """Give the revision that stopped half-way, if there is one."""
        if not self.exists():
            return None
        rows = self._execute(
            "SELECT revision, direction, position, checksum, statement, done, fingerprint"
            f" FROM {JOURNAL_TABLE} ORDER BY position"
        )
        if not rows:
            return None
        entries = tuple(Entry(row[2], row[3], row[4], bool(row[5]), row[6]) for row in rows)
        return Stopped(rows[0][0], rows[0][1], entries)

    def add(self, revision: str, direction: str, entry: Entry) -> None:
        """Write a row for a statement."""
        self._execute(
            f"REPLACE INTO {JOURNAL_TABLE} VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                revision,
                direction,
                entry.position,
                entry.checksum,
                entry.statement,
                entry.done,
                entry.before,
            ),
        )

    def mark_done(self, position: int) -> None:
        """Mark a DDL statement as done."""
        self._execute(f"UPDATE {JOURNAL_TABLE} SET done = TRUE WHERE position = %s", (position,))

    def remove(self, position: int) -> None:
        """Take back the row of a DDL statement that failed."""
        self._execute(f"DELETE FROM {JOURNAL_TABLE} WHERE position = %s", (position,))

    def clear(self) -> None:
        """Forget all rows, if there are any: a person says where the database stands."""
        if self.exists():
            self.empty()

    def empty(self) -> None:
        """Forget all rows of the table, which is there."""
        self._execute(f"DELETE FROM {JOURNAL_TABLE}")

    def commit(self) -> None:
        """Commit what is open on the server, DML with its rows."""
        self._driver().commit()

    def _execute(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        with self._cursor() as cursor:
            cursor.execute(sql, parameters or None)  # with none, `%` in a name is no placeholder
            return list(cursor.fetchall()) if cursor.description else []

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        cursor = self._driver().cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _driver(self) -> Any:
        return self._connection.connection.driver_connection

    def fingerprint(self, statement: str) -> str:
        """Hash what a DDL statement can touch: all objects' names, and the tables that it names.

        A statement that leaves this as it was may be run again; SHOW CREATE TABLE sees columns,
        keys, constraints, comments and options. AUTO_INCREMENT moves with rows and is left out.
        What makes, alters or drops a table or an index shows there; anything else may also show
        in triggers or routines.
        """
        names = self._execute(
            "SELECT table_name, table_type FROM information_schema.tables"
            " WHERE table_schema = DATABASE() AND table_name <> %s ORDER BY 1",
            (JOURNAL_TABLE,),
        )
        beside = () if _OF_A_TABLE.match(statement) else (_TRIGGERS, _ROUTINES)
        parts = [repr(names), *(repr(self._execute(one)) for one in beside)]
        lowered = statement.replace("%%", "%").replace("``", "`").lower()  # as they are named
        for name, _ in names:
            if name.lower() in lowered:
                quoted = name.replace("`", "``")
                shown = self._execute(f"SHOW CREATE TABLE `{quoted}`")
                parts.append(re.sub(r" AUTO_INCREMENT=\d+", "", repr(shown)))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


_OF_A_TABLE = re.compile(r"\s*(CREATE|ALTER|DROP)\s+(UNIQUE\s+)?(TABLE|INDEX)\b", re.IGNORECASE)
_TRIGGERS = (
    "SELECT trigger_name, event_manipulation, event_object_table, action_statement"
    " FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 1"
)
_ROUTINES = (
    "SELECT routine_name, routine_type, MD5(routine_definition)"
    " FROM information_schema.routines WHERE routine_schema = DATABASE() ORDER BY 1, 2"
)
