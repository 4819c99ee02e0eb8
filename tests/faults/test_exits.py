"""A revision that ends the program, or commits on its own."""

import pytest

from schema_lab.errors import MigrationError
from tests.support.processes import DOORS
from tests.support.revisions import Walk
from tests.support.terminal import failed

LEAVES = """
import sys
op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
sys.exit(0)
"""
COMMITS = """
op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
op.execute("UPDATE counters SET n = 5")
{commit}
op.execute("UPDATE counters SET n = 7")
op.execute("UPDATE missing SET n = 1")
"""
WAYS_TO_COMMIT = pytest.mark.parametrize(
    "commit", ["op.get_bind().commit()", 'op.execute("COMMIT")']
)


@pytest.mark.parametrize("door", DOORS)
def test_leaving_the_program_is_no_success(walk: Walk, door: str) -> None:
    """A5: sys.exit(0) inside upgrade() ends in an error that names the revision."""
    walk.revision("0002", LEAVES)
    outcome = walk.start(DOORS[door]).end()
    assert outcome.code == 1 if door == "script" else outcome.code != 0
    assert "0002" in outcome.text
    assert "sys.exit(0)" in outcome.text
    assert walk.heads == ("0001",)


@pytest.mark.parametrize("door", DOORS)
def test_leaving_the_program_while_loading_is_no_success(walk: Walk, door: str) -> None:
    """A5: sys.exit(0) at the top of a revision's file ends in an error that names the file."""
    walk.revision("0002", "pass", top="import sys\nsys.exit(0)")
    outcome = walk.start(DOORS[door]).end()
    assert outcome.code != 0
    assert "0002.py" in outcome.text


def test_a_program_run_as_typed_ends_with_one(walk: Walk) -> None:
    """A5: `alembic upgrade head` and scripts/run_migrations.py exit with an error."""
    walk.revision("0002", LEAVES)
    assert failed(walk.terminal.alembic("upgrade", "head"))
    result = walk.script()
    assert failed(result)
    assert result.returncode == 1


@WAYS_TO_COMMIT
def test_what_a_revision_committed_itself_is_named(walk: Walk, commit: str) -> None:
    """A6: after commit() and an error, the error lists what stands, and only that.

    After a COMMIT that the driver does not see, SQLite commits each statement by itself.
    """
    walk.revision("0002", COMMITS.format(commit=commit))
    with pytest.raises(MigrationError) as error:
        walk.lab().upgrade()
    stands = error.value.cure
    assert "CREATE TABLE notes" in stands
    assert "UPDATE counters SET n = 5" in stands
    alone = walk.engine.dialect.name == "sqlite" and "execute" in commit
    assert ("UPDATE counters SET n = 7" in stands) == alone
    assert walk.value("SELECT n FROM counters") == (7 if alone else 5)
    assert walk.value("SELECT COUNT(*) FROM notes") == 0
    assert walk.heads == ("0001",)


@WAYS_TO_COMMIT
def test_the_command_line_names_it_too(walk: Walk, commit: str) -> None:
    """A6: `alembic upgrade head` says what stands as well."""
    walk.revision("0002", COMMITS.format(commit=commit))
    outcome = walk.start(DOORS["command"]).end()
    assert outcome.code != 0
    assert "UPDATE counters SET n = 5" in outcome.text
