"""An open transaction that is handed in; a revision that is edited after half of it ran."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from schema_lab.errors import MigrationError
from tests.support.revisions import Walk

JOURNALED = pytest.mark.parametrize("dialect", ["mariadb"])
FIRST, THIRD = 'sa.Column("label", sa.String(20))', "UPDATE missing SET n = 1"
BODY = f"""
op.add_column("counters", {FIRST})
op.execute("UPDATE counters SET n = n + 1")
op.execute("{THIRD}")
"""


def test_an_open_transaction_is_refused(walk: Walk) -> None:
    """A7: a connection handed in with an open transaction is refused, and nothing is changed."""
    walk.revision("0002", 'op.execute("UPDATE counters SET n = n + 1")')
    before = walk.dump()
    config = Config(walk.root / "alembic.ini")
    with walk.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        config.attributes["connection"] = connection
        with pytest.raises(CommandError, match="open transaction"):
            command.upgrade(config, "head")
    assert walk.dump() == before


def test_a_connection_handed_in_is_committed(walk: Walk) -> None:
    """A7: a connection with nothing open is used, and what it did is there afterwards."""
    walk.revision("0002", 'op.execute("UPDATE counters SET n = n + 1")')
    config = Config(walk.root / "alembic.ini")
    with walk.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    assert walk.heads == ("0002",)
    assert walk.value("SELECT n FROM counters") == 1


@pytest.fixture
def half(walk: Walk) -> Path:
    """Give the file of a revision of which two statements stand."""
    path = walk.revision("0002", BODY)
    with pytest.raises(MigrationError):
        walk.lab().upgrade()
    return path


def edit(path: Path, old: str, new: str) -> None:
    """Change a revision's file."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@JOURNALED
def test_an_edited_statement_that_stands_is_refused(walk: Walk, half: Path) -> None:
    """A8: resume names the statement that stands and was changed, and runs nothing."""
    before = walk.dump()
    edit(half, "sa.String(20)", "sa.String(30)")
    with pytest.raises(MigrationError, match=r"0002 was edited.*statement 1 .*VARCHAR\(20\)"):
        walk.lab().resume()
    assert walk.dump() == before


@JOURNALED
@pytest.mark.parametrize("rest", ["nothing", "the others"])
def test_a_removed_statement_that_stands_is_refused(walk: Walk, half: Path, rest: str) -> None:
    """A8: a statement that stands and is gone from the script is named; the script is not done."""
    edit(half, f'op.add_column("counters", {FIRST})', "return" if rest == "nothing" else "pass")
    with pytest.raises(MigrationError, match=r"edited.*statement 1 .*ADD COLUMN label"):
        walk.lab().resume()
    assert walk.heads == ("0001",)


@JOURNALED
def test_an_edited_statement_that_has_not_run_is_taken(walk: Walk, half: Path) -> None:
    """A8: mending the statement that failed is what resume is for."""
    edit(half, THIRD, "UPDATE counters SET n = n * 10")
    assert walk.lab().resume().after == ("0002",)
    assert walk.value("SELECT n FROM counters") == 10
