"""Snapshots and sample rows, by buttons."""

from pathlib import Path

from schema_lab import Lab
from schema_lab.panels import Panel
from tests.panels.doing import execute, version
from tests.panels.test_calls import recorded


def test_the_snapshot_just_taken_is_named_and_selected(upgraded: Panel) -> None:
    """One that is taken before a migration has its revision, size, age and label in the list."""
    upgraded.snapshot_tick.value = True
    upgraded.target_chooser.value = "0001"
    upgraded.rehearse_button.click()
    upgraded.confirm_tick.value = True
    upgraded.accept_button.click()
    assert "Just taken: snapshot s1 at 0002" in upgraded._snapshots.said_box.value
    (label, name), *others = upgraded.snapshot_chooser.options
    assert (name, upgraded.snapshot_chooser.value, others) == ("s1", "s1", [])
    assert label.startswith("s1 at 0002, ")
    assert label.endswith("just now: before downgrade to 0001")


def test_restore_waits_for_its_tick_and_then_restores(upgraded: Panel) -> None:
    """The rows and the revision of the snapshot are back, and the record says how."""
    upgraded.take_snapshot_button.click()
    execute(upgraded, "DELETE FROM users")
    assert upgraded.restore_button.disabled
    assert "after s1 was taken" in upgraded.restore_tick.description
    assert "upgrade base → 0002" in upgraded.run_box.value
    upgraded.restore_tick.value = True
    upgraded.restore_button.click()
    assert upgraded.error_box.value == ""
    assert upgraded.run_box.value == ""
    assert upgraded.lab.rows("users")["plan"].tolist() == ["gold"]
    assert version(upgraded) == ["0002"]
    assert "restore s1: 0002 → 0002" in upgraded._snapshots.said_box.value
    assert recorded(upgraded)[-2:] == ["lab.snapshot()", 'lab.restore("s1")']
    assert upgraded.restore_button.disabled


def test_another_snapshot_needs_another_tick(upgraded: Panel) -> None:
    """A tick that was set for one snapshot does not restore the next one that is selected."""
    upgraded.take_snapshot_button.click()
    upgraded._presses.forget(upgraded.take_snapshot_button)
    upgraded.take_snapshot_button.click()
    upgraded.restore_tick.value = True
    upgraded.snapshot_chooser.value = "s1"
    assert upgraded.restore_button.disabled
    upgraded.restore_button.click()
    assert "restore" not in upgraded._snapshots.said_box.value


def test_a_damaged_snapshot_is_refused_where_its_button_is(upgraded: Panel) -> None:
    """The database stays as it is, and the error stands in the section of the snapshots."""
    upgraded.take_snapshot_button.click()
    snapshot = upgraded.lab.snapshots()[0]
    snapshot.path.write_bytes(b"x" * snapshot.size)
    upgraded.restore_tick.value = True
    upgraded.restore_button.click()
    assert "damaged" in upgraded.error_box.value
    assert upgraded.error_box in upgraded._snapshots.box.children
    assert version(upgraded) == ["0002"]
    assert recorded(upgraded)[-1] == "lab.snapshot()"


def test_sample_rows_fill_a_scratch_database(upgraded: Panel) -> None:
    """Each table gets as many rows as the box says, and the panel shows them."""
    upgraded.seed_rows.value = 3
    upgraded.seed_button.click()
    assert upgraded.error_box.value == ""
    assert len(upgraded.lab.rows("users")) == 4
    assert "3 new rows in 1 table" in upgraded._tables.seeded_box.value
    assert upgraded.table_chooser.options == (("users (4 rows)", "users"),)
    assert recorded(upgraded)[-1] == "lab.seed(3)"


def test_no_sample_rows_are_offered_for_a_database_that_is_kept(project: Path) -> None:
    """Beside real rows they would stay for good, so there is no button."""
    panel = Lab(f"sqlite:///{project}/lab.db", config=project).panel()
    assert panel._tables._seed_row.layout.display == "none"
