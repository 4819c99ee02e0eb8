"""SQLite: the live file is rewritten in place, under SQLite's own lock."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.database.snapshots import Snapshot
from schema_lab.errors import DatabaseError
from tests.snapshots import rich
from tests.snapshots.test_refusals import trust
from tests.support.dump import schema_dump


@pytest.fixture
def dialect() -> str:
    """Run these tests on SQLite."""
    return "sqlite"


@pytest.fixture
def other(lab: Lab) -> Iterator[sqlite3.Connection]:
    """Give another program's connection to the same file."""
    path = str(lab.engine.url.database)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as connection:
        yield connection


def test_open_connections_see_the_restored_database(lab: Lab, other: sqlite3.Connection) -> None:
    """A connection that was open before reads the contents of the snapshot afterwards."""
    rich.make(lab.engine)
    snapshot = lab.snapshot()
    rich.go_on(lab.engine)
    assert other.execute("SELECT count(*) FROM later").fetchone() == (0,)
    lab.restore(snapshot)
    assert other.execute("SELECT count(*) FROM users").fetchone() == (3,)
    with pytest.raises(sqlite3.OperationalError, match="no such table: later"):
        other.execute("SELECT * FROM later")


@pytest.mark.parametrize("lock", ["BEGIN IMMEDIATE", "BEGIN; SELECT * FROM users"])
def test_a_restore_gives_up_on_a_database_in_use(
    folder: Path, lab: Lab, other: sqlite3.Connection, lock: str
) -> None:
    """C8: a writer or a reader that does not let go is waited for, then left alone."""
    rich.make(lab.engine)
    lab.snapshot()
    rich.go_on(lab.engine)
    before = schema_dump(lab.engine.url)
    for statement in lock.split("; "):
        other.execute(statement).fetchone()
    with pytest.raises(DatabaseError, match=r"did not finish within 0\.2 s"):
        Lab(lab.engine.url, config=folder, wait=0.2).restore("s1")
    other.rollback()
    assert schema_dump(lab.engine.url) == before


def test_a_snapshot_is_taken_while_another_writes(lab: Lab, other: sqlite3.Connection) -> None:
    """What is not committed is not in the snapshot."""
    rich.make(lab.engine)
    before = schema_dump(lab.engine.url)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM users")
    snapshot = lab.snapshot()
    other.execute("COMMIT")
    lab.restore(snapshot)
    assert schema_dump(lab.engine.url) == before


def test_a_database_with_a_write_ahead_log_keeps_it(lab: Lab, other: sqlite3.Connection) -> None:
    """The journal mode is the file's own, and rows still in the log are in the snapshot."""
    other.execute("PRAGMA journal_mode = WAL")
    rich.make(lab.engine)
    before = schema_dump(lab.engine.url)
    snapshot = lab.snapshot()
    rich.go_on(lab.engine)
    lab.restore(snapshot)
    assert schema_dump(lab.engine.url) == before
    assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_lost_file_is_brought_back(lab: Lab) -> None:
    """Restoring makes the file anew."""
    rich.make(lab.engine)
    before = schema_dump(lab.engine.url)
    snapshot = lab.snapshot()
    Path(str(lab.engine.url.database)).unlink()
    lab.restore(snapshot)
    assert schema_dump(lab.engine.url) == before


def test_an_empty_database_is_a_snapshot_too(lab: Lab) -> None:
    """Going back to nothing drops everything."""
    snapshot = lab.snapshot()
    rich.make(lab.engine)
    lab.restore(snapshot)
    assert schema_dump(lab.engine.url).rows == {}


def test_an_unsound_file_is_refused(lab: Lab) -> None:
    """I6: a snapshot whose pages do not fit together is found by SQLite's own check."""
    rich.make(lab.engine)
    snapshot = lab.snapshot()
    before = schema_dump(lab.engine.url)
    scramble(snapshot)
    with pytest.raises(DatabaseError, match="not a valid SQLite database"):
        lab.restore("s1")
    assert schema_dump(lab.engine.url) == before


def scramble(snapshot: Snapshot) -> None:
    """Overwrite a page in the middle, and let the checksum fit."""
    content = bytearray(snapshot.path.read_bytes())
    content[3 * 4096 : 4 * 4096] = b"\xff" * 4096
    snapshot.path.write_bytes(content)
    trust(snapshot)
