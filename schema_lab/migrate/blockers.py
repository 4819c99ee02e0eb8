"""Who blocks a migration: other connections by name, and this program's own sessions.

While a statement waits, a second connection asks the server who holds what it waits for. A session
of this program that is idle never ends by itself while the migration waits, so the migration stops
and names it. For anybody else it waits, and says after two seconds for whom.

PostgreSQL names the blockers of a connection. MariaDB names those of a row's lock. For the lock of
a table's definition it lists the open transactions, one of which has used the table.
https://www.postgresql.org/docs/current/functions-info.html,
https://mariadb.com/kb/en/information-schema-innodb_lock_waits-table/
"""

import logging
import re
import time
from contextlib import suppress
from threading import Event, Thread
from typing import Any, Self

import sqlalchemy as sa

from schema_lab.database import Opened, engine_for, is_mysql, opened_on
from schema_lab.errors import DatabaseError, MigrationError

# ruff: noqa: S608 - the only part of these queries that varies is a number

IDLE = 2.0
"""Seconds after which an idle session of another thread counts as left open."""

_SOON = 0.15
"""Seconds that a statement may run before the lab asks what it waits for."""

_SAY = 1.2
"""Seconds that the same connections may block the migration before the lab says so."""

_POSTGRESQL = """
SELECT pid, usename, application_name, client_addr::text, state, query,
    EXTRACT(epoch FROM clock_timestamp() - xact_start)::float8
FROM pg_stat_activity WHERE pid = ANY(pg_blocking_pids({pid})) ORDER BY xact_start
"""
_VACUUM = "autovacuum:"
"""How the server's own vacuum of a table is listed on PostgreSQL."""

_THREADS = """
SELECT p.id, p.user, '', p.host, p.command, p.info, TIMESTAMPDIFF(SECOND, t.trx_started, NOW())
FROM information_schema.innodb_trx t
JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
"""
_OF_ROWS = f"""{_THREADS}
JOIN information_schema.innodb_lock_waits w ON w.blocking_trx_id = t.trx_id
JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
WHERE r.trx_mysql_thread_id = {{pid}}
"""
_OF_DEFINITIONS = f"""{_THREADS}
WHERE p.id <> {{pid}} AND p.db = DATABASE() AND EXISTS (
    SELECT 1 FROM information_schema.processlist m
    WHERE m.id = {{pid}} AND m.state LIKE 'Waiting for table metadata%%')
ORDER BY t.trx_started
"""
_CLOSE = "Commit or close it, or run `lab.close_sessions()`, then try again."
_WAITS = "SELECT state FROM information_schema.processlist WHERE id = {pid}"
_TABLE = re.compile(
    r"\b(?:TABLE|ON|INTO|UPDATE|FROM)\s+(?:IF\s+\w+\s+)*[`\"]?([\w$]+)", re.IGNORECASE
)


class BlockerWatch:
    """Looks, while a statement of a migration waits, for who blocks it; reads only.

    Parameters
    ----------
    connection
        The migrating connection, to a server.
    url
        Its database.
    """

    def __init__(self, connection: sa.Connection, url: sa.URL) -> None:
        self._connection, self._url = connection, url
        self._engine: sa.Engine | None = None
        self._pid: int | None = None
        self._sql, self._since = "", 0.0
        self._over = Event()
        self._seen: dict[frozenset[int], float] = {}
        self._told: set[frozenset[int]] = set()
        self.blockers: tuple[str, ...] = ()
        self.vacuumed = False
        self.own: Opened | None = None

    def __enter__(self) -> Self:
        """Begin to watch, in a thread."""
        number = "pg_backend_pid()"
        if is_mysql(self._connection.dialect.name):
            number = "CONNECTION_ID()"
        self._pid = self._connection.exec_driver_sql(f"SELECT {number}").scalar()
        self._connection.rollback()
        Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *rest: object) -> None:
        """End the watch."""
        self._over.set()

    def begin(self, sql: str) -> None:
        """Note that a statement begins."""
        self._sql, self._since = sql, time.monotonic()

    def end(self) -> None:
        """Note that the statement has run."""
        self._sql, self._since = "", 0.0

    def worth_waiting(self) -> bool:
        """Say whether whoever blocks the statement may end without help."""
        own = self.own
        if own is None or not own.is_open:
            return True
        return own.can_end_by_itself and time.monotonic() - own.used < IDLE

    def named_in(self, error: MigrationError) -> MigrationError:
        """Name who blocked the statement in the error of a revision that failed, if anybody did."""
        if "lock" not in error.fact.lower():
            return error
        if self.own is not None and self.own.is_open:
            error.fact += f" {_own_sentence(self.own)}"
            error.cure = f"{_CLOSE} {error.cure.removeprefix(error.hint).strip()}"
        elif self.blockers:
            error.fact += f" It waited for {'; '.join(self.blockers)}."
        error.args = (error.fact, error.cure)
        return error

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            since, sql = self._since, self._sql
            if not since or time.monotonic() - since < _SOON:
                continue
            with suppress(Exception):  # it only explains; the statement itself says what is wrong
                self._look(sql)
            self._over.wait(min(1.0, (time.monotonic() - since) / 2))
        if self._engine is not None:
            self._engine.dispose()

    def _look(self, sql: str) -> None:
        """Ask who blocks the connection, and say so once after two seconds."""
        if self._engine is None:
            self._engine = engine_for(self._url)
        with self._engine.connect() as connection:
            found = self._blocking(connection)
            waits = bool(found) or self._waits(connection)
        if not waits or sql != self._sql:
            return
        self.blockers = tuple(_described(row) for row in found)
        self.vacuumed = any(str(row[5]).startswith(_VACUUM) for row in found)
        self.own = self._own({row[0] for row in found}, sql)
        self._tell(frozenset(row[0] for row in found), str(self.own or "; ".join(self.blockers)))

    def _tell(self, pids: frozenset[int], said: str) -> None:
        """Say once for whom the migration has waited for almost two seconds."""
        now = time.monotonic()
        if said and now - self._seen.setdefault(pids, now) > _SAY and pids not in self._told:
            self._told.add(pids)
            logging.getLogger("schema_lab").warning("The migration waits for %s.", said)

    def _blocking(self, connection: sa.Connection) -> list[Any]:
        if not is_mysql(connection.dialect.name):
            return list(connection.exec_driver_sql(_POSTGRESQL.format(pid=self._pid)))
        for query in (_OF_ROWS, _OF_DEFINITIONS):
            with suppress(sa.exc.DBAPIError):  # the right PROCESS is missing
                rows = list(connection.exec_driver_sql(query.format(pid=self._pid)))
                if rows:
                    return rows
        return []

    def _waits(self, connection: sa.Connection) -> bool:
        """Say whether MariaDB calls the connection one that waits for a table."""
        if not is_mysql(connection.dialect.name):
            return False
        state = connection.exec_driver_sql(_WAITS.format(pid=self._pid)).scalar()
        return "metadata lock" in str(state)

    def _own(self, pids: set[int], sql: str) -> Opened | None:
        """Give the session of this program that blocks the statement."""
        sure = not is_mysql(self._connection.dialect.name)
        tables = {name.lower() for name in _TABLE.findall(sql)}
        for opened in opened_on(self._connection.engine.url):
            used = set(re.findall(r"[\w$]+", " ".join(opened.statements).lower()))
            named = opened.backend in pids or not pids
            if named and (sure or tables & used) and opened.connection() is not self._connection:
                return opened
        return None


def _described(row: Any) -> str:
    """Describe a connection of the server: number, user, program, state and statement."""
    pid, user, program, host, state, statement, seconds = row
    by = f" of user {user}" if user else ""
    where = f" from {host}" if host else ""
    known = f" ({program})" if program else ""
    state = "idle" if str(state).lower() == "sleep" else str(state or "").lower()
    since = f", {state}, with a transaction of {int(seconds or 0)} s" if state else ""
    ran = " ".join(str(statement).split())[:80] if statement else ""
    return f"connection {pid}{by}{where}{known}{since}{f', last statement: {ran}' if ran else ''}"


def refuse_own_sessions(connection: sa.Connection, wait: float, *, writing: bool = False) -> None:
    """Refuse a migration of a SQLite file that a session of this program keeps locked.

    Parameters
    ----------
    connection
        The migrating connection.
    wait
        Seconds that the migration may wait.
    writing
        Whether only those that have written count: they keep the migration from beginning. Those
        that have read keep it from committing, unless the file has a write-ahead log.

    Raises
    ------
    DatabaseError
        Naming the session and where it was opened.
    """
    if connection.dialect.name != "sqlite":
        return
    end = time.monotonic() + min(wait, IDLE)
    while blocking := _blocking_here(connection, writing=writing):
        left = [each for each in blocking if not each.can_end_by_itself]
        if left or time.monotonic() > end:
            opened = (left or blocking)[0]
            raise DatabaseError(_own_sentence(opened), _CLOSE)
        time.sleep(0.05)


def _blocking_here(connection: sa.Connection, *, writing: bool) -> list[Opened]:
    others = [
        each
        for each in opened_on(connection.engine.url)
        if each.connection() is not connection and (each.uncommitted or not writing)
    ]
    if writing or not others:
        return others
    driver: Any = connection.connection.driver_connection
    (mode,) = driver.execute("PRAGMA journal_mode").fetchone()
    return [] if mode == "wal" else others


def _own_sentence(opened: Opened) -> str:
    changes = opened.uncommitted
    what = f" It has uncommitted changes: {'; '.join(changes[:5])}." if changes else ""
    said = str(opened)
    return f"{said[0].upper()}{said[1:]} still uses the database.{what}"
