"""A rehearsal in one transaction that is rolled back."""

from contextlib import suppress
from pathlib import Path

import pytest

from schema_lab.errors import DatabaseError, SchemaLabError
from tests.rehearsal.people import people
from tests.support.revisions import Walk

HARM = "op.execute(\"UPDATE people SET plan = 'gone'\")\n"
COMMITS = [
    'op.execute("DELETE FROM people")',
    'op.execute("COMMIT")',
    "op.get_bind().commit()",
    "op.get_bind().connection.driver_connection.commit()",
    'with op.get_context().autocommit_block(): op.execute("DELETE FROM people")',
    "try:\n    op.execute('COMMIT')\nexcept Exception: op.execute('DELETE FROM people')",
]


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> str:
    """Run on the dialects that can roll back DDL."""
    return str(request.param)


@pytest.fixture
def walk(tmp_path: Path, database_url: str, dialect: str) -> Walk:
    """Give a database with people, and a migration that does much to them."""
    return people(tmp_path / "walk", database_url, dialect)


def test_it_finds_what_a_copy_finds(walk: Walk) -> None:
    """Losses, changes, columns and samples are the same, and the database is as it was."""
    before = walk.dump()
    rolled_back = walk.lab().rehearse(how="transaction")
    copied = walk.lab().rehearse(how="copy")
    assert rolled_back.losses == copied.losses != ()
    assert rolled_back.changes == copied.changes
    assert rolled_back.columns == copied.columns
    assert rolled_back.samples == copied.samples
    assert walk.dump() == before


def test_a_commit_does_not_get_through(walk: Walk) -> None:
    """Whatever a script tries, the database is as it was, and some of these scripts run."""
    before, done = walk.dump(), 0
    for commit in COMMITS:
        walk.revision("0002", HARM + commit)
        with suppress(SchemaLabError):
            done += walk.lab().rehearse(how="transaction").succeeded
        assert walk.dump() == before, commit
    assert done, "no rehearsal came to an end, so nothing was tested"


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_locks_are_named(walk: Walk) -> None:
    """PostgreSQL's locks stand beside the statements that took them."""
    rehearsal = walk.lab().rehearse(how="transaction")
    assert rehearsal.statements[0].locks == ("AccessExclusive on people",)
    assert "AccessExclusive on people" in rehearsal._repr_html_()
    assert any("held their locks" in note for note in rehearsal.notes)


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_mariadb_refuses(walk: Walk) -> None:
    """Where DDL commits, there is no such way, and the cure names another."""
    with pytest.raises(DatabaseError, match='how="copy"'):
        walk.lab().rehearse(how="transaction")
