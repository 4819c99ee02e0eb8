"""Keep a connection awake while a program such as pg_dump works beside it.

A server ends a connection that is idle for longer than its limit, and with it the migration lock.
https://mariadb.com/kb/en/server-system-variables/#wait_timeout,
https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-SESSION-TIMEOUT
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event, Thread
from typing import Any

import sqlalchemy as sa

from schema_lab.database.dialects import family

LONGEST = 30.0
"""Seconds between two signs of life where the server's limit is unknown, or far away."""

_LIMITS = {
    "mariadb": "SELECT @@wait_timeout",
    "mysql": "SELECT @@wait_timeout",
    "postgresql": (
        "SELECT setting::float8 / 1000 FROM pg_settings"
        " WHERE name = 'idle_session_timeout' AND setting <> '0'"
    ),
}


@contextmanager
def kept_awake(connection: sa.Connection) -> Iterator[None]:
    """Give the server a sign of life now and then, in a thread, until the block ends.

    Nobody else may use the connection in the block. On SQLite, with a transaction open or after
    its end, nothing happens. Whoever uses the connection next notices that it is lost all the same.
    """
    limit = _LIMITS.get(family(connection.dialect))
    gone = connection.closed or connection.invalidated
    if limit is None or gone or connection.in_transaction():
        yield
        return
    driver: Any = connection.connection.driver_connection
    found = None
    with suppress(Exception):  # it is lost already; whoever uses it next is told so
        found = _asked(driver, limit)
    pause = min(LONGEST, float(found) / 4 if found else LONGEST)
    over = Event()
    thread = Thread(target=_call, args=(driver, pause, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _call(driver: Any, pause: float, over: Event) -> None:
    with suppress(Exception):
        while not over.wait(pause):
            _asked(driver, "SELECT 1")


def _asked(driver: Any, query: str) -> Any:
    with closing(driver.cursor()) as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    driver.rollback()
    return row[0] if row else None
