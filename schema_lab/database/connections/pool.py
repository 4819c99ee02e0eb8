"""Connections that are kept for the next look, on SQLite and on PostgreSQL.

SQLite reads its whole schema anew on every new connection. One is kept only while nothing can have
happened to its file: the same inode, size and times, which are old enough to show a change; no
write-ahead log beside it; no other database attached. It holds no lock.

A new session costs PostgreSQL a process, which then reads the catalogs anew. The session pool keeps
one for a moment: idle, outside of a transaction, and reset to what a new session is. It is closed
sooner than DROP DATABASE gives up waiting for it, which is after five seconds.

Everybody else who asks the engine for a connection gets a fresh one.
See docs/decisions/0013-looks-share-a-connection.md.
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
from threading import Timer
from typing import Any
from weakref import WeakSet, finalize, ref

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import QueuePool

from schema_lab.database.file_cache import Stamp

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


MOMENT = 2.0
"""Seconds for which an idle connection is kept."""

OLDEST = 30
"""Seconds after which a session is not taken again: ALTER DATABASE … SET tells new ones only."""

_TIMER = "schema_lab.session_pool"
_ENGINES: WeakSet[sa.Engine] = WeakSet()


def pools_sessions(url: sa.URL) -> bool:
    """Say whether connections to a database can be kept for a moment."""
    return url.drivername == "postgresql+psycopg"


def session_pool(url: sa.URL, **given: Any) -> sa.Engine:
    """Give an engine that keeps one connection for `looking_again`, for a moment.

    `given` goes to SQLAlchemy's `create_engine`.
    """
    # A prepared statement belongs to a session, which a pooler may change.
    engine = sa.create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=-1,
        pool_recycle=OLDEST,
        connect_args={"prepare_threshold": None},
        **given,
    )
    event.listen(engine, "checkin", _SessionPool(ref(engine)).on_checkin)
    event.listen(engine, "checkout", _take_or_refuse)
    finalize(engine, engine.pool.dispose)
    _ENGINES.add(engine)
    return engine


def close_kept_sessions() -> None:
    """Close what this process keeps, before a database is wanted with nobody connected."""
    for engine in list(_ENGINES):
        engine.pool.dispose()


@dataclass(frozen=True)
class _SessionPool:
    """Decides what becomes of a connection that comes back to its pool."""

    engine: "ref[sa.Engine]"

    def on_checkin(self, connection: Any, record: Any) -> None:
        """Close what comes back, unless it may be kept; then close it in a moment."""
        if connection is None:
            return
        if not may_be_kept(record) or not _reset(connection):
            record.invalidate()
            return
        timer = Timer(MOMENT, self._close)
        timer.daemon = True
        record.info[_TIMER] = timer
        timer.start()

    def _close(self) -> None:
        engine = self.engine()
        if engine is not None:
            engine.pool.dispose()


def _reset(connection: Any) -> bool:
    """Forget all settings, temporary tables and locks of a session; say whether it did."""
    try:
        connection.autocommit = True
        connection.execute("DISCARD ALL")
        connection.autocommit = False
    except Exception:  # noqa: BLE001 - whatever ails it, it is closed
        return False
    return True


def _take_or_refuse(connection: Any, record: Any, proxy: Any) -> None:
    """Refuse a kept connection that is not for looking, or that is dead; a fresh one is opened."""
    timer = record.info.pop(_TIMER, None)
    if timer is None:
        return
    timer.cancel()
    if not is_looking() or not _lives(connection):
        raise sa.exc.DisconnectionError


def _lives(connection: Any) -> bool:
    try:
        connection.execute("")
        connection.rollback()
    except Exception:  # noqa: BLE001 - whatever ails it, a fresh one is opened
        return False
    return True


def _forget() -> None:
    """Leave the sessions of a process to it, in one that it has forked."""
    for engine in list(_ENGINES):
        engine.dispose(close=False)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
