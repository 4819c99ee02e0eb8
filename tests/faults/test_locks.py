"""Somebody else holds what a migration needs; and what a migration leaves on a connection."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from schema_lab.errors import DatabaseError, MigrationError
from tests.support.processes import DOORS
from tests.support.revisions import Walk
from tests.support.terminal import succeeded

SERVER = pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])
ADD_COLUMN = 'op.add_column("counters", sa.Column("label", sa.String(20)))'


@pytest.fixture
def column(walk: Walk) -> Walk:
    """Give a walk whose next revision adds a column."""
    walk.revision("0002", ADD_COLUMN)
    return walk


@contextmanager
def long_transaction(walk: Walk) -> Iterator[sa.Connection]:
    """Hold the table as a report does that began some time ago."""
    with walk.engine.connect() as connection:
        connection.exec_driver_sql("SELECT * FROM counters").all()
        yield connection


class Reader(threading.Thread):
    """Reads the table again and again; `longest` is its longest wait in seconds."""

    def __init__(self, walk: Walk) -> None:
        super().__init__()
        self.walk, self.longest, self.reads = walk, 0.0, 0
        self.over = threading.Event()

    def run(self) -> None:
        """Read until it is over."""
        with self.walk.engine.connect() as connection:
            while not self.over.is_set():
                begun = time.monotonic()
                connection.exec_driver_sql("SELECT n FROM counters").all()
                connection.commit()
                self.longest = max(self.longest, time.monotonic() - begun)
                self.reads += 1
                time.sleep(0.02)

    def __enter__(self) -> Self:
        """Begin."""
        self.start()
        return self

    def __exit__(self, *rest: object) -> None:
        """End."""
        self.over.set()
        self.join()


@SERVER
def test_a_table_held_for_long_is_given_up(column: Walk) -> None:
    """C7: after the limit the error says what it waited for; nothing is changed."""
    before = column.dump()
    with long_transaction(column):
        begun = time.monotonic()
        with pytest.raises(MigrationError, match=r"(?i)lock.*timeout"):
            column.lab(wait=3).upgrade()
        assert 2 < time.monotonic() - begun < 20
    assert column.dump() == before
    assert column.lab().upgrade().after == ("0002",)


@SERVER
def test_readers_are_not_held_up(column: Walk) -> None:
    """C7: while the migration waits for the table and tries again, a SELECT goes through."""
    with long_transaction(column), Reader(column) as reader, pytest.raises(MigrationError):
        column.lab(wait=4).upgrade()
    assert reader.reads > 10
    assert reader.longest < 2


@SERVER
@pytest.mark.parametrize("door", ["lab", "command"])
def test_a_table_that_becomes_free_is_taken(column: Walk, door: str) -> None:
    """C7: when the holder ends in time, the migration that tries again succeeds."""
    with long_transaction(column):
        running = column.start(DOORS[door])
        time.sleep(3)
    outcome = running.end()
    assert outcome.code == 0, outcome.text
    assert column.heads == ("0002",)


def writing(walk: Walk) -> sqlite3.Connection:
    """Begin to write to a SQLite file as any program does."""
    connection = sqlite3.connect(
        str(walk.engine.url.database), isolation_level=None, check_same_thread=False
    )
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE counters SET n = n + 1")
    return connection


@SQLITE
@pytest.mark.parametrize("door", DOORS)
def test_a_writer_is_waited_for(column: Walk, door: str) -> None:
    """C8: while a writer holds the file the migration waits, then it succeeds."""
    writer = writing(column)
    running = column.start(DOORS[door])
    time.sleep(3)
    assert running.process.is_alive()
    writer.execute("COMMIT")
    outcome = running.end()
    assert outcome.code == 0, outcome.text
    assert column.heads == ("0002",)
    assert column.value("SELECT n FROM counters") == 1


@SQLITE
def test_a_reader_in_the_way_of_the_commit_is_named(column: Walk) -> None:
    """C8: a reader that never ends is given up after the limit, with nothing changed."""
    before = column.dump()
    reader = sqlite3.connect(str(column.engine.url.database), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM counters").fetchall()
    with pytest.raises(DatabaseError, match="Another connection of this process"):
        column.lab(wait=1).upgrade()
    reader.execute("COMMIT")
    assert column.dump() == before


SETTINGS = {
    "sqlite": ["PRAGMA foreign_keys", "PRAGMA busy_timeout"],
    "postgresql": ["SHOW lock_timeout", "SHOW session_replication_role"],
    "mariadb": ["SELECT @@sql_mode", "SELECT @@lock_wait_timeout", "SELECT @@foreign_key_checks"],
}
CHOSEN = {
    "sqlite": ["PRAGMA foreign_keys = ON", "PRAGMA busy_timeout = 4321"],
    "postgresql": ["SET lock_timeout = '7s'"],
    "mariadb": ["SET SESSION sql_mode = 'ANSI_QUOTES'", "SET SESSION lock_wait_timeout = 77"],
}
ADVISORY_LOCKS = (
    "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@pytest.mark.parametrize("body", [ADD_COLUMN, 'op.execute("UPDATE missing SET n = 1")'])
def test_a_connection_goes_back_to_its_pool_as_it_came(walk: Walk, dialect: str, body: str) -> None:
    """C9: after an upgrade, or one that failed, no lock and no changed setting is on it."""
    walk.revision("0002", body)
    engine = sa.create_engine(walk.url, pool_size=1, max_overflow=0, pool_reset_on_return=None)
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        for statement in CHOSEN[dialect]:
            connection.exec_driver_sql(statement)
        connection.commit()
        before = [connection.exec_driver_sql(one).scalar() for one in SETTINGS[dialect]]
        connection.commit()
        upgrade(walk, connection, succeeds=body == ADD_COLUMN)
    with engine.connect() as connection:
        returned: Any = connection.connection.driver_connection
        assert returned is driver
        after = [connection.exec_driver_sql(one).scalar() for one in SETTINGS[dialect]]
        assert after == before
        connection.rollback()
        if dialect == "sqlite":
            assert not returned.in_transaction
            assert returned.isolation_level == ""
        elif dialect == "postgresql":
            assert connection.exec_driver_sql(ADVISORY_LOCKS).scalar() == 0
        else:
            assert connection.exec_driver_sql("SELECT RELEASE_ALL_LOCKS()").scalar() == 0
    engine.dispose()


def upgrade(walk: Walk, connection: sa.Connection, *, succeeds: bool) -> None:
    """Run Alembic's own upgrade on a connection."""
    config = Config(walk.root / "alembic.ini")
    config.attributes["connection"] = connection
    if succeeds:
        command.upgrade(config, "head")
    else:
        with pytest.raises(CommandError, match="missing"):
            command.upgrade(config, "head")


@SQLITE
@pytest.mark.parametrize("recipe", [False, True])
def test_a_migration_on_a_foreign_engine_is_atomic(walk: Walk, recipe: bool) -> None:
    """A1: on a connection of a plain SQLite engine, a failed migration leaves nothing either."""
    walk.revision("0002", ADD_COLUMN + '\nop.execute("UPDATE missing SET n = 1")')
    before = walk.dump()
    engine = sa.create_engine(walk.url)
    if recipe:  # SQLAlchemy's own advice for SQLite
        sa.event.listen(engine, "connect", lambda c, record: setattr(c, "isolation_level", None))
        sa.event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN"))
    with engine.connect() as connection:
        upgrade(walk, connection, succeeds=False)
    assert walk.dump() == before
    engine.dispose()


def test_the_next_command_finds_no_lock(column: Walk) -> None:
    """C9: after an upgrade in this process another program migrates at once."""
    column.lab().upgrade()
    assert succeeded(column.script("--timeout", "1"))
