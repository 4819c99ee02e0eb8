"""A step that loses values is locked until it has been rehearsed on this state, and ticked."""

import pytest

from schema_lab import Lab
from schema_lab.errors import DatabaseError
from schema_lab.panels import Panel
from tests.panels.conftest import Define
from tests.panels.doing import accept, columns, execute, scripts, version, write

BOB = "INSERT INTO users (email, plan) VALUES ('bob@example.org', 'free')"


def test_before_the_rehearsal_there_is_no_tick(upgraded: Panel) -> None:
    """A press says that the step is locked, and offers to rehearse it."""
    upgraded.downgrade_button.click()
    assert upgraded.confirm_tick.layout.display == "none"
    assert "Downgrade one stays locked until a rehearsal has run" in upgraded.losses_box.value
    assert upgraded.rehearse_step_button.layout.display is None


def test_a_tick_without_a_rehearsal_does_nothing(upgraded: Panel) -> None:
    """Also one that is set past the screen."""
    upgraded.downgrade_button.click()
    upgraded.confirm_tick.value = True
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0002"]


def test_the_rehearsal_is_shown_and_changes_nothing(upgraded: Panel) -> None:
    """The report says what goes, and the database is as before."""
    upgraded.downgrade_button.click()
    upgraded.rehearse_step_button.click()
    assert "column `users.plan` is dropped, with its 1 value" in upgraded.rehearsal_box.value
    assert version(upgraded) == ["0002"]
    assert "plan" in columns(upgraded)


def test_another_state_asks_for_another_rehearsal(upgraded: Panel) -> None:
    """A row more since, and the tick no longer counts; the panel says what has changed."""
    upgraded.downgrade_button.click()
    accept(upgraded)
    execute(upgraded, BOB)
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0002"]
    assert "The number of rows in `users` was 1 and is now 2." in upgraded.losses_box.value
    accept(upgraded)
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0001"]


def test_a_step_may_be_rehearsed_before_it_is_pressed(upgraded: Panel) -> None:
    """Rehearse runs the chosen target; its question stands ready to be ticked."""
    upgraded.target_chooser.value = "0001"
    upgraded.rehearse_button.click()
    upgraded.confirm_tick.value = True
    upgraded.target_button.click()
    assert version(upgraded) == ["0001"]


def test_one_rehearsal_counts_for_each_button_of_the_same_step(upgraded: Panel) -> None:
    """Downgrade one and Downgrade to 0001 are one step, for which one tick is enough."""
    upgraded.target_chooser.value = "0001"
    upgraded.rehearse_button.click()
    upgraded.confirm_tick.value = True
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0001"]


def test_a_harmless_step_can_be_rehearsed(written: Panel) -> None:
    """The report is shown, nothing is asked, and Upgrade then runs."""
    written.rehearse_button.click()
    assert "no values would be lost" in written.rehearsal_box.value
    assert written.confirm_box.layout.display == "none"
    written.upgrade_button.click()
    assert version(written) == ["0002"]


def test_a_rehearsal_that_fails_unlocks_nothing(upgraded: Panel, define: Define) -> None:
    """The report says why, and the step stays locked."""
    define(plan=False)
    write(upgraded, "Drop plans")
    script = scripts(upgraded)[-1]
    failing = "def upgrade() -> None:\n    op.execute('nonsense')"
    script.write_text(script.read_text().replace("def upgrade() -> None:", failing))
    upgraded.upgrade_button.click()
    upgraded.rehearse_step_button.click()
    assert "it would fail" in upgraded.rehearsal_box.value
    assert "The rehearsal failed" in upgraded.losses_box.value
    assert upgraded.confirm_tick.layout.display == "none"


def test_values_that_are_written_over_are_rehearsed_first(upgraded: Panel) -> None:
    """An UPDATE without a WHERE drops nothing and may still lose values."""
    revision = upgraded.lab.revision("Forget plans")
    assert revision.path is not None
    forget = "def upgrade() -> None:\n    op.execute('UPDATE users SET plan = NULL')"
    revision.path.write_text(revision.code.replace("def upgrade() -> None:", forget))
    upgraded.refresh()
    upgraded.upgrade_button.click()
    assert version(upgraded) == ["0002"]
    upgraded.rehearse_step_button.click()
    assert "1 value of `users.plan` becomes NULL" in upgraded.confirm_tick.description


def test_where_no_rehearsal_can_be_made_the_tick_says_so(
    upgraded: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The panel is not locked: it says why, what the script drops, and takes the tick."""

    def impossible(*_: object, **__: object) -> None:
        raise DatabaseError("The server makes no scratch database.", "Ask for the right.")

    monkeypatch.setattr(Lab, "rehearse", impossible)
    upgraded.downgrade_button.click()
    upgraded.rehearse_step_button.click()
    assert "A rehearsal is not possible: The server makes no scratch" in upgraded.losses_box.value
    assert upgraded.confirm_tick.description == "Drop column users.plan with 1 value"
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0002"]
    upgraded.confirm_tick.value = True
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0001"]


def test_the_way_out_is_for_what_was_counted(
    upgraded: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When another value is there since, the tick without a rehearsal no longer counts."""

    def impossible(*_: object, **__: object) -> None:
        raise DatabaseError("The server makes no scratch database.")

    monkeypatch.setattr(Lab, "rehearse", impossible)
    upgraded.downgrade_button.click()
    upgraded.rehearse_step_button.click()
    upgraded.confirm_tick.value = True
    execute(upgraded, BOB)
    upgraded.downgrade_button.click()
    assert version(upgraded) == ["0002"]
