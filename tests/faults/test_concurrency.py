"""Several processes migrate one database at one moment."""

import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from schema_lab.errors import DatabaseError
from schema_lab.models import Field
from tests.support.processes import DOORS, together
from tests.support.revisions import Walk
from tests.support.terminal import failed
from tests.support.waiting import until

EIGHT = list(DOORS.values()) * 2
HOLDS = """
import pathlib, time
op.execute("UPDATE counters SET n = n + 1")
pathlib.Path("held").touch()
time.sleep(60)
"""


def test_eight_processes_upgrade_a_fresh_database(fresh: Walk) -> None:
    """C1: all eight end well, through every door, and each migration ran once."""
    fresh.revision(
        "0002",
        'op.create_table("ran", sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),'
        ' sa.Column("revision", sa.String(4)))',
    )
    for name in ("0003", "0004", "0005", "0006"):
        fresh.revision(
            name,
            f"""op.execute("INSERT INTO ran (revision) VALUES ('{name}')")
op.create_table("t{name}", sa.Column("id", sa.Integer, primary_key=True))""",
        )
    outcomes = together(fresh.root, fresh.url, EIGHT)
    assert [one.code for one in outcomes] == [0] * 8, "\n".join(one.text for one in outcomes)
    assert fresh.heads == ("0006",)
    assert list(fresh.lab().query("SELECT revision FROM ran ORDER BY revision")["revision"]) == [
        *("0003", "0004", "0005", "0006")
    ]


def test_a_data_migration_runs_once(walk: Walk) -> None:
    """C2: n = n + 1 in eight processes at once gives n = 1."""
    walk.revision("0002", 'op.execute("UPDATE counters SET n = n + 1")')
    outcomes = together(walk.root, walk.url, EIGHT)
    assert [one.code for one in outcomes] == [0] * 8, "\n".join(one.text for one in outcomes)
    assert walk.value("SELECT n FROM counters") == 1


@pytest.mark.parametrize("door", ["command", "script"])
def test_the_next_goes_on_after_a_holder_was_killed(slow: Walk, door: str) -> None:
    """C3: the next waits for the killed one's statement to end on the server, then goes on."""
    holder = slow.start(DOORS["lab"])
    until((slow.root / "slow").exists)
    waiting = slow.start(DOORS[door])
    time.sleep(0.3)
    holder.signal(signal.SIGKILL)
    assert holder.end().code == -signal.SIGKILL
    outcome = waiting.end()
    assert outcome.code == 0, outcome.text
    assert slow.heads == ("0002",)
    assert slow.value("SELECT n FROM counters WHERE id = 1") == 2


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_the_next_never_runs_beside_a_statement_of_the_killed(slow: Walk) -> None:
    """C3: while the server still runs the killed one's statement, the lock is not free."""
    holder = slow.start(DOORS["lab"])
    until((slow.root / "slow").exists)
    time.sleep(0.3)
    holder.signal(signal.SIGKILL)
    holder.end()
    with pytest.raises(DatabaseError, match="Another migration is running"):
        slow.lab(wait=0.2).upgrade()


def test_a_lock_that_is_not_free_names_its_holder(walk: Walk, dialect: str) -> None:
    """C4: the error comes within the limit and names the connection, or SQLite's process."""
    walk.revision("0002", HOLDS)
    holder = walk.start(DOORS["command"])
    until((walk.root / "held").exists)
    begun = time.monotonic()
    with pytest.raises(DatabaseError) as error:
        walk.lab(wait=0.5).upgrade()
    assert time.monotonic() - begun < 10
    result = walk.script("--timeout", "0.5")
    assert failed(result)
    name = f"process {holder.pid}" if dialect == "sqlite" else f"connection {backend(walk)}"
    assert name in error.value.fact
    assert name in result.stderr
    assert "0.5 s" in error.value.fact
    holder.signal(signal.SIGKILL)
    holder.end()
    (walk.root / "alembic" / "versions" / "0002.py").unlink()


def backend(walk: Walk) -> object:
    """Give the number of the only other connection to the database."""
    if walk.engine.dialect.name == "postgresql":
        return walk.value(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    return walk.value(
        "SELECT id FROM information_schema.processlist"
        " WHERE db = DATABASE() AND id <> CONNECTION_ID()"
    )


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_lock_in_wal_mode_names_its_holder(walk: Walk) -> None:
    """C4: on a SQLite file in WAL mode the writer's process is named as well."""
    with closing(sqlite3.connect(str(walk.engine.url.database))) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    walk.revision("0002", HOLDS)
    holder = walk.start(DOORS["command"])
    until((walk.root / "held").exists)
    with pytest.raises(DatabaseError, match=f"process {holder.pid}"):
        walk.lab(wait=0.5).upgrade()
    holder.signal(signal.SIGKILL)
    holder.end()


def test_a_double_click_upgrades_once(walk: Walk) -> None:
    """C5: two threads call lab.upgrade() at once; it runs once and neither fails."""
    walk.revision("0002", 'op.execute("UPDATE counters SET n = n + 1")')
    lab, gate = walk.lab(), threading.Barrier(2)

    def click() -> tuple[str, ...]:
        gate.wait()
        return lab.upgrade().revisions

    with ThreadPoolExecutor(2) as threads:
        clicks = [threads.submit(click) for _ in range(2)]
    assert sorted(one.result() for one in clicks) == [(), ("0002",)]
    assert walk.value("SELECT n FROM counters") == 1


def test_a_double_click_writes_once(walk: Walk) -> None:
    """C5: two threads call candidate.write() at once; one file is there, and both get it."""
    lab, gate = walk.lab(), threading.Barrier(2)

    class Thing(lab.Model, table=True):  # type: ignore[call-arg,misc,name-defined]
        id: int | None = Field(default=None, primary_key=True)

    candidate = lab.autogenerate("Create things")

    def click() -> str:
        gate.wait()
        return candidate.write().id

    with ThreadPoolExecutor(2) as threads:
        first, second = (threads.submit(click) for _ in range(2))
    assert first.result() == second.result()
    assert len(list((walk.root / "alembic" / "versions").glob("*.py"))) == 2


CONCURRENTLY = """
with op.get_context().autocommit_block():
    op.create_index("ix_n", "counters", ["n"], postgresql_concurrently=True, if_not_exists=True)
op.execute("UPDATE counters SET n = n + 1")
"""


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_index_is_built_while_others_wait(walk: Walk) -> None:
    """C6: CREATE INDEX CONCURRENTLY and seven who wait for the lock do not deadlock."""
    walk.revision("0002", CONCURRENTLY)
    outcomes = together(walk.root, walk.url, EIGHT)
    assert [one.code for one in outcomes] == [0] * 8, "\n".join(one.text for one in outcomes)
    assert walk.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_n'::regclass") is True
    assert walk.value("SELECT n FROM counters") == 1
