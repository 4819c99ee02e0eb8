"""Stepping through a migration: what each step shows, and what leaving it leaves."""

import gc
import threading
from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.errors import DatabaseError, InputError, MigrationError
from tests.support.labs import execute, filled_in, opened, scalars

SHOWN = [
    ["users: + column plan"],
    ["users: 3 rows written"],
    ["users: + index ix_users_name"],
    ["users: 3 → 2 rows"],
]


@pytest.fixture
def lab(tmp_path: Path, database_url: str) -> Lab:
    """Open a lab on an empty database that is no throwaway."""
    return opened(tmp_path, database_url)


def test_each_statement_is_a_step(scratch: Lab) -> None:
    """The iterator stops after each statement and says which table it changed, and how."""
    steps = scratch.step_through()
    seen = list(steps)
    assert [[one.sentence for one in step.changes] for step in seen] == SHOWN
    assert [(step.number, step.revision) for step in seen] == [(n, "0002") for n in (1, 2, 3, 4)]
    assert [step.affected for step in seen if step.sql.startswith(("UPDATE", "DELETE"))] == [3, 1]
    assert steps.run is not None
    assert steps.run.after == ("0002",)
    assert len(scratch.current()) == 1


def test_rows_are_seen_before_the_commit(scratch: Lab) -> None:
    """`step.rows` reads on the migrating connection: what no other connection sees yet."""
    with scratch.step_through() as steps:
        next(steps)
        step = next(steps)
        assert list(step.rows("users")["plan"]) == ["free"] * 3
        assert step.rows("users", limit=1).shape == (1, 3)
        with pytest.raises(InputError, match="nowhere"):
            step.rows("nowhere")
        assert [one.sentence for one in next(steps).changes] == SHOWN[2]


def test_a_step_that_is_over_shows_no_rows(scratch: Lab) -> None:
    """A look at rows belongs to the moment of the step."""
    steps = scratch.step_through()
    first = next(steps)
    list(steps)
    with pytest.raises(InputError, match="This step is over"):
        first.rows("users")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_leaving_rolls_back(scratch: Lab) -> None:
    """After `close` the tables are as before, the lock is free and no thread is left."""
    steps = scratch.step_through()
    next(steps)
    next(steps)
    steps.close()
    assert list(scratch.columns("users")["column"]) == ["id", "name"]
    assert [one.id for one in scratch.current()] == ["0001"]
    assert not [one for one in threading.enumerate() if one.name == "schema_lab step"]
    assert list(steps) == []
    assert scratch.upgrade().after == ("0002",)


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_what_cannot_be_rolled_back_is_resumed(scratch: Lab) -> None:
    """On MariaDB the journal knows what stands when the stepping is left, and goes on there."""
    steps = scratch.step_through()
    next(steps)
    next(steps)
    steps.close()
    stopped = scratch.stopped()
    assert stopped is not None
    assert [one.position for one in stopped.entries] == [1]
    assert scratch.resume().after == ("0002",)
    assert set(scalars(scratch, "SELECT plan FROM users")) == {"free"}


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_forgetting_the_steps_leaves_them(scratch: Lab) -> None:
    """A loop that is broken off holds no lock once its iterator is gone."""
    for step in scratch.step_through():
        assert step.number == 1
        break
    gc.collect()
    assert [one.id for one in scratch.current()] == ["0001"]
    assert scratch.upgrade().after == ("0002",)


def test_the_lab_says_that_a_migration_waits(scratch: Lab) -> None:
    """Between two steps other calls are refused with the cure, instead of waiting for ever."""
    steps = scratch.step_through()
    next(steps)
    with pytest.raises(MigrationError, match="is being stepped through") as caught:
        scratch.upgrade()
    assert "steps.close()" in caught.value.cure
    with pytest.raises(MigrationError, match="is being stepped through"):
        scratch.rows("users")
    assert "is being stepped through" in scratch.status().problem
    steps.close()
    assert len(scratch.rows("users")) == 3


def test_a_failing_statement_is_the_labs_error(scratch: Lab) -> None:
    """The error comes out of `next()`, and stepping is over."""
    filled_in(scratch, "Break", 'op.execute("DELETE FROM nowhere")')
    steps = scratch.step_through()
    with pytest.raises(MigrationError, match=r"0003 \(Break\) failed"):
        list(steps)
    with pytest.raises(StopIteration):
        next(steps)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_revision_that_swallows_errors_is_left_too(scratch: Lab) -> None:
    """A revision that catches everything does not go on after it was left."""
    body = 'try:\n    op.execute("DELETE FROM users")\nexcept Exception:\n    pass'
    filled_in(scratch, "Swallow", body)
    scratch.upgrade("0002")
    steps = scratch.step_through()
    next(steps)
    steps.close()
    assert len(scratch.rows("users")) == 2
    assert [one.id for one in scratch.current()] == ["0002"]


def test_a_downgrade_is_stepped_through(scratch: Lab) -> None:
    """Down as well as up."""
    scratch.upgrade()
    seen = [one.sentence for step in scratch.step_through("-1") for one in step.changes]
    assert seen == ["users: - index ix_users_name", "users: - column plan"]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_batch_shows_its_tables_come_and_go(scratch: Lab) -> None:
    """Behind one batch operation the steps show the copy of the table that SQLite needs."""
    body = 'with op.batch_alter_table("users") as batch_op:\n    batch_op.alter_column("name", '
    filled_in(scratch, "Widen", body + "type_=sa.String(80), existing_nullable=False)")
    scratch.upgrade("0002")
    seen = [step.sql.split()[0] for step in scratch.step_through()]
    assert seen == ["CREATE", "INSERT", "DROP", "ALTER", "CREATE"]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_only_a_throwaway_database_is_stepped_through(lab: Lab) -> None:
    """Elsewhere the tables would stay locked while a person looks."""
    with pytest.raises(DatabaseError, match="is not a scratch database") as caught:
        lab.step_through()
    assert "Lab.scratch()" in caught.value.cure


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_steps_and_their_state_are_shown(scratch: Lab) -> None:
    """A step shows its SQL and its changes, escaped; the steps say how far they have come."""
    execute(scratch, 'CREATE TABLE "<b>" (id INTEGER)')
    steps = scratch.step_through()
    assert repr(steps) == "upgrade to head, one statement at a time: 0 statements, not begun"
    step = next(steps)
    assert repr(step).startswith("statement 1 · upgrade 0002\n  ALTER TABLE users")
    assert "users: + column plan" in step._repr_html_()
    assert "after statement 1" in steps._repr_html_()
    steps.close()
    assert "abandoned" in repr(steps)
