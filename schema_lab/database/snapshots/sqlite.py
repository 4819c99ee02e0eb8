"""SQLite: its own backup, in both directions.

Source: https://www.sqlite.org/backup.html
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab.database.snapshots.tools import Bar, bar
from schema_lab.errors import DatabaseError

SUFFIX = ".db"
_PAGES = 1000
"""Pages in one step, between which a bar moves."""

_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
Progress = Callable[[int, int, int], None]


def copy(connection: sa.Connection, path: Path, wait: float) -> None:
    """Write the database into an empty file. Read-only on the database."""
    source = _driver(connection)
    source.execute("BEGIN")
    try:
        # The first read fixes the moment that the whole copy shows.
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(path, isolation_level=None)) as target:
            target.execute("PRAGMA journal_mode = OFF")
            _backup(source, target, "snapshot", wait)
    finally:
        source.rollback()


def load(connection: sa.Connection, path: Path, wait: float) -> None:
    """Replace the contents of the live file; changes the database, all of it or nothing.

    SQLite locks the file for the whole copy and rolls back what does not come to its end, also
    after a kill; other connections see the new contents in their next transaction.
    """
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as source:
        _refuse_damaged(source)
        _backup(source, _driver(connection), "restore", wait)


def _refuse_damaged(source: sqlite3.Connection) -> None:
    try:
        found = source.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise DatabaseError(
            f"The snapshot is not a valid SQLite database: {found}.",
            "Choose another snapshot of `lab.snapshots()`.",
        )


def _backup(
    source: sqlite3.Connection, target: sqlite3.Connection, title: str, wait: float
) -> None:
    page_size = source.execute("PRAGMA page_size").fetchone()[0]
    total = page_size * source.execute("PRAGMA page_count").fetchone()[0]
    failure = ""
    with bar(title, total) as shown:
        try:
            source.backup(target, pages=_PAGES, progress=_progress(shown, page_size, wait))
        except sqlite3.Error as error:
            failure = str(error)
    if failure:
        raise DatabaseError(
            f"SQLite could not copy the database for the {title}: {failure}.",
            "Check the free disk space, the permissions, and that the file is a complete database.",
        )


def _progress(shown: Bar, page_size: int, wait: float) -> Progress:
    """Move the bar, and give up when nothing has moved for `wait` seconds: SQLite never would."""
    moved = time.monotonic()

    def progress(status: int, remaining: int, total: int) -> None:
        nonlocal moved
        if status not in _BUSY:
            moved = time.monotonic()
            shown.at((total - remaining) * page_size)
        elif time.monotonic() - moved > wait:
            raise DatabaseError(
                f"Another connection is using the database and did not finish within {wait:g} s.",
                "Close the programs that read or write the database, then try again.",
            )

    return progress


def _driver(connection: sa.Connection) -> Any:
    """Give the driver's own connection, on which SQLAlchemy has begun nothing."""
    return connection.connection.driver_connection
