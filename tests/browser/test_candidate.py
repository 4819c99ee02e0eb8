"""A candidate in the browser: its questions, its rehearsal, and values that a step would lose."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.walking import Walk, add_plans, redefine

pytestmark = pytest.mark.browser


def fill(walk: Walk) -> None:
    """Write a user into the database."""
    with walk.lab.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO users (email) VALUES ('ada@example.org')"))


def test_a_question_is_answered_and_asked_again(walk: Walk) -> None:
    """Answer changes the candidate's code; Ask again forgets it; answered, it can be written."""
    fill(walk)
    redefine(walk, "mail: str")
    walk.sees("add column users.mail")
    walk.page.get_by_label("Message").fill("Rename email")
    write = walk.page.get_by_role("button", name="Write revision", exact=True)
    walk.press("Autogenerate")
    walk.sees("renamed to `mail`?")
    expect(write).to_be_disabled()
    walk.page.get_by_label("rename it to `mail`").check()
    walk.press("Answer users.email")
    walk.sees("new_column_name='mail'")
    looking.keep(walk.panel, "a-question-answered")
    assert looking.overlaps(walk.panel) == []
    walk.press("Ask again")
    walk.sees("? open")
    expect(write).to_be_disabled()
    expect(walk.page.get_by_label("rename it to `mail`")).not_to_be_checked()
    walk.page.get_by_label("rename it to `mail`").check()
    walk.press("Answer users.email")
    walk.press("Write revision")
    walk.sees("✓ written")
    assert "new_column_name='mail'" in next(iter(walk.lab.history())).code


def test_a_candidate_is_rehearsed(walk: Walk) -> None:
    """Rehearse candidate says what would happen, and writes neither a file nor a column."""
    walk.page.get_by_label("Message").fill("Add plans")
    walk.press("Autogenerate")
    walk.press("Rehearse candidate")
    walk.sees("it would succeed, and no values would be lost.")
    assert len(walk.lab.history()) == 1
    assert "plan" not in walk.columns()


def test_values_go_after_a_rehearsal_and_a_tick(walk: Walk) -> None:
    """A migration that loses values is locked until it is rehearsed and its loss accepted."""
    add_plans(walk)
    walk.press("Upgrade")
    walk.sees("✓ upgrade 0001 →")
    fill(walk)
    with walk.lab.engine.begin() as connection:
        connection.execute(sa.text("UPDATE users SET plan = 'gold'"))
    walk.press("Downgrade one")
    walk.sees("Downgrade one stays locked until a rehearsal has run")
    expect(walk.page.get_by_label("plan` is dropped, with")).to_have_count(0)
    walk.press("Rehearse this migration")
    tick = walk.page.get_by_label("Accept: column `users.plan` is dropped, with its 1 value")
    tick.check()
    looking.keep(walk.panel, "values-accepted")
    assert looking.violations(walk.page, ".sl-panel") == []
    assert "plan" in walk.columns()
    walk.press("Downgrade one")
    walk.sees("✓ downgrade")
    assert "plan" not in walk.columns()


def test_a_failed_rehearsal_says_the_way_on(walk: Walk) -> None:
    """The step stays locked, the panel says what to do, and once it is mended the step opens."""
    fill(walk)
    revision = walk.lab.revision("Drop emails")
    assert revision.path is not None
    drop = 'with op.batch_alter_table("users") as users: users.drop_column("email")'
    mended = revision.code.replace("pass", drop, 1)
    revision.path.write_text(mended.replace(drop, f"{drop}\n    op.drop_table('no')"))
    walk.press("Refresh")
    walk.press("Upgrade")
    walk.press("Rehearse this migration")
    walk.sees("The rehearsal failed at revision")
    expect(walk.page.get_by_role("alert")).to_contain_text("press Rehearse this migration again")
    looking.keep(walk.panel, "a-failed-rehearsal")
    revision.path.write_text(mended)
    walk.press("Rehearse this migration")
    walk.page.get_by_label("Accept: column `users.email` is dropped, with its 1 value").check()
    walk.press("Upgrade")
    walk.sees("✓ upgrade 0001 →")
    assert "email" not in walk.columns()


def test_nothing_stands_out_when_all_agree(walk: Walk) -> None:
    """A blue button leads on; when models and database agree, none does."""
    blue = walk.panel.locator("button.mod-primary")
    expect(blue).to_have_text("Autogenerate")
    add_plans(walk)
    expect(blue).to_have_text("Upgrade")
    walk.press("Upgrade")
    walk.sees("The models, the revisions and the database agree.")
    expect(blue).to_have_count(0)


def test_a_question_stands_alone(walk: Walk) -> None:
    """What the last step has left goes when the next is asked for."""
    add_plans(walk)
    walk.press("Step")
    walk.press("Finish")
    walk.sees("Done after")
    walk.press("Downgrade one")
    walk.sees("Downgrade one drops:")
    expect(walk.panel.get_by_text("Done after")).to_be_hidden()
