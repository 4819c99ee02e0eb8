"""Stepping through a migration on a throwaway copy."""

import gc
import tempfile
from pathlib import Path

import pytest

from schema_lab import Lab
from schema_lab.rehearsal.copies.copy import PREFIX
from tests.support.dump import schema_dump
from tests.support.labs import execute, filled_in, scalars

ADD = 'op.add_column("users", sa.Column("plan", sa.String(10)))\n'
FILL = """op.execute("UPDATE users SET plan = 'free'")"""


def begun(lab: Lab) -> None:
    """Give a table with a row, and a revision in two statements."""
    execute(lab, "CREATE TABLE users (id INTEGER PRIMARY KEY)", "INSERT INTO users VALUES (1)")
    filled_in(lab, "Add plans", ADD + FILL)


def test_the_copy_changes_step_by_step_and_the_database_does_not(lab: Lab) -> None:
    """Each step shows the rows of the copy; the database is as before."""
    begun(lab)
    before = schema_dump(lab.engine.url)
    with lab.rehearse_steps("head") as steps:
        assert [one.sentence for one in next(steps).changes] == ["users: + column plan"]
        assert list(next(steps).rows("users")["plan"]) == ["free"]
        assert list(steps) == []
        assert steps.run is not None
    assert schema_dump(lab.engine.url) == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_copy_that_nobody_holds_is_gone(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forgetting the steps midway removes the copy, and the lab can be used again."""
    begun(lab)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    steps = lab.rehearse_steps()
    next(steps)
    assert list(tmp_path.glob(f"{PREFIX}*"))
    del steps
    gc.collect()
    assert list(tmp_path.glob(f"{PREFIX}*")) == []
    assert scalars(lab, "SELECT id FROM users") == [1]
