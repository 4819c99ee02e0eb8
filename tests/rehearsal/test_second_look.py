"""`run_migrations.py --rehearse` looks again once it holds the lock, and stops where it should."""

import runpy
import sys
import time
from pathlib import Path

import pytest

from schema_lab.database import exclusive
from tests.support.revisions import Walk
from tests.support.waiting import until

DROP = 'op.drop_column("users", "plan")'


def rehearsing() -> None:
    """Run `python scripts/run_migrations.py --rehearse`."""
    sys.argv = ["scripts/run_migrations.py", "--rehearse"]
    runpy.run_path("scripts/run_migrations.py", run_name="__main__")


@pytest.fixture
def walk(tmp_path: Path, database_url: str) -> Walk:
    """Give a project whose first revision drops an empty column."""
    walk = Walk.begin(tmp_path / "walk", database_url)
    walk.sql("CREATE TABLE users (id INTEGER PRIMARY KEY, plan VARCHAR(20))")
    walk.sql("INSERT INTO users VALUES (1, NULL)")
    walk.revision("0001", DROP)
    return walk


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_what_is_written_after_the_rehearsal_counts(walk: Walk) -> None:
    """While the script waits for the lock somebody writes a value: it is not dropped."""
    with walk.engine.connect() as other, exclusive(other, 10):
        running = walk.start(rehearsing)
        until(lambda: "Rehearsed" in running.log.read_text())
        time.sleep(0.5)
        walk.sql("UPDATE users SET plan = 'paid'")
    outcome = running.end()
    assert outcome.code == 1
    assert "--accept-loss users.plan" in outcome.text
    assert walk.value("SELECT plan FROM users") == "paid"


def test_a_rehearsal_that_fails_stops_before_the_database(walk: Walk) -> None:
    """A revision that fails on the copy is not tried on the database."""
    walk.revision("0001", f'{DROP}\nop.execute("UPDATE missing SET n = 1")')
    before = walk.dump()
    outcome = walk.start(rehearsing).end()
    assert outcome.code == 1
    assert "The rehearsal failed, so nothing was run." in outcome.text
    assert walk.dump() == before
