"""A snapshot first, and continuing after a revision that stopped partway."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.panels import Panel

HALF = """    op.execute("CREATE TABLE first_half (id INTEGER)")
    op.execute("INSERT INTO second_half VALUES (1)")
"""


def test_the_tick_takes_a_snapshot_before_the_upgrade(written: Panel) -> None:
    """With the tick, Upgrade leaves a snapshot of the state before; without, none."""
    written.upgrade_one_button.click()
    assert len(written.lab.snapshots()) == 0
    written.snapshot_tick.value = True
    written.upgrade_button.click()
    assert written.error_box.value == ""
    assert [one.heads for one in written.lab.snapshots()] == [("0001",)]


def test_resume_is_hidden_while_nothing_stopped(written: Panel) -> None:
    """The button shows only where there is something to resume."""
    assert written.resume_button.layout.display == "none"


@pytest.mark.parametrize("dialect", ["mariadb"], indirect=True)
def test_resume_finishes_what_stopped_half_way(
    project: Path, database_url: str, engine: sa.Engine
) -> None:
    """On MariaDB the button appears after a failure and finishes the revision."""
    lab = Lab(database_url, config=project)
    revision = lab.revision("In two halves")
    assert revision.path is not None
    revision.path.write_text(revision.code.replace("    pass\n", HALF, 1))
    panel = lab.panel()
    panel.upgrade_button.click()
    assert "first_half" in panel.error_box.value
    assert panel.resume_button.layout.display != "none"
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE second_half (id INTEGER)")
    panel.resume_button.click()
    assert panel.error_box.value == ""
    assert panel.resume_button.layout.display == "none"
    assert panel.lab.status().pending == 0
