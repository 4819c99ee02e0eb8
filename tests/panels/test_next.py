"""The next step: in each state, the button that is recommended works."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.panels import Panel
from tests.panels.conftest import Define
from tests.panels.doing import execute, scripts, write
from tests.panels.test_calls import recorded
from tests.support.labs import be, users, want


def agreed(panel: Panel, define: Define) -> None:
    """Let models, revisions and database agree."""
    write(panel, "Create users")
    panel.upgrade_button.click()


def differing(panel: Panel, define: Define) -> None:
    """Let the models differ, with a message for the revision."""
    agreed(panel, define)
    define(plan=True)
    panel.message_box.value = "Add plans"


def proposed(panel: Panel, define: Define) -> None:
    """Propose a candidate."""
    differing(panel, define)
    panel.autogenerate_button.click()


def outdated(panel: Panel, define: Define) -> None:
    """Change the models after the candidate was proposed."""
    define(plan=True)
    panel.message_box.value = "Create users"
    panel.autogenerate_button.click()
    define()


def pending(panel: Panel, define: Define) -> None:
    """Leave a revision pending."""
    write(panel, "Create users")


def overtaken(panel: Panel, define: Define) -> None:
    """Leave a colleague's revision pending beside a candidate."""
    proposed(panel, define)
    panel.lab.revision("Of a colleague")


def branched(panel: Panel, define: Define) -> None:
    """Leave two heads above the current revision."""
    agreed(panel, define)
    source = panel.lab.revision("Left").path
    assert source is not None
    right = source.read_text().replace("0002", "0003").replace("Left", "Right")
    source.with_name("0003_right.py").write_text(right)


def on_one_branch(panel: Panel, define: Define) -> None:
    """Leave two heads, with the database at one of them."""
    branched(panel, define)
    panel.lab.upgrade("0002")


def on_both_branches(panel: Panel, define: Define) -> None:
    """Leave two heads, with the database at both."""
    branched(panel, define)
    panel.lab.upgrade("heads")


def merged(panel: Panel, define: Define) -> None:
    """Upgrade to a revision that joins two others."""
    branched(panel, define)
    panel.lab.merge("Join both")
    panel.lab.upgrade()


def losing(panel: Panel, define: Define) -> None:
    """Ask for a rehearsal of a downgrade that loses a table."""
    agreed(panel, define)
    execute(panel, "INSERT INTO users (email) VALUES ('ada@example.org')")
    panel.downgrade_button.click()


def paused(panel: Panel, define: Define) -> None:
    """Pause a migration between two statements."""
    pending(panel, define)
    panel.step_button.click()


STATES: dict[str, tuple[Callable[[Panel, Define], None], str | None]] = {
    "agreed": (agreed, None),
    "differing": (differing, "Autogenerate"),
    "proposed": (proposed, "Write revision"),
    "outdated": (outdated, "Autogenerate"),
    "pending": (pending, "Upgrade"),
    "overtaken": (overtaken, "Upgrade"),
    "branched": (branched, "Merge heads"),
    "losing": (losing, "Rehearse this migration"),
    "paused": (paused, "Next statement"),
}


def recommended(panel: Panel) -> list[str]:
    """Name the buttons that stand out."""
    return [one.description for one in panel._buttons if one.button_style == "primary"]


@pytest.mark.parametrize("state", STATES)
def test_the_recommended_button_works(panel: Panel, define: Define, state: str) -> None:
    """In each state one button stands out at most, the sentence names it, and it does not fail."""
    reach, name = STATES[state]
    reach(panel, define)
    panel.refresh()
    assert recommended(panel) == [name] * bool(name)
    if name is not None:
        assert name in panel.next_box.value
        (button,) = [one for one in panel._buttons if one.button_style == "primary"]
        assert not button.disabled
        button.click()
        assert panel.error_box.value == ""


def test_a_question_is_recommended_and_then_write(asking: Panel) -> None:
    """Of a candidate with a question, its Answer stands out until it is answered."""
    assert recommended(asking) == ["Answer users.plan"]
    asking.questions.controls[0].chooser.index = 0
    asking.questions.controls[0].answer_button.click()
    assert recommended(asking) == ["Write revision"]


def test_blocking_rows_are_to_be_fixed_first(lab: Lab) -> None:
    """While rows block the candidate, the statement that fixes them is tried, then committed."""
    be(lab, users())
    want(lab, users(sa.UniqueConstraint("name", name="uq_users_name")))
    panel = lab.panel()
    execute(panel, "INSERT INTO users (name) VALUES ('Ada'), ('Ada')")
    panel.message_box.value = "Make names unique"
    panel.autogenerate_button.click()
    assert "fix the blocking rows" in panel.next_box.value
    for name in ("Try statement", "Commit statement", "Write revision"):
        assert recommended(panel) == [name]
        next(each for each in panel._buttons if each.button_style == "primary").click()
        assert panel.error_box.value == ""
    assert len(scripts(panel)) == 1


def test_merge_heads_says_what_it_joins_and_writes_it(panel: Panel, define: Define) -> None:
    """The heads with their messages; the merge has the message, and Upgrade follows."""
    assert panel._merge.box.layout.display == "none"
    branched(panel, define)
    panel.refresh()
    assert "<code>0002</code> Left and <code>0003</code> Right" in panel._merge.heads_box.value
    assert panel.upgrade_button.disabled
    panel.merge_message_box.value = "Join both"
    panel.merge_button.click()
    assert scripts(panel)[-1].name == "0004_join_both.py"
    assert panel._merge.box.layout.display == "none"
    assert recorded(panel)[-1] == 'lab.merge("Join both")'
    panel.upgrade_button.click()
    assert panel.lab.status().pending == 0


RELATIVE: dict[Callable[[Panel, Define], None], tuple[bool, bool]] = {
    agreed: (False, True),
    pending: (True, False),
    branched: (False, True),
    on_one_branch: (False, True),
    on_both_branches: (False, False),
    merged: (False, False),
}


@pytest.mark.parametrize("reach", RELATIVE, ids=lambda reach: reach.__name__)
def test_one_step_can_be_pressed_where_it_is_unambiguous(
    panel: Panel, define: Define, reach: Callable[[Panel, Define], None]
) -> None:
    """Upgrade one and Downgrade one are enabled where one revision is next, and do not fail."""
    reach(panel, define)
    panel.refresh()
    buttons = (panel.upgrade_one_button, panel.downgrade_button)
    assert tuple(not button.disabled for button in buttons) == RELATIVE[reach]
    for button in buttons:
        button.click()
        assert panel.error_box.value == ""


def test_what_cannot_be_read_is_unknown(project: Path) -> None:
    """Without a server no move and no comparison can be pressed, and Refresh stands out."""
    panel = Lab("postgresql://ada@127.0.0.1:1/lab?connect_timeout=2", config=project).panel()
    assert "The current state is unknown" in panel.next_box.value
    assert recommended(panel) == ["Refresh"]
    moves = (*panel._migrate.controls.move_buttons[:3], *panel._migrate.controls.target_buttons)
    assert all(button.disabled for button in (*moves, panel.autogenerate_button))


def test_a_script_that_breaks_makes_the_state_unknown(upgraded: Panel) -> None:
    """A panel that knew the state says so no longer, until the script is mended."""
    script = scripts(upgraded)[1]
    code = script.read_text()
    script.write_text("def upgrade(:\n")
    upgraded.refresh()
    assert "The current state is unknown" in upgraded.next_box.value
    assert "The revisions are unknown" in upgraded.history_box.value
    assert upgraded.downgrade_button.disabled
    assert recommended(upgraded) == ["Refresh"]
    script.write_text(code)
    upgraded.refresh_button.click()
    assert not upgraded.downgrade_button.disabled
    assert recommended(upgraded) == []


def test_an_env_py_that_breaks_makes_the_differences_unknown(panel: Panel) -> None:
    """Where only the differences are unknown, Autogenerate cannot be pressed."""
    env = panel.lab.root / "alembic" / "env.py"
    env.write_text("raise RuntimeError('broken')\n")
    panel.refresh()
    assert recommended(panel) == ["Refresh"]
    assert "unknown" in panel.next_box.value
    assert panel.autogenerate_button.disabled


def test_no_upgrade_is_recommended_while_a_file_is_broken(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a revision pending, Refresh stands out until the models and env.py can be read."""
    monkeypatch.syspath_prepend(str(project))
    models, env = project / "models_that_break.py", project / "alembic" / "env.py"
    models.write_text("import sqlalchemy as sa\nmetadata = sa.MetaData()\n")
    env.write_text(
        "from alembic import context\nfrom models_that_break import metadata\n"
        "from schema_lab.migrate import run_offline, run_online\n"
        "run = run_offline if context.is_offline_mode() else run_online\n"
        "run(context, metadata)\n"
    )
    lab = Lab(f"sqlite:///{project}/lab.db", config=project)
    lab.revision("First")
    panel = lab.panel()
    for path, breaks in (
        (models, "def broken(:\n"),
        (env, "def broken(:\n"),
        (env, "{}\nraise RuntimeError('late')\n"),
    ):
        assert recommended(panel) == ["Upgrade"]
        text = path.read_text()
        path.write_text(breaks.format(text))
        panel.refresh()
        assert recommended(panel) == ["Refresh"]
        assert "unknown" in panel.next_box.value
        assert "unexpected" not in panel.error_box.value
        path.write_text(text)
        panel.refresh()
