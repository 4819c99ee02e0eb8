"""A statement that fails leaves nothing, or what stands is said and can be gone on from."""

import pytest

from schema_lab.database import JOURNAL_TABLE
from schema_lab.errors import MigrationError
from schema_lab.models import Field
from tests.support.processes import DOORS
from tests.support.revisions import Walk
from tests.support.terminal import failed, succeeded

BROKEN_UP = """
op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
op.execute("UPDATE counters SET n = n + 1")
op.execute("UPDATE missing SET n = 1")
op.add_column("counters", sa.Column("label", sa.String(20)))
"""
BROKEN_DOWN = """
op.drop_table("notes")
op.execute("UPDATE counters SET n = n + 1")
op.execute("UPDATE missing SET n = 1")
op.drop_column("counters", "label")
"""
ROLLED_BACK = pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
JOURNALED = pytest.mark.parametrize("dialect", ["mariadb"])


@pytest.fixture
def broken(walk: Walk) -> Walk:
    """Give a walk whose next upgrade fails at its third statement."""
    walk.revision("0002", BROKEN_UP)
    return walk


@pytest.fixture
def stuck(walk: Walk) -> Walk:
    """Give a walk whose next downgrade fails at its third statement."""
    walk.revision("0002", BROKEN_UP.replace("UPDATE missing", "UPDATE counters"), BROKEN_DOWN)
    walk.lab().upgrade()
    return walk


def mend(walk: Walk) -> None:
    """Make what the third statement misses."""
    walk.sql("CREATE TABLE missing (n INTEGER)")


@ROLLED_BACK
@pytest.mark.parametrize("door", DOORS)
def test_a_failed_upgrade_leaves_nothing(broken: Walk, door: str) -> None:
    """A1: the third statement fails, and schema and rows are as before, through every door."""
    before = broken.dump()
    outcome = broken.start(DOORS[door]).end()
    assert outcome.code != 0
    assert "UPDATE missing SET n = 1" in outcome.text
    assert broken.dump() == before
    mend(broken)
    assert broken.lab().upgrade().after == ("0002",)


@ROLLED_BACK
def test_a_failed_downgrade_leaves_nothing(stuck: Walk) -> None:
    """A2: the downgrade fails midway, and schema and rows are as before."""
    before = stuck.dump()
    with pytest.raises(MigrationError, match=r"0002.*downgrade.*missing") as error:
        stuck.lab().downgrade()
    assert "The revision was rolled back completely." in error.value.cure
    assert stuck.dump() == before
    mend(stuck)
    assert stuck.lab().downgrade().after == ("0001",)


@JOURNALED
@pytest.mark.parametrize("door", DOORS)
def test_a_failed_upgrade_says_what_stands(broken: Walk, door: str) -> None:
    """A1: where DDL cannot be rolled back, the error lists just the statements that stand."""
    outcome = broken.start(DOORS[door]).end()
    assert outcome.code != 0
    said = " ".join(outcome.text.split())
    assert "Already applied: CREATE TABLE notes" in said
    stands = said.rpartition("Already applied: ")[2]
    assert "UPDATE counters" not in stands.partition("Fix the cause")[0]
    assert broken.value("SELECT n FROM counters") == 0
    assert broken.value("SELECT COUNT(*) FROM notes") == 0
    assert broken.heads == ("0001",)


@JOURNALED
def test_a_failed_upgrade_goes_on_after_its_cause_is_mended(broken: Walk) -> None:
    """A1: lab.resume() runs the rest, each statement once, and leaves no journal."""
    with pytest.raises(MigrationError, match="missing"):
        broken.lab().upgrade()
    mend(broken)
    with pytest.raises(MigrationError, match=r"0002 stopped partway.*CREATE TABLE notes"):
        broken.lab().upgrade()
    assert broken.lab().resume().after == ("0002",)
    assert broken.value("SELECT n FROM counters") == 1
    assert JOURNAL_TABLE not in broken.dump().schema


@JOURNALED
def test_a_downgrade_never_undoes_the_wrong_revision(broken: Walk) -> None:
    """A1: after half an upgrade the downgrade refuses, and the revision below stays."""
    with pytest.raises(MigrationError):
        broken.lab().upgrade()
    before = broken.dump()
    with pytest.raises(MigrationError, match="0002 stopped partway in upgrade"):
        broken.lab().downgrade()
    assert failed(broken.terminal.alembic("downgrade", "-1"))
    assert broken.dump() == before


@JOURNALED
def test_the_journal_is_nowhere_to_be_seen(broken: Walk) -> None:
    """A1: while a revision is half done, neither the tables nor the drift show the journal."""
    with pytest.raises(MigrationError):
        broken.lab().upgrade()
    assert JOURNAL_TABLE in broken.dump().schema
    assert set(broken.lab().tables()["table"]) == {"counters", "notes"}
    lab = broken.lab()

    class Thing(lab.Model, table=True):  # type: ignore[call-arg,misc,name-defined]
        id: int | None = Field(default=None, primary_key=True)

    tables = {one.table for one in lab.drift().operations}
    assert tables == {"counters", "notes", "thing"}


@JOURNALED
def test_a_failed_downgrade_goes_on_after_its_cause_is_mended(stuck: Walk) -> None:
    """A2: what stands of the downgrade is said, an upgrade refuses, and resume finishes it."""
    with pytest.raises(MigrationError) as error:
        stuck.lab().downgrade()
    assert "Already applied: DROP TABLE notes" in error.value.cure
    with pytest.raises(MigrationError, match="0002 stopped partway in downgrade"):
        stuck.lab().upgrade()
    mend(stuck)
    before = stuck.value("SELECT n FROM counters")
    assert stuck.lab().resume().after == ("0001",)
    assert stuck.value("SELECT n FROM counters") == before + 1  # type: ignore[operator]
    assert JOURNAL_TABLE not in stuck.dump().schema


@JOURNALED
def test_a_deployment_goes_on_by_itself(broken: Walk) -> None:
    """A1: scripts/run_migrations.py run again finishes what stopped, as `alembic upgrade` does."""
    assert failed(broken.script())
    mend(broken)
    assert succeeded(broken.script())
    assert broken.heads == ("0002",)
    assert broken.value("SELECT n FROM counters") == 1
