"""The panel as a person meets it: JupyterLab in a browser, a real database."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.driving import press_through
from tests.browser.walking import Walk, add_plans

pytestmark = pytest.mark.browser


def test_a_person_walks_from_drift_to_upgrade_and_back(walk: Walk) -> None:
    """Autogenerate, Write revision, Upgrade, Downgrade one change the real database."""
    walk.sees("add column users.plan VARCHAR(20)")
    add_plans(walk)
    assert "plan" not in walk.columns()
    walk.press("Upgrade")
    walk.sees("✓ upgrade 0001 →")
    assert "plan" in walk.columns()
    assert len(walk.lab.history()) == 2
    walk.press("Downgrade one")
    walk.page.get_by_label("Drop column users.plan with 0 values").check()
    walk.press("Downgrade one")
    walk.sees("✓ downgrade")
    assert "plan" not in walk.columns()
    assert walk.version() == ["0001"]


def test_a_double_click_in_the_browser_runs_once(walk: Walk) -> None:
    """C5: a double click on Upgrade one runs one of two pending revisions."""
    walk.lab.downgrade("base")
    walk.lab.revision("Second")
    walk.press("Refresh")
    walk.sees("2 pending")
    walk.page.get_by_role("button", name="Upgrade one", exact=True).dblclick(delay=20)
    walk.sees("✓ upgrade base → 0001")
    walk.page.wait_for_timeout(1500)
    assert walk.version() == ["0001"]


def test_a_destructive_step_waits_for_its_tick(walk: Walk) -> None:
    """Without the tick nothing happens, and Cancel takes the question away."""
    with walk.lab.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO users (email) VALUES ('ada@example.org')"))
    walk.press("Downgrade one")
    tick = walk.page.get_by_label("Drop table users with 1 row")
    expect(tick).not_to_be_checked()
    walk.press("Downgrade one")
    walk.press("Cancel")
    expect(tick).to_be_hidden()
    assert walk.version() == ["0001"]


def test_an_error_is_shown_where_the_button_is(walk: Walk) -> None:
    """Autogenerate without a message says the fact and the cure in an alert."""
    walk.press("Autogenerate")
    expect(walk.page.get_by_role("alert")).to_contain_text("message")


def test_the_keyboard_alone_leads_to_the_upgrade(walk: Walk) -> None:
    """Tab and Enter lead from the message to a written revision and the upgraded database."""
    walk.page.get_by_label("Message").focus()
    walk.page.keyboard.type("Add plans")
    press_through(walk.page, "Autogenerate")
    walk.sees("Candidate: Add plans")
    press_through(walk.page, "Write revision")
    walk.sees("✓ written")
    press_through(walk.page, "Upgrade")
    walk.sees("✓ upgrade 0001 →")
    assert "plan" in walk.columns()


def test_one_step_and_a_chosen_target(walk: Walk) -> None:
    """Upgrade one, and the button beside Target, go where they say; a snapshot comes first."""
    walk.lab.downgrade("base")
    second = walk.lab.revision("Second").id
    walk.press("Refresh")
    walk.sees("2 pending")
    walk.page.get_by_label("Take a snapshot first").check()
    walk.press("Upgrade one")
    walk.sees("✓ upgrade base → 0001")
    assert len(list(walk.lab.snapshots())) == 1
    walk.page.get_by_label("Target").select_option(label=option_with(walk, second))
    walk.press(f"Upgrade to {second}")
    walk.sees(f"✓ upgrade 0001 → {second}")
    assert walk.version() == [second]


def option_with(walk: Walk, revision: str) -> str:
    """Find the line of the chooser that names a revision."""
    labels = walk.page.get_by_label("Target").locator("option").all_inner_texts()
    return next(one for one in labels if revision in one)


def test_a_rehearsal_changes_nothing(walk: Walk) -> None:
    """Rehearse shows what would happen, and the database stays where it is."""
    walk.lab.downgrade("base")
    walk.press("Refresh")
    walk.sees("1 pending")
    walk.press("Rehearse")
    walk.sees("Rehearsed upgrade base → 0001: it would succeed")
    assert walk.version() == []


def test_a_table_is_chosen(walk: Walk) -> None:
    """The chooser shows the rows of a table that a person has filled."""
    with walk.lab.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO users (email) VALUES ('ada@example.org')"))
    walk.press("Refresh")
    walk.page.get_by_label("Table", exact=True).select_option(label="users (1 row)")
    walk.sees("ada@example.org")


def test_a_failed_migration_is_shown_and_the_next_press_counts(walk: Walk) -> None:
    """An upgrade that fails says the revision and the cure; when mended, it runs."""
    broken = walk.lab.revision("Broken")
    assert broken.path is not None
    plain = broken.code
    broken.path.write_text(plain.replace("pass", 'op.drop_table("nobody")', 1))
    walk.press("Refresh")
    walk.press("Upgrade")
    alert = walk.page.get_by_role("alert")
    expect(alert).to_contain_text("nobody")
    looking.keep(walk.panel, "a-failed-migration")
    assert walk.version() == ["0001"]
    broken.path.write_text(plain)
    walk.press("Upgrade")
    walk.sees("✓ upgrade 0001 →")
    expect(alert).to_have_count(0)
