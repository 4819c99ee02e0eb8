"""A connection that looks again: SQLite reads its whole schema anew on every new one.

It is kept only while nothing can have happened to its file: the same inode, size and times, which
are no longer young; no write-ahead log beside it; no other database attached. It holds no lock, and
whoever asks the engine for a connection of his own gets a fresh one. See docs/decisions/0022.
"""

import os
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from schema_lab.database.stamp import Stamp

_LOOKING: ContextVar[bool] = ContextVar("looking", default=False)
_MAY, _KEPT = "schema_lab.may_be_kept", "schema_lab.kept"
_BEGUN = "schema_lab.begun"


@dataclass(frozen=True)
class _File:
    """The file of a kept connection as it was, and the process that keeps it."""

    path: str
    stamp: Stamp
    device: int
    process: int

    @classmethod
    def of(cls, path: str) -> "_File | None":
        """Look at a file; None where a change of it might not be seen."""
        if not path or Path(f"{path}-wal").exists():
            return None
        try:
            found = Path(path).stat()
        except OSError:
            return None
        stamp = Stamp.of(found)
        return (
            None if stamp.is_young(time.time_ns()) else cls(path, stamp, found.st_dev, os.getpid())
        )


@contextmanager
def looking_again(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection for reading, one that has read before where that is as good as a new one.

    Examples
    --------
    >>> engine = sa.create_engine("sqlite://")
    >>> with looking_again(engine) as connection:
    ...     connection.scalar(sa.text("SELECT 1"))
    1
    """
    before = _LOOKING.set(True)
    try:
        connection = engine.connect()
    finally:
        _LOOKING.reset(before)
    with connection:
        yield connection
        if not connection.closed and not connection.invalidated:
            connection.info[_MAY] = True


def is_looking() -> bool:
    """Say whether the connection that is being opened is for `looking_again`."""
    return _LOOKING.get()


def may_be_kept(record: Any) -> bool:
    """Say whether a connection that comes back was one of `looking_again`; asked once."""
    return bool(record.info.pop(_MAY, False))


def schema_at_the_beginning(connection: sa.Connection) -> int | None:
    """Give SQLite's number of the schema as a look's connection was taken; None for others."""
    return connection.info.get(_BEGUN)


def keep_for_looking(engine: sa.Engine) -> sa.Engine:
    """Let a SQLite engine keep one connection for `looking_again`, and give it back."""
    event.listen(engine, "checkin", _on_checkin)
    event.listen(engine, "checkout", _on_checkout)
    weakref.finalize(engine, engine.pool.dispose)
    return engine


def _on_checkin(connection: Any, record: Any) -> None:
    """Close what comes back, unless it may be kept."""
    if connection is None:
        return
    found = _alone(connection) if may_be_kept(record) else None
    if found is None:
        record.invalidate()
    else:
        record.info[_KEPT] = found


def _on_checkout(connection: Any, record: Any, proxy: Any) -> None:
    """Refuse a kept connection, so that the pool opens a fresh one."""
    kept = record.info.pop(_KEPT, None)
    if kept is not None and not (is_looking() and _File.of(kept.path) == kept):
        raise sa.exc.DisconnectionError
    if is_looking():
        record.info[_BEGUN] = _schema_number(connection)


def _schema_number(connection: Any) -> int | None:
    """Read the number of the schema; None while another has the file for itself."""
    (wait,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute("PRAGMA busy_timeout = 0")
    try:
        return int(connection.execute("PRAGMA schema_version").fetchone()[0])
    except sqlite3.Error:
        return None
    finally:
        connection.execute(f"PRAGMA busy_timeout = {wait}")


def _alone(connection: Any) -> _File | None:
    """Give the file of a connection that has attached no other, and made nothing temporary."""
    found = {name: path for _, name, path in connection.execute("PRAGMA database_list")}
    if found.keys() - {"main", "temp"}:
        return None
    if "temp" in found and connection.execute("SELECT 1 FROM sqlite_temp_master").fetchone():
        return None
    return _File.of(found["main"])
