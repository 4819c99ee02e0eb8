"""What a step loses is counted in the moment in which it begins, whatever others did before."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import LossError, SchemaLabError
from schema_lab.migrate.safeguards import ready
from schema_lab.rehearsal import RehearsedState
from tests.support.labs import execute, filled_in, opened, scalars

USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, plan VARCHAR(20))"
TYPED = "UPDATE users SET plan = 'paid'"


@pytest.fixture
def lab(tmp_path: Path, database_url: str) -> Lab:
    """Open a lab on a table with an empty column, that is no throwaway."""
    lab = opened(tmp_path, database_url)
    execute(lab, USERS, "INSERT INTO users VALUES (1, NULL)")
    return lab


def meanwhile(lab: Lab, step: Callable[[], object], *statements: str) -> list[SchemaLabError]:
    """Begin a step while another program holds the lock, and let that one write."""
    caught: list[SchemaLabError] = []

    def take() -> None:
        try:
            step()
        except SchemaLabError as error:
            caught.append(error)

    waiting = threading.Thread(target=take)
    with lab.engine.connect() as other, ready(other, 10):
        other.execute(sa.text(statements[0]))
        waiting.start()
        time.sleep(1)
        for statement in statements[1:]:
            other.execute(sa.text(statement))
        other.commit()
        assert waiting.is_alive()
    waiting.join(30)
    return caught


def test_what_is_written_before_the_lock_is_free_counts(lab: Lab) -> None:
    """A value typed in while the upgrade waits for the lock is not dropped unasked."""
    filled_in(lab, "Drop plans", "op.drop_column('users', 'plan')")
    refused, *_ = meanwhile(lab, lab.upgrade, TYPED)
    assert isinstance(refused, LossError)
    assert refused.names == ("users.plan",)
    assert scalars(lab, "SELECT plan FROM users") == ["paid"]
    assert "alembic_version" not in sa.inspect(lab.engine).get_table_names() or not scalars(
        lab, "SELECT version_num FROM alembic_version"
    )


def test_what_was_migrated_before_the_lock_is_free_counts(lab: Lab) -> None:
    """A downgrade of one loses what the revision now below it drops, not the one that was."""
    first = filled_in(lab, "Plans", "pass", "op.drop_column('users', 'plan')")
    filled_in(lab, "Nothing", "pass")
    execute(lab, TYPED)
    lab.upgrade()
    back = f"UPDATE alembic_version SET version_num = '{first}'"
    refused, *_ = meanwhile(lab, lab.downgrade, back)
    assert isinstance(refused, LossError)
    assert refused.names == ("users.plan",)


def test_a_rehearsal_that_no_longer_counts_says_so(lab: Lab) -> None:
    """What it saw still has to be accepted, and the error says what has changed since."""
    filled_in(lab, "Forget plans", "op.execute('UPDATE users SET plan = NULL')")
    execute(lab, TYPED)
    assert [loss.name for loss in lab.rehearse().losses] == ["users.plan"]
    execute(lab, "INSERT INTO users VALUES (2, NULL)")
    with pytest.raises(LossError, match=r"rows in `users` was 1 and is now 2\. Nothing was run"):
        lab.upgrade()
    assert lab.upgrade(accept_loss="users.plan").revisions


def test_a_value_written_over_by_another_is_seen(lab: Lab) -> None:
    """The state is another one, though no count has changed."""
    execute(lab, TYPED)
    seen = RehearsedState.of(lab._environment, (), count=True)
    assert seen.changed_since(lab._environment) == ""
    execute(lab, "UPDATE users SET plan = 'free'")
    assert seen.changed_since(lab._environment) == "Values in `users` were overwritten."


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_table_too_large_for_that_is_named(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report says of which table a value written over is not noticed."""
    monkeypatch.setattr("schema_lab.rehearsal.table_state.MOST_ROWS", 0)
    filled_in(lab, "Nothing", "pass")
    execute(lab, TYPED)
    rehearsal = lab.rehearse()
    assert any("Overwritten values of `users`" in note for note in rehearsal.notes)
    execute(lab, "UPDATE users SET plan = 'free'")
    assert lab.gate.changed_since(rehearsal) == ""
