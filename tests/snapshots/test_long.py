"""A snapshot that takes longer than a server lets a connection be idle, or whose lock is lost."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.database.connections.engines import engine_for
from schema_lab.errors import DatabaseError, MigrationError
from tests.snapshots.conftest import write_revision

pytestmark = pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
SHORT = {
    "postgresql": {"options": "-cidle_session_timeout=800"},
    "mariadb": {"init_command": "SET SESSION wait_timeout = 1"},
}
LOCK = {
    "postgresql": "LOCK TABLE logs IN ACCESS EXCLUSIVE MODE",
    "mariadb": "LOCK TABLES logs WRITE",
}
WAITING = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND datname = current_database() AND application_name = 'pg_dump'",
    "mariadb": "SELECT count(*) FROM information_schema.processlist WHERE db = DATABASE()"
    " AND state LIKE 'Waiting for table%%'",
}
KILL = {
    "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
    "mariadb": "KILL {}",
}
HOLDERS = (
    "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND command = 'Sleep'"
    " AND id <> CONNECTION_ID()"
)


@pytest.fixture
def engine(database_url: str) -> Iterator[sa.Engine]:
    """Give an engine on a database with a table of rows."""
    made = engine_for(sa.make_url(database_url))
    with made.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE logs (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO logs VALUES (1), (2)")
    yield made
    made.dispose()


@contextmanager
def slow_dump(engine: sa.Engine, dialect: str, seconds: float) -> Iterator[threading.Event]:
    """Let the dump of the table wait so long from when it begins; tell when it does."""
    begun, locked = threading.Event(), threading.Event()

    def hold() -> None:
        with engine.connect() as holder, engine.connect() as looker:
            holder.exec_driver_sql(LOCK[dialect])
            locked.set()
            while not looker.exec_driver_sql(WAITING[dialect]).scalar():
                looker.rollback()
                time.sleep(0.05)
            begun.set()
            time.sleep(seconds)
            if dialect == "mariadb":
                holder.exec_driver_sql("UNLOCK TABLES")

    thread = threading.Thread(target=hold)
    thread.start()
    locked.wait()
    yield begun
    thread.join()


def test_a_snapshot_may_take_longer_than_the_idle_limit(
    folder: Path, engine: sa.Engine, dialect: str
) -> None:
    """The connection that holds the lock is kept awake: the snapshot is taken and restored."""
    lab = Lab(engine.url.update_query_dict(SHORT[dialect]), config=folder)
    with slow_dump(engine, dialect, 2.5):
        taken = lab.snapshot()
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM logs")
    lab.restore(taken)
    assert len(lab.rows("logs")) == 2


def test_a_whole_snapshot_is_kept_when_the_lock_was_lost(
    folder: Path, engine: sa.Engine, dialect: str
) -> None:
    """The server ends the lab's connection during the dump: what was copied stays whole."""
    lab = Lab(engine.url, config=folder)

    def kill(begun: threading.Event) -> None:
        begun.wait()
        with engine.connect() as connection:
            if dialect == "postgresql":
                connection.exec_driver_sql(KILL[dialect])
                return
            own = [row[0] for row in connection.exec_driver_sql(HOLDERS)]
            found = connection.exec_driver_sql(
                "SELECT IS_USED_LOCK(CONCAT('schema_lab:', LEFT(SHA2(DATABASE(), 256), 40)))"
            ).scalar()
            assert found in own
            connection.exec_driver_sql(f"KILL {found}")

    with slow_dump(engine, dialect, 0.5) as begun:
        killer = threading.Thread(target=kill, args=(begun,))
        killer.start()
        taken = lab.snapshot()
        killer.join()
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM logs")
    lab.restore(taken)
    assert len(lab.rows("logs")) == 2


def test_a_migration_without_the_lock_is_noticed(
    folder: Path, engine: sa.Engine, dialect: str
) -> None:
    """A program that migrates during the dump, and takes no lock, makes the snapshot fail."""
    write_revision(folder, "0001", "op.execute('CREATE TABLE one (id INTEGER)')")
    write_revision(folder, "0002", "pass")
    lab = Lab(engine.url, config=folder)
    lab.upgrade("0001")

    def migrate(begun: threading.Event) -> None:
        begun.wait()
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")

    with slow_dump(engine, dialect, 1) as begun:
        other = threading.Thread(target=migrate, args=(begun,))
        other.start()
        with pytest.raises(DatabaseError, match="was migrated while the snapshot was taken"):
            lab.snapshot()
        other.join()
    assert len(lab.snapshots()) == 0


def test_a_restore_compares_the_revision(folder: Path, engine: sa.Engine, dialect: str) -> None:
    """What the snapshot says of its revision has to be what the database says afterwards."""
    lab = Lab(engine.url, config=folder)
    taken = replace(lab.snapshot(), heads=("0009",))
    with pytest.raises(MigrationError, match="was taken at 0009, but the database is at base"):
        lab.restore(taken)
