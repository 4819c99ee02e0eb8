"""A connection made ready to migrate: locked, nothing open, foreign keys safe."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from schema_lab.database import SQLITE_BEGIN, broken_foreign_keys, exclusive, foreign_keys_off
from schema_lab.errors import MigrationError


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
    with foreign_keys_off(connection), exclusive(connection, timeout):
        yield connection


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
