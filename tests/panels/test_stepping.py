"""Step: a migration statement by statement, its tables in view."""

from pathlib import Path

import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.panels import Panel
from tests.panels.doing import columns, version


def test_step_stops_after_each_statement(upgraded: Panel) -> None:
    """The statement stands there, and its table before and after, with the plus of a column."""
    upgraded.lab.downgrade()
    upgraded.refresh()
    upgraded.step_button.click()
    shown = upgraded.stepping.step_box.value
    assert "statement 1 ·" in shown
    assert "users: + column plan" in shown
    assert shown.count("ada@example.org") == 2
    assert upgraded.upgrade_button.disabled
    assert not upgraded.stepping.next_button.disabled
    upgraded.close()


def test_abandon_takes_back_what_ran(written: Panel) -> None:
    """The scratch database is as before, and every step can be taken again."""
    written.step_button.click()
    written.stepping.abandon_button.click()
    assert columns(written) == []
    assert "were undone" in written.stepping.lead_box.value
    assert not written.upgrade_button.disabled


def test_finish_runs_the_rest(written: Panel) -> None:
    """After Finish the scratch database is at the target."""
    written.step_button.click()
    written.stepping.finish_button.click()
    assert version(written) == ["0002"]
    assert "Done after 2 statements" in written.stepping.lead_box.value
    assert written.error_box.value == ""


def test_the_last_statement_ends_the_steps(written: Panel) -> None:
    """Next statement leads through both, and then to the run."""
    written.step_button.click()
    for _ in range(2):
        written.refresh()
        written.stepping.next_button.click()
    assert version(written) == ["0002"]
    assert "upgrade base → 0002" in written.stepping.step_box.value


def test_a_losing_step_of_a_scratch_database_is_asked_first(upgraded: Panel) -> None:
    """Step asks for the tick as Downgrade does."""
    upgraded.target_chooser.value = "0001"
    upgraded.step_button.click()
    assert not upgraded.stepping.running
    assert "users.plan" in upgraded.losses_box.value


def test_elsewhere_a_copy_is_stepped(project: Path, database_url: str, engine: sa.Engine) -> None:
    """On a database that is not a scratch database, Step changes a temporary copy alone."""
    panel = Lab(database_url, config=project).panel()
    panel.step_button.click()
    assert panel.error_box.value == ""
    assert "on a temporary copy" in panel.stepping.lead_box.value
    panel.stepping.finish_button.click()
    said = panel.stepping.lead_box.value
    assert "The temporary copy was deleted. The database is unchanged." in said
    assert "user_profiles" not in sa.inspect(engine).get_table_names()


def test_between_two_statements_nothing_else_can_be_pressed(written: Panel) -> None:
    """Not even for the instant at the end of a press is a button enabled that is no part of it."""
    written.step_button.click()
    own = written.stepping.buttons
    offered = []
    for each in written._buttons:
        if each not in own:
            assert each.disabled
            each.observe(lambda change: offered.append(change["owner"].description), "disabled")
    written.stepping.next_button.click()
    assert offered == []
    written.close()
