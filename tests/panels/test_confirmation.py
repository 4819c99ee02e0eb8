"""A step that drops something needs a tick that names it."""

import pytest

from schema_lab.panels import Panel
from tests.panels.conftest import Define
from tests.panels.doing import accept, columns, scripts, version, write


def test_a_destructive_downgrade_waits_for_the_tick(upgraded: Panel) -> None:
    """Downgrade one shows what would be lost, and does nothing yet."""
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0002"]
    assert upgraded.confirm_box.layout.display is None
    assert "column users.plan with 1 value" in upgraded.losses_box.value


def test_the_tick_names_what_goes(upgraded: Panel) -> None:
    """The label of the tick says which values are lost, as the rehearsal saw it."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    said = "Accept: column `users.plan` is dropped, with its 1 value"
    assert upgraded.confirm_tick.description == said


def test_without_the_tick_no_number_of_presses_acts(upgraded: Panel) -> None:
    """Pressing again is no confirmation."""
    for _ in range(3):
        upgraded.downgrade_button.click()
        upgraded.refresh()
    assert version(upgraded) == ["0002"]


def test_with_the_tick_the_step_runs(upgraded: Panel) -> None:
    """A second press with the tick runs the step and takes the question away."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0001"]
    assert columns(upgraded) == ["id", "email"]
    assert upgraded.confirm_box.layout.display == "none"


def test_the_button_beside_the_tick_runs_the_step(upgraded: Panel) -> None:
    """It is named after the step, waits for the tick, and then stands out."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    assert upgraded.accept_button.description == "Accept and downgrade one"
    assert upgraded.accept_button.button_style == "primary"
    upgraded.confirm_tick.value = False
    assert upgraded.accept_button.disabled
    upgraded.confirm_tick.value = True
    upgraded.accept_button.click()
    assert version(upgraded) == ["0001"]


def test_a_tick_is_for_one_step(upgraded: Panel) -> None:
    """A tick for Downgrade one does not let Downgrade to base run."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    upgraded.target_chooser.value = "base"
    upgraded.target_button.click()
    assert version(upgraded) == ["0002"]
    assert not upgraded.confirm_tick.value
    assert "table users with 1 row" in upgraded.losses_box.value


def test_a_tick_is_for_what_it_named(upgraded: Panel) -> None:
    """When the step would drop more than was ticked, it asks again."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    script = scripts(upgraded)[1]
    more = "def downgrade() -> None:\n    op.drop_column('users', 'email')"
    script.write_text(script.read_text().replace("def downgrade() -> None:", more))
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0002"]
    assert "users.email" in upgraded.losses_box.value


def test_cancel_takes_the_question_away(upgraded: Panel) -> None:
    """Cancel hides the tick, and the next press asks anew."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    upgraded.cancel_button.click()
    assert upgraded.confirm_box.layout.display == "none"
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0002"]


def test_a_question_about_another_state_goes(upgraded: Panel) -> None:
    """When the database has moved meanwhile, the tick for the former state is gone."""
    upgraded.downgrade_button.click()
    upgraded.lab.downgrade()
    upgraded.refresh()
    assert upgraded.confirm_box.layout.display == "none"


def test_a_destructive_upgrade_waits_for_the_tick(upgraded: Panel, define: Define) -> None:
    """Upgrade asks when a revision drops a column, and runs once it is ticked."""
    define(plan=False)
    write(upgraded, "Drop plans")
    upgraded.upgrade_button.click()
    assert "plan" in columns(upgraded)
    accept(upgraded)
    upgraded.upgrade_button.click()
    assert "plan" not in columns(upgraded)


def test_a_harmless_step_asks_nothing(written: Panel) -> None:
    """An upgrade that only adds runs at once."""
    written.upgrade_button.click()
    assert written.confirm_box.layout.display == "none"


@pytest.mark.parametrize("button", ["upgrade_button", "upgrade_one_button", "target_button"])
def test_each_upgrade_button_asks(upgraded: Panel, define: Define, button: str) -> None:
    """Every way up asks before it drops."""
    define(plan=False)
    write(upgraded, "Drop plans")
    getattr(upgraded, button).click()
    assert version(upgraded) == ["0002"]
    assert upgraded.confirm_box.layout.display is None
