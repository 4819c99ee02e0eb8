"""Upgrade and downgrade, by buttons."""

from schema_lab.panels import Panel
from tests.panels.doing import columns, scripts, version


def test_upgrade_runs_every_pending_revision(written: Panel) -> None:
    """Upgrade leads from base to head, and the database has the tables."""
    written.upgrade_button.click()
    assert version(written) == ["0002"]
    assert columns(written) == ["id", "email", "plan"]


def test_upgrade_one_runs_one_revision(written: Panel) -> None:
    """Upgrade one leaves the later revision pending."""
    written.upgrade_one_button.click()
    assert version(written) == ["0001"]
    assert "1 pending" in written.status_box.value


def test_a_run_is_shown_with_its_heads_and_sql(written: Panel) -> None:
    """After an upgrade the panel says from where to where, and which SQL ran."""
    written.upgrade_button.click()
    assert "upgrade base → 0002" in written.run_box.value
    assert "CREATE" in written.run_box.value


def test_the_bar_reaches_the_last_revision(written: Panel) -> None:
    """The progress bar has a step for each revision and names the last."""
    written.upgrade_button.click()
    assert (written.progress_bar.value, written.progress_bar.max) == (2, 2)
    assert "0002 (2 of 2)" in written.progress_label.value
    assert written.progress_bar.bar_style == "success"


def test_steps_that_lead_nowhere_are_disabled(written: Panel) -> None:
    """At base nothing can be downgraded, at head nothing upgraded."""
    assert written.downgrade_button.disabled
    assert not written.upgrade_button.disabled
    written.upgrade_button.click()
    assert not written.downgrade_button.disabled
    assert written.upgrade_button.disabled
    assert written.upgrade_one_button.disabled


def test_targets_are_the_revisions_between_head_and_base(written: Panel) -> None:
    """The chooser lists head, the revisions with their messages, and base."""
    assert written.target_chooser.options == (
        ("head", "head"),
        ("0002 Add plans", "0002"),
        ("0001 Create users", "0001"),
        ("base", "base"),
    )


def test_the_target_button_names_the_direction(upgraded: Panel) -> None:
    """The button says whether its target is reached by upgrade or downgrade."""
    upgraded.target_chooser.value = "0001"
    assert upgraded.target_button.description == "Downgrade to 0001"
    upgraded.target_chooser.value = "0002"
    assert upgraded.target_button.description == "Already at 0002"
    assert upgraded.target_button.disabled


def test_the_target_button_goes_to_its_target(written: Panel) -> None:
    """Upgrade to 0001 stops there."""
    written.target_chooser.value = "0001"
    assert written.target_button.description == "Upgrade to 0001"
    written.target_button.click()
    assert version(written) == ["0001"]


def test_history_is_shown_with_where_the_database_stands(written: Panel) -> None:
    """After a step the history says current and pending."""
    written.upgrade_one_button.click()
    newest, oldest = written.history_box.value.split("0001</code></td><td class")[0:2]
    assert "pending" in newest
    assert "current" in oldest


def test_a_run_that_did_not_get_anywhere_leaves_no_bar(written: Panel) -> None:
    """An empty bar beside the error would look as if the upgrade still ran."""
    written.upgrade_one_button.click()
    script = scripts(written)[1]
    script.write_text(script.read_text().replace("    op.add_column(", "    op.nonsense("))
    written.upgrade_button.click()
    assert "nonsense" in written.error_box.value
    assert written._migrate.progress.box.layout.display == "none"


def test_a_failing_migration_is_shown_and_undone(written: Panel) -> None:
    """A1: when a revision fails, the panel says so and the database is as before."""
    script = scripts(written)[1]
    code = script.read_text()
    script.write_text(
        code.replace("    op.add_column(", "    op.execute('nonsense')\n    op.add_column(")
    )
    written.upgrade_button.click()
    assert "nonsense" in written.error_box.value
    assert written.progress_bar.bar_style == "danger"
    assert "0001 (1 of 2)" in written.progress_label.value
    assert written.run_box.value == ""
    assert columns(written) in ([], ["id", "email"])
    assert "revision</span> <code>" + ("0001" if columns(written) else "base") in (
        written.status_box.value
    )


def test_a_press_for_another_state_is_refused(written: Panel) -> None:
    """C5: when a second panel has moved the database, the first one does not move it again."""
    other = written.lab.panel()
    other.upgrade_one_button.click()
    written.upgrade_one_button.click()
    assert version(written) == ["0001"]
    assert "Nothing was run: the database moved from base to 0001" in written.error_box.value
    assert "0001" in written.status_box.value
