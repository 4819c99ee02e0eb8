"""From models to a revision, by buttons."""

import html
import json
from pathlib import Path

import pytest

from schema_lab.panels import Panel
from schema_lab.panels.controls import link_to
from tests.panels.conftest import Define
from tests.panels.doing import accept, columns, scripts, write
from tests.panels.test_calls import recorded


def test_drift_is_shown_before_any_press(panel: Panel) -> None:
    """The panel opens with the operations that the models ask for."""
    assert "create table users" in panel.drift_box.value
    assert "drift: 1 operation" in panel.status_box.value


def test_autogenerate_writes_nothing(panel: Panel) -> None:
    """A candidate changes neither the files nor the database."""
    panel.message_box.value = "Create users"
    panel.autogenerate_button.click()
    assert "Candidate: Create users" in panel.candidate_box.value
    assert scripts(panel) == []
    assert columns(panel) == []


def test_tabs_hold_both_functions_and_the_sql_of_three_dialects(panel: Panel) -> None:
    """Each tab shows what its title says."""
    panel.message_box.value = "Create users"
    panel.autogenerate_button.click()
    pieces = dict(zip(panel.code_tabs.titles, panel.code_tabs.children, strict=True))
    assert "create_table" in pieces["upgrade()"].value
    assert "drop_table" in pieces["downgrade()"].value
    assert "INTEGER" in pieces["SQLite"].value
    assert "SERIAL" in pieces["PostgreSQL"].value
    assert "AUTO_INCREMENT" in pieces["MariaDB"].value


def test_drift_gives_way_to_the_candidate(panel: Panel) -> None:
    """The same operations are not shown twice."""
    panel.message_box.value = "Create users"
    panel.autogenerate_button.click()
    assert panel.drift_box.layout.display == "none"


def test_an_empty_message_is_refused_in_the_panel(panel: Panel) -> None:
    """Autogenerate without a message shows the fact and the cure, and no candidate."""
    panel.autogenerate_button.click()
    assert "message" in panel.error_box.value
    assert panel.write_button.disabled


def test_write_revision_writes_the_candidate(panel: Panel) -> None:
    """Write revision makes one file and names it; the database stays as it is."""
    write(panel, "Create users")
    assert [path.name for path in scripts(panel)] == ["0001_create_users.py"]
    assert "0001_create_users.py" in panel.written_box.value
    assert columns(panel) == []


def test_a_double_click_writes_one_file(panel: Panel) -> None:
    """C5: the second click on Write revision finds the button disabled."""
    write(panel, "Create users")
    panel.write_button.click()
    panel.refresh()
    panel.write_button.click()
    assert len(scripts(panel)) == 1


def test_a_written_candidate_points_to_upgrade(panel: Panel) -> None:
    """What stands out moves from Autogenerate over Write revision to Upgrade."""
    assert panel.autogenerate_button.button_style == "primary"
    panel.message_box.value = "Create users"
    panel.autogenerate_button.click()
    assert panel.write_button.button_style == "primary"
    panel.write_button.click()
    assert panel.upgrade_button.button_style == "primary"


def test_a_candidate_without_operations_cannot_be_written(written: Panel) -> None:
    """Autogenerate with no drift says so and leaves Write revision disabled."""
    written.upgrade_button.click()
    written.message_box.value = "Nothing"
    written.autogenerate_button.click()
    assert "the database matches the models" in written.candidate_box.value
    assert written.write_button.disabled


def test_a_step_drops_a_candidate_of_another_state(upgraded: Panel, define: Define) -> None:
    """A candidate that was not written goes when the database moves."""
    define(plan=False)
    upgraded.message_box.value = "Drop plans"
    upgraded.autogenerate_button.click()
    assert not upgraded.write_button.disabled
    upgraded.downgrade_button.click()
    accept(upgraded)
    upgraded.downgrade_button.click()
    assert upgraded.candidate_box.value == ""
    assert upgraded.write_button.disabled


def test_a_destructive_candidate_marks_what_goes(upgraded: Panel, define: Define) -> None:
    """A dropped column stands with a minus before its sentence."""
    define(plan=False)
    upgraded.message_box.value = "Drop plans"
    upgraded.autogenerate_button.click()
    assert '<span class="sl-symbol">-</span> drop column users.plan' in upgraded.candidate_box.value


def test_a_finished_candidate_makes_room_for_the_next_drift(panel: Panel, define: Define) -> None:
    """After Upgrade, a model edited since shows its drift on Refresh."""
    write(panel, "Create users")
    panel.upgrade_button.click()
    define(plan=True)
    panel.refresh()
    assert "add column users.plan" in panel.drift_box.value
    assert panel.candidate_box.value == ""


@pytest.mark.parametrize("typed", ["", "Add plans"])
def test_its_message_goes_with_it(panel: Panel, define: Define, typed: str) -> None:
    """The next revision does not bear the last one's message; what was typed for it stays."""
    write(panel, "Create users")
    panel.upgrade_button.click()
    assert panel.message_box.value == "Create users"
    panel.message_box.value = typed or panel.message_box.value
    define(plan=True)
    panel.refresh()
    assert panel.message_box.value == typed


def test_findings_of_the_review_stand_under_the_candidate(upgraded: Panel, define: Define) -> None:
    """What is dangerous is said with its code before anything is written."""
    define(plan=False)
    upgraded.message_box.value = "Drop plans"
    upgraded.autogenerate_button.click()
    assert "SL101" in upgraded.findings_box.value
    upgraded.write_button.click()
    assert upgraded.findings_box.layout.display == "none"


def test_a_candidate_is_rehearsed_before_it_is_written(panel: Panel) -> None:
    """The report stands below the code; no file is there, and no table."""
    panel.message_box.value = "Create users"
    panel.autogenerate_button.click()
    panel.rehearse_candidate_button.click()
    assert "it would succeed" in panel.candidate_rehearsal_box.value
    assert scripts(panel) == []
    assert columns(panel) == []


def test_a_rehearsed_candidate_counts_for_its_upgrade(upgraded: Panel, define: Define) -> None:
    """The same code on the same state: the upgrade asks for the tick alone."""
    define(plan=False)
    upgraded.message_box.value = "Drop plans"
    upgraded.autogenerate_button.click()
    upgraded.rehearse_candidate_button.click()
    upgraded.write_button.click()
    upgraded.upgrade_button.click()
    assert upgraded.confirm_tick.description.startswith("Accept: column `users.plan` is dropped")


def test_a_candidate_that_is_upgraded_is_folded(panel: Panel) -> None:
    """Its code is one line that unfolds, until a step back makes it the next thing to do."""
    write(panel, "Create users")
    assert panel.code_tabs.layout.display is None
    panel.upgrade_button.click()
    assert panel.candidate_box.value.startswith("<details><summary>Candidate: Create users<")
    assert "create_table" in panel.candidate_box.value
    for part in (panel.code_tabs, panel.rehearse_candidate_button):
        assert part.layout.display == "none"
    panel.downgrade_button.click()
    accept(panel)
    panel.downgrade_button.click()
    assert "<details>" not in panel.candidate_box.value
    assert panel.code_tabs.layout.display is None


def press_enter(panel: Panel) -> None:
    """Do what a browser's Enter in Message does."""
    panel.message_box._handle_custom_msg({"event": "submit"}, [])


def test_enter_in_the_message_proposes_a_candidate(panel: Panel) -> None:
    """It acts as Autogenerate, with its errors and without."""
    press_enter(panel)
    assert "message" in panel.error_box.value
    panel.message_box.value = "Create users"
    press_enter(panel)
    assert panel.error_box.value == ""
    assert panel.candidate is not None


def test_a_script_is_read_again_after_an_edit(panel: Panel) -> None:
    """What was edited in the written file is shown as a difference, with the script's review."""
    write(panel, "Create users")
    assert panel.read_button.layout.display is None
    panel.read_button.click()
    assert "No differences." in panel.script_box.value
    script = scripts(panel)[0]
    code = script.read_text()
    script.write_text(code.replace("    op.create_table(", "    pass\n    op.create_table("))
    panel._presses.forget(panel.read_button)
    panel.read_button.click()
    assert "-    pass" in panel.script_box.value
    assert "The review found no risks." in panel.script_box.value
    assert recorded(panel)[-1] == 'lab.review("0001")'


def test_a_written_script_is_a_link_where_a_server_shows_its_folder(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """JupyterLab opens it by the path from the server's own folder; elsewhere it is a name."""
    write(panel, "Create users")
    assert "<code>0001_create_users.py</code>" in panel.written_box.value
    assert "<a " not in panel.written_box.value
    (tmp_path / "jpserver-7.json").write_text(json.dumps({"root_dir": str(panel.lab.root)}))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("JPY_PARENT_PID", "7")
    shown = html.unescape(link_to(scripts(panel)[0]))
    assert 'data-commandlinker-command="docmanager:open"' in shown
    assert '{"path": "alembic/versions/0001_create_users.py"}' in shown
