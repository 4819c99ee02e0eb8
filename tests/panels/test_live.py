"""A panel that is shown follows the models and other programs; one that is not, does nothing."""

import asyncio
from collections.abc import Callable

import pytest
from nbformat import NotebookNode

from schema_lab import Lab
from schema_lab.panels import Panel, watching
from tests.panels.conftest import Define
from tests.panels.test_kernel import DEFINE, run

CREATE = """
lab.autogenerate("Create users").write()
lab.upgrade()
panel.refresh()
"""
REDEFINE = """
class User(lab.Model, table=True):
    __tablename__ = "users"
    id: int | None = Field(default=None, primary_key=True)
    email: str
    {column}
"""
LOOK = 'print("+ column" if "city" in panel.drift_box.value else "unchanged")'


def said(notebook: NotebookNode) -> str:
    """Give what the last cell printed."""
    text: str = notebook.cells[-1].outputs[0].text
    return text.strip()


def test_a_cell_that_redefines_a_model_changes_a_shown_panel() -> None:
    """In a kernel the drift is there when the next cell runs, without a Refresh."""
    columns = 'city: str = "Rome"'
    shown = run(DEFINE, CREATE + "panel", REDEFINE.format(column=columns), LOOK)
    assert said(shown) == "+ column"


def test_a_panel_that_is_not_shown_does_nothing() -> None:
    """Without an output that shows it, a redefinition costs nothing."""
    hidden = run(DEFINE, CREATE, REDEFINE.format(column='city: str = "Rome"'), LOOK)
    assert said(hidden) == "unchanged"


@pytest.fixture
def shown(lab: Lab, define: Define) -> Panel:
    """Give a panel that a browser shows; models and database agree."""
    define()
    lab.autogenerate("Create users").write()
    lab.upgrade()
    panel = lab.panel()
    panel._view_count = 1
    return panel


def end_cell(panel: Panel) -> None:
    """Do what IPython does at the end of a cell."""
    panel.lab.models.settle()
    panel.lab.models.announce()


def test_it_follows_while_a_browser_has_a_view(shown: Panel, define: Define) -> None:
    """With the last view gone it lets go, with the next one it catches up."""
    shown._view_count = 0
    define(plan=True)
    end_cell(shown)
    assert "users.plan" not in shown.drift_box.value
    shown._view_count = 1
    assert "users.plan" in shown.drift_box.value
    define()
    end_cell(shown)
    assert "users.plan" not in shown.drift_box.value


def test_a_closed_panel_is_let_go(shown: Panel) -> None:
    """After `close()` the models no longer know it."""
    assert len(shown.lab.models._watchers) == 1
    shown.close()
    assert shown.lab.models._watchers == []


def test_a_candidate_of_former_models_cannot_be_written(shown: Panel, define: Define) -> None:
    """It says that the models have changed, and points to Autogenerate."""
    define(plan=True)
    shown.message_box.value = "Add plans"
    shown.autogenerate_button.click()
    assert not shown.write_button.disabled
    define()
    end_cell(shown)
    assert shown.write_button.disabled
    assert "Press Autogenerate again" in shown.waits_box.value
    assert shown.autogenerate_button.button_style == "primary"


def test_the_same_cell_again_leaves_the_candidate(shown: Panel, define: Define) -> None:
    """A redefinition that changes nothing keeps what was made for it."""
    define(plan=True)
    shown.message_box.value = "Add plans"
    shown.autogenerate_button.click()
    define(plan=True)
    end_cell(shown)
    assert not shown.write_button.disabled


def test_a_view_that_goes_leaves_no_migration_waiting(shown: Panel) -> None:
    """When the browser's last view closes between two statements, the lab can be used again."""
    shown.target_chooser.value = "base"
    shown.step_button.click()
    shown.confirm_tick.value = True
    shown.step_button.click()
    assert shown.stepping.running
    shown._view_count = 0
    assert [one.id for one in shown.lab.current()] == ["0001"]


def test_a_cell_that_runs_while_a_press_is_finished_is_not_lost(
    shown: Panel, define: Define, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The differences of a model that is redefined after the last reading of a press appear."""
    show = shown._tables.show

    def redefine_last() -> None:
        show()
        define(plan=True)
        end_cell(shown)

    monkeypatch.setattr(shown._tables, "show", redefine_last)
    shown.refresh_button.click()
    assert "users.plan" in shown.drift_box.value


def beside(panel: Panel) -> Lab:
    """Open the same project and database as another program does."""
    return Lab(panel.lab.engine.url, config=panel.lab.root)


def while_shown(
    panel: Panel, change: Callable[[], object], monkeypatch: pytest.MonkeyPatch, views: int = 1
) -> None:
    """Let a kernel's loop run while a browser has views of the panel, and change something."""
    monkeypatch.setattr(watching, "EVERY", 0.02)

    async def run() -> None:
        panel._view_count = 0
        panel._view_count = 1
        panel._view_count = views
        change()
        await asyncio.sleep(0.4)
        panel._view_count = 0

    asyncio.run(run())


def test_what_another_program_migrates_is_shown(
    shown: Panel, define: Define, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its revision, what it changed in the database and its tables appear without a press."""

    def migrate() -> None:
        other = beside(shown)
        revision = other.revision("Of a colleague")
        assert revision.path is not None
        code = revision.code.replace("pass", 'op.execute("CREATE TABLE cities (id INT)")', 1)
        revision.path.write_text(code)
        other.upgrade()

    while_shown(shown, migrate, monkeypatch)
    assert "Of a colleague" in shown.history_box.value
    assert "0 pending" in shown.status_box.value
    assert [table for _, table in shown.table_chooser.options] == ["cities", "users"]


def test_a_script_that_is_written_meanwhile_is_pending(
    shown: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that appears makes Upgrade the next step."""
    while_shown(shown, lambda: beside(shown).revision("Of a colleague"), monkeypatch)
    assert shown.upgrade_button.button_style == "primary"


def test_a_hidden_panel_does_not_look(shown: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a view nothing is read, whatever other programs do."""
    looks = list[Lab]()
    monkeypatch.setattr(type(shown.lab), "trace", looks.append)

    def change() -> None:
        beside(shown).revision("Of a colleague")
        looks.clear()

    while_shown(shown, change, monkeypatch, views=0)
    assert looks == []
    assert "1 pending" not in shown.status_box.value


def test_a_database_that_is_gone_is_tried_once(
    shown: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The panel says that the state is unknown, and rests until Refresh is pressed."""
    looks = list[Lab]()

    def gone(lab: Lab) -> None:
        looks.append(lab)
        raise OSError

    def leave() -> None:
        (shown.lab.root / "alembic" / "env.py").write_text("raise RuntimeError('gone')\n")
        monkeypatch.setattr(type(shown.lab), "trace", gone)

    while_shown(shown, leave, monkeypatch)
    assert len(looks) == 1
    assert "The current state is unknown" in shown.next_box.value
    assert shown.refresh_button.button_style == "primary"
