"""A connection to PostgreSQL that looks again, if that is within a moment.

A new session costs the server a process, which then reads the catalogs anew. The one kept is idle,
outside of a transaction and reset to what a new one is. It is gone sooner than DROP DATABASE gives
up waiting for it, which is after five seconds. See docs/decisions/0022.
"""

import os
from dataclasses import dataclass
from threading import Timer
from typing import Any
from weakref import WeakSet, finalize, ref

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import QueuePool

from schema_lab.database.kept_connection import is_looking, may_be_kept

MOMENT = 2.0
"""Seconds for which an idle connection is kept."""

OLDEST = 30
"""Seconds after which a session is not taken again: ALTER DATABASE … SET tells new ones only."""

_KEPT = "schema_lab.kept_briefly"
_ENGINES: WeakSet[sa.Engine] = WeakSet()


def keeps_briefly(url: sa.URL) -> bool:
    """Say whether connections to a database can be kept for a moment."""
    return url.drivername == "postgresql+psycopg"


def briefly_keeping(url: sa.URL) -> sa.Engine:
    """Give an engine that keeps one connection for `looking_again`, for a moment."""
    engine = sa.create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=-1, pool_recycle=OLDEST
    )
    event.listen(engine, "checkin", _Keeper(ref(engine)).on_checkin)
    event.listen(engine, "checkout", _on_checkout)
    finalize(engine, engine.pool.dispose)
    _ENGINES.add(engine)
    return engine


def let_go() -> None:
    """Close what this process keeps, before a database is wanted with nobody connected."""
    for engine in list(_ENGINES):
        engine.pool.dispose()


@dataclass(frozen=True)
class _Keeper:
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
        record.info[_KEPT] = timer
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


def _on_checkout(connection: Any, record: Any, proxy: Any) -> None:
    """Refuse a kept connection that is not for looking, or that is dead; a fresh one is opened."""
    timer = record.info.pop(_KEPT, None)
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
