"""A process that is killed in the middle leaves no half snapshot and no half database."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.database.snapshots.mariadb import spare_names
from schema_lab.errors import DatabaseError
from tests.conftest import REPOSITORY
from tests.snapshots import rich
from tests.support.dump import schema_dump

START = f"""
import os, sys
sys.path.insert(0, {str(REPOSITORY)!r})
from schema_lab import Lab
lab = Lab(sys.argv[1], config=sys.argv[2], wait=5)
"""
BEFORE_IT_IS_RECORDED = """
from schema_lab.database.snapshots import Store
Store._keep = lambda *rest: os.kill(os.getpid(), 9)
lab.snapshot()
"""


def killed(lab: Lab, script: str) -> None:
    """Run a script on the lab's database in a process of its own, which kills itself."""
    url = lab.engine.url.render_as_string(hide_password=False)
    program = [sys.executable, "-c", START + script, url, str(lab.root)]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == -9, ended.stderr


def test_a_killed_snapshot_is_no_snapshot(lab: Lab) -> None:
    """A3: it is not listed, does not stop the next one, and leaves no file behind that."""
    killed(lab, BEFORE_IT_IS_RECORDED)
    assert len(lab.snapshots()) == 0
    snapshot = lab.snapshot()
    assert {path.name for path in snapshot.path.parent.iterdir()} == {
        ".lock",
        "s1.json",
        snapshot.path.name,
    }


def test_a_restore_killed_halfway_leaves_a_sqlite_database_as_it_was() -> None:
    """A3: SQLite rolls back what was copied, at the next connection."""
    lab = Lab.scratch()
    rich.make(lab.engine)
    lab.snapshot()
    with lab.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE big AS SELECT zeroblob(9000000) AS b")
    lab.snapshot()
    lab.restore("s1")
    before = schema_dump(lab.engine.url)
    halfway = """
from schema_lab.database.snapshots.tools import Bar
Bar.at = lambda self, done: done > 5_000_000 and os.kill(os.getpid(), 9)
lab.restore("s2")
"""
    killed(lab, halfway)
    assert Path(f"{lab.engine.url.database}-journal").exists()
    assert schema_dump(lab.engine.url) == before
    assert lab.restore("s2").after == ()


@pytest.mark.postgresql
@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_restore_killed_before_its_commit_leaves_a_postgresql_database_as_it_was(
    rich_lab: Lab,
) -> None:
    """A3: psql, left alone, says no COMMIT."""
    rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    before = schema_dump(rich_lab.engine.url)
    near_the_end = """
from schema_lab.database.snapshots import postgresql
def pieces(*rest, given=postgresql._pieces):
    for piece in given(*rest):
        head, commit, tail = piece.rpartition(b"COMMIT;")
        yield head if commit else piece
        if commit:
            os.kill(os.getpid(), 9)
postgresql._pieces = pieces
lab.restore("s1")
"""
    killed(rich_lab, near_the_end)
    wait_until_alone(rich_lab)
    assert schema_dump(rich_lab.engine.url) == before
    assert rich_lab.restore("s1").after == ()


@pytest.mark.mariadb
@pytest.mark.parametrize("dialect", ["mariadb"])
def test_a_restore_killed_before_the_exchange_leaves_a_mariadb_database_as_it_was(
    rich_lab: Lab,
) -> None:
    """A3: the spare databases stay behind, and the next restore removes them."""
    rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    before = schema_dump(rich_lab.engine.url)
    all_is_loaded = """
from schema_lab.database.snapshots import mariadb
mariadb._Exchange.run = lambda self: os.kill(os.getpid(), 9)
lab.restore("s1")
"""
    killed(rich_lab, all_is_loaded)
    assert schema_dump(rich_lab.engine.url) == before
    assert spare_tables(rich_lab) == {"new": 7, "old": 0}
    rich_lab.restore("s1")
    assert spare_tables(rich_lab) == {}


@pytest.mark.mariadb
@pytest.mark.parametrize("dialect", ["mariadb"])
def test_a_restore_killed_after_the_exchange_is_completed_by_hand(rich_lab: Lab) -> None:
    """A3: the next restore names the database with the tables of before, and does not drop it."""
    before = schema_dump(rich_lab.engine.url)
    rich_lab.snapshot()
    exchanged = """
from schema_lab.database.snapshots import mariadb
mariadb._Exchange._load_programs = lambda *rest: os.kill(os.getpid(), 9)
lab.restore("s1")
"""
    killed(rich_lab, exchanged)
    old = spare_names(str(rich_lab.engine.url.database))[1]
    with pytest.raises(DatabaseError, match=f"in the database {old}"):
        rich_lab.restore("s1")
    rich.run(rich_lab.engine, f"SET foreign_key_checks = 0\nDROP DATABASE {old}")
    rich_lab.restore("s1")
    assert schema_dump(rich_lab.engine.url) == before
    assert spare_tables(rich_lab) == {}


def wait_until_alone(lab: Lab) -> None:
    """Wait until the server has ended the connections of a killed process."""
    sql = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with lab.engine.connect() as connection:
        while connection.scalar(sa.text(sql)):
            connection.rollback()


def spare_tables(lab: Lab) -> dict[str, int]:
    """Count the tables in each of the spare databases that there are."""
    new, old = spare_names(str(lab.engine.url.database))
    sql = sa.text(
        "SELECT count(table_name) FROM information_schema.schemata"
        " LEFT JOIN information_schema.tables ON schema_name = table_schema"
        " WHERE schema_name = :name GROUP BY schema_name"
    )
    with lab.engine.connect() as connection:
        counts = {
            word: connection.scalar(sql, {"name": name})
            for word, name in (("new", new), ("old", old))
        }
    return {word: count for word, count in counts.items() if count is not None}
