"""A connection made ready to migrate: locked, nothing open, foreign keys safe, short lock waits."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from tenacity import Retrying, retry_if_exception, stop_after_delay, wait_random_exponential

from schema_lab.database import (
    SQLITE_BEGIN,
    broken_foreign_keys,
    exclusive,
    foreign_keys_off,
    sqlite_transactions,
)
from schema_lab.errors import MigrationError

STRICT = "CONCAT_WS(',', NULLIF(@@sql_mode, ''), 'STRICT_ALL_TABLES')"
SETTINGS = {
    "postgresql": {"lock_timeout": "'500ms'"},
    "mysql": {"lock_wait_timeout": "1", "innodb_lock_wait_timeout": "5", "sql_mode": STRICT},
}
"""A DDL statement that waits for a table's lock blocks every reader behind it: wait briefly and
try again. Without strict mode, MariaDB stores 0 or '' where a value does not fit."""


@contextmanager
def ready(connection: sa.Connection, timeout: float) -> Iterator[sa.Connection]:
    """Hold the migration lock on this connection, with nothing open on it.

    Parameters
    ----------
    connection
        A connection with no transaction open.
    timeout
        Seconds to wait for the lock.

    Raises
    ------
    DatabaseError
        When the lock is not free in time, or a transaction is open.
    """
    connection.execution_options(**{SQLITE_BEGIN: "IMMEDIATE"})
    with (
        sqlite_transactions(connection, timeout),
        foreign_keys_off(connection),
        exclusive(connection, timeout),
        _settings(connection),
    ):
        yield connection


@contextmanager
def _settings(connection: sa.Connection) -> Iterator[None]:
    """Change settings of the session, and give them back as they were: it may go to a pool."""
    name = "mysql" if connection.dialect.name == "mariadb" else connection.dialect.name
    wanted = SETTINGS.get(name, {})
    before = _read(connection, wanted)
    _set(connection, wanted)
    try:
        yield
    finally:
        with suppress(DBAPIError):  # a connection that is gone has no settings either
            connection.rollback()
            _set(connection, before)


def _read(connection: sa.Connection, settings: Iterable[str]) -> dict[str, str]:
    """Give settings of the session as SQL writes them."""
    form = "current_setting('{}')" if connection.dialect.name == "postgresql" else "@@{}"
    asked = ", ".join(form.format(one) for one in settings)
    found = connection.exec_driver_sql(f"SELECT {asked}").one() if asked else ()
    return {
        setting: str(value) if isinstance(value, int) else f"'{value}'"
        for setting, value in zip(settings, found, strict=True)
    }


def _set(connection: sa.Connection, settings: Mapping[str, str]) -> None:
    """Change settings of the session at once; PostgreSQL, which takes one by one, has but one."""
    if settings:
        given = ", ".join(f"{setting} = {value}" for setting, value in settings.items())
        connection.exec_driver_sql(f"SET SESSION {given}")
        connection.commit()


def patiently(seconds: float, work: Callable[[], None], locked: Callable[[], bool]) -> None:
    """Run `work`, and again after a pause while a lock of somebody else's is in its way.

    Parameters
    ----------
    seconds
        How long to go on trying.
    work
        What to run; it has rolled back when it raises.
    locked
        Says after a failure whether it was a lock, and running again is safe.
    """
    attempts = Retrying(
        stop=stop_after_delay(seconds),
        wait=wait_random_exponential(multiplier=0.1, max=3),
        retry=retry_if_exception(lambda error: locked()),
        reraise=True,
    )
    attempts(work)


@contextmanager
def foreign_keys_kept(connection: sa.Connection) -> Iterator[None]:
    """Refuse, still inside the transaction, a migration that leaves rows without their parent.

    Raises
    ------
    MigrationError
        Naming the first rows.
    """
    before = broken_foreign_keys(connection)
    yield
    broken = sorted(broken_foreign_keys(connection) - before, key=str)
    if broken:
        rows = ", ".join(
            f"{table} (rowid {rowid}) → {parent}" for table, rowid, parent, _ in broken
        )
        raise MigrationError(
            f"{len(broken)} rows would point to a parent that is gone: {rows[:300]}.",
            "Let the migration delete or mend these rows first.",
        )
