"""A migration that is killed at each point that leaves a trace, and run again."""

import signal
from collections.abc import Callable

import pytest

from tests.support.kills import kill_at
from tests.support.processes import (
    DOORS,
    back_through_lab,
    through_lab,
    through_resume,
)
from tests.support.revisions import Walk
from tests.support.waiting import until

Door = Callable[[], None]
SIX = """
op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Integer))
op.execute("UPDATE counters SET n = n + 1")
op.add_column("notes", sa.Column("label", sa.String(20)))
op.bulk_insert(sa.table("notes", sa.column("id"), sa.column("n")), [{"id": 1, "n": 2}])
op.create_index("ix_notes_n", "notes", ["n"])
op.execute("UPDATE counters SET n = n * 3")
"""
SIX_BACK = """
op.execute("UPDATE counters SET n = n - 1")
op.drop_index("ix_notes_n", "notes")
op.execute("DELETE FROM notes")
op.drop_column("notes", "label")
op.execute("UPDATE counters SET n = n * 5")
op.drop_table("notes")
"""
AGAIN = [through_resume, DOORS["command"], DOORS["script"], DOORS["init_db"]]


@pytest.fixture
def six(walk: Walk) -> Walk:
    """Give a walk with a revision of six statements each way."""
    walk.revision("0002", SIX, SIX_BACK)
    return walk


class Direction:
    """One way of the walk, and the database as an undisturbed run leaves it."""

    def __init__(self, walk: Walk, work: Door, again: list[Door]) -> None:
        self.walk, self.work, self.again = walk, work, again
        self._to(self.work)
        self.heads, self.expected = walk.heads, walk.dump()

    def _to(self, work: Door) -> None:
        self._clean()
        assert self.walk.start(work).end().code == 0

    def _clean(self) -> None:
        self.walk.sql("UPDATE counters SET n = 0")

    def _killed(self, boundary: int) -> tuple[int, str]:
        self._clean()
        outcome = self.walk.start(self.work, prepare=kill_at(boundary)).end()
        return outcome.code, outcome.text

    def survives(self, boundary: int) -> bool:
        """Kill at a boundary, run again, compare; False when there is no such boundary."""
        code, text = self._killed(boundary)
        assert code in (0, -signal.SIGKILL), f"boundary {boundary}: {text}"
        if code and self.walk.heads != self.heads:
            outcome = self.walk.start(self.again[boundary % len(self.again)]).end()
            assert outcome.code == 0, f"boundary {boundary}: {outcome.text}"
        elif code:
            self.walk.lab().upgrade(self.heads[0])  # nothing is left to do
        assert self.walk.dump() == self.expected, f"boundary {boundary}"
        return code != 0


def test_a_kill_at_any_boundary_leaves_no_trace_in_the_end(six: Walk) -> None:
    """A3: killed at any statement or commit, up or down, and run again: as if undisturbed."""
    up, down = (
        Direction(six, through_lab, AGAIN),
        Direction(six, back_through_lab, [back_through_lab]),
    )
    boundary = 0
    while up.survives(boundary + 1) | down.survives(boundary + 1):
        boundary += 1
    assert boundary > 6


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_kill_leaves_the_database_as_it_was(six: Walk) -> None:
    """A3: where DDL is rolled back, nothing of the killed migration is left before it is rerun."""
    before = six.dump()
    assert six.start(through_lab, prepare=kill_at(6)).end().code == -signal.SIGKILL
    assert six.dump() == before


SLOW_CHANGE = """
op.execute("UPDATE counters SET n = n + 1")
op.execute("ALTER TABLE filled ADD COLUMN hashed CHAR(64) AS (SHA2(REPEAT(id, 20000), 256)) STORED")
op.execute("UPDATE counters SET n = n * 10")
"""


@pytest.mark.parametrize("dialect", ["mariadb"])
@pytest.mark.parametrize("door", ["lab", "command"])
def test_a_kill_amid_a_slow_change_of_the_schema(walk: Walk, door: str) -> None:
    """A3: the server goes on with an ALTER whose client was killed; the next run waits, resumes."""
    walk.sql("CREATE TABLE filled (id INT PRIMARY KEY)")
    walk.sql("INSERT INTO filled SELECT seq FROM seq_1_to_15000")
    walk.revision("0002", SLOW_CHANGE)
    running = walk.start(DOORS[door])
    listed = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE f%%'"
    until(lambda: walk.value(listed) == 1)
    running.signal(signal.SIGKILL)
    assert running.end().code == -signal.SIGKILL
    assert walk.start(through_resume if door == "lab" else DOORS[door]).end().code == 0
    assert walk.value("SELECT n FROM counters") == 10
    assert walk.value("SELECT COUNT(hashed) FROM filled") == 15000
