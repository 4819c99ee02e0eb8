"""A migration that somebody cancels: never half a revision, and an error that says what stands."""

from collections.abc import Callable

import pytest

from schema_lab import Lab
from schema_lab.errors import CancelledError
from tests.support.dump import schema_dump
from tests.support.labs import execute, filled_in, scalars

TWO = 'op.execute("CREATE TABLE {0} (id INTEGER)")\nop.execute("INSERT INTO {0} VALUES (1)")'


@pytest.fixture
def pending(lab: Lab) -> Lab:
    """Give a lab with two pending revisions of two statements each."""
    execute(lab, "CREATE TABLE people (id INTEGER PRIMARY KEY)")
    for name in ("first", "second"):
        filled_in(lab, f"Add {name}", TWO.format(name), f'op.execute("DROP TABLE {name}")')
    return lab


def at_question(number: int) -> Callable[[], bool]:
    """Cancel when the migration asks for the n-th time."""
    asked: list[int] = []

    def cancelled() -> bool:
        asked.append(1)
        return len(asked) >= number

    return cancelled


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_cancel_takes_everything_back(pending: Lab, number: int) -> None:
    """Where DDL rolls back, a cancel at each place leaves the database as it was."""
    before = schema_dump(pending.engine.url)
    with pytest.raises(CancelledError, match=r"nothing was changed\. The database is at base"):
        pending.upgrade(cancelled=at_question(number))
    assert schema_dump(pending.engine.url) == before


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_on_mariadb_a_cancel_waits_for_the_end_of_a_revision(pending: Lab) -> None:
    """The first revision stands whole, nothing of the second, and nothing is to be resumed."""
    with pytest.raises(CancelledError, match="1 revision had run and stayed applied"):
        pending.upgrade(cancelled=at_question(2))
    assert [one.message for one in pending.current()] == ["Add first"]
    assert scalars(pending, "SELECT id FROM first") == [1]
    assert pending.stopped() is None
    assert "second" not in list(pending.tables()["table"])


def test_a_cancelled_upgrade_goes_on_later(pending: Lab) -> None:
    """The next upgrade runs what is left, each revision once."""
    with pytest.raises(CancelledError):
        pending.upgrade(cancelled=at_question(2))
    pending.upgrade(cancelled=lambda: False)
    assert scalars(pending, "SELECT id FROM first") == [1]
    assert scalars(pending, "SELECT id FROM second") == [1]


def test_a_cancelled_downgrade_leaves_whole_revisions(pending: Lab) -> None:
    """A way down that is cancelled at its beginning changes nothing."""
    pending.upgrade()
    with pytest.raises(CancelledError, match="The downgrade was canceled: nothing was changed"):
        pending.downgrade("base", cancelled=at_question(1))
    assert [one.message for one in pending.current()] == ["Add second"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_revision_that_commits_is_not_cut(lab: Lab) -> None:
    """After a part of a revision is committed, nobody is asked before its end."""
    block = (
        'with op.get_context().autocommit_block():\n    op.execute("CREATE INDEX i ON kept (id)")'
    )
    create = 'op.execute("CREATE TABLE kept (id INTEGER)")'
    filled_in(lab, "Commit", f'{create}\n{block}\nop.execute("INSERT INTO kept VALUES (1)")')
    lab.upgrade(cancelled=at_question(3))
    assert scalars(lab, "SELECT id FROM kept") == [1]
