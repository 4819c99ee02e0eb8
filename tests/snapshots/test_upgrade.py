"""Upgrade and downgrade take a snapshot first when they are asked to."""

import pytest

from schema_lab import Lab
from schema_lab.errors import DatabaseError, MigrationError
from tests.snapshots.conftest import scalar, write_revision
from tests.support.dump import schema_dump

CREATE = 'op.execute("CREATE TABLE t (id INTEGER)"); op.execute("INSERT INTO t VALUES (7)")'
FAILS = 'op.execute("DROP TABLE t"); op.execute("SELECT nothing FROM nowhere")'


def test_a_failed_upgrade_names_the_way_back(lab: Lab) -> None:
    """The cure is a line to paste, and pasting it brings back what the migration dropped."""
    write_revision(lab.root, "0001", CREATE)
    lab.upgrade()
    before = schema_dump(lab.engine.url)
    write_revision(lab.root, "0002", FAILS)
    with pytest.raises(MigrationError) as caught:
        lab.upgrade(snapshot=True, accept_loss=True)
    assert caught.value.cure.endswith('Or restore the snapshot: `lab.restore("s1")`.')
    restored = lab.restore("s1")
    assert repr(restored) == "restore s1: 0001 → 0001"
    assert schema_dump(lab.engine.url) == before


def test_an_upgrade_is_taken_back() -> None:
    """The report says the heads before and after, as the database has them."""
    lab = Lab.scratch()
    write_revision(lab.root, "0001", CREATE)
    write_revision(lab.root, "0002", 'op.execute("DELETE FROM t")')
    lab.upgrade("0001")
    lab.upgrade(snapshot=True, accept_loss=True)
    restored = lab.restore("s1")
    assert (restored.before, restored.after) == (("0002",), ("0001",))
    assert [one.id for one in lab.current()] == ["0001"]
    assert scalar(lab, "SELECT id FROM t") == 7


@pytest.mark.parametrize(("verb", "target"), [("upgrade", "head"), ("downgrade", "-1")])
def test_the_label_says_what_the_snapshot_came_before(verb: str, target: str) -> None:
    """A list of snapshots tells which is which."""
    lab = Lab.scratch()
    write_revision(lab.root, "0001", CREATE)
    if verb == "downgrade":
        lab.upgrade()
    getattr(lab, verb)(snapshot=True)
    assert [one.label for one in lab.snapshots()] == [f"before {verb} to {target}"]


def test_nothing_is_migrated_when_the_snapshot_fails() -> None:
    """Without a way back, the upgrade that asked for one does not start."""
    lab = Lab.scratch()
    write_revision(lab.root, "0001", CREATE)
    (lab.root / ".schema_lab").write_text("in the way")
    with pytest.raises(DatabaseError, match="The snapshot could not be written"):
        lab.upgrade(snapshot=True, accept_loss=True)
    assert len(lab.current()) == 0


def test_an_upgrade_takes_no_snapshot_unasked() -> None:
    """Copies of large databases are made only on purpose."""
    lab = Lab.scratch()
    write_revision(lab.root, "0001", CREATE)
    lab.upgrade()
    assert len(lab.snapshots()) == 0


def test_an_edited_revision_is_told_after_a_restore(lab: Lab) -> None:
    """H6: the snapshot's database had the file as it was then, and the lab remembers that."""
    write_revision(lab.root, "0001", CREATE)
    lab.upgrade()
    lab.snapshot()
    lab.downgrade("base")
    write_revision(lab.root, "0001", f"{CREATE}; pass")
    lab.restore("s1")
    assert [one.edited for one in lab.history()] == [True]
