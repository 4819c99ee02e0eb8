"""What the panel adds to the steps: history, live drift, statement by statement, Cancel run."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from schema_lab import Lab
from tests.browser import looking
from tests.browser.walking import Desk, Walk, redefine, walking
from tests.conftest import FreshDatabase

pytestmark = pytest.mark.browser

SLOW = "import time; time.sleep(2)"
HALF = 'op.execute("CREATE TABLE half (id INT)"); op.execute("INSERT INTO rest VALUES (1)")'


def pending(walk: Walk, *bodies: str) -> list[str]:
    """Write revisions with these bodies of upgrade(), and let the panel see them."""
    made = []
    for number, body in enumerate(bodies, start=1):
        revision = walk.lab.revision(f"Step {number}")
        assert revision.path is not None
        revision.path.write_text(revision.code.replace("pass", body, 1))
        made.append(revision.id)
    walk.press("Refresh")
    walk.sees(f"{len(made)} pending")
    return made


def tables(lab: Lab) -> list[str]:
    """List the tables of the database itself."""
    return list(lab.tables()["table"])


def test_the_history_unfolds(walk: Walk) -> None:
    """The button History shows the revisions, and hides them again."""
    row = walk.panel.get_by_role("cell", name="Create users")
    expect(row).to_be_hidden()
    walk.press("History")
    expect(row).to_be_visible()
    walk.press("History")
    expect(row).to_be_hidden()


def test_statement_by_statement_on_a_copy(walk: Walk) -> None:
    """Step runs on a temporary copy; Finish and Abandon end it, and the database stays."""
    pending(
        walk, 'op.execute("CREATE TABLE one (id INT)"); op.execute("CREATE TABLE two (id INT)")'
    )
    walk.press("Step")
    walk.sees("on a temporary copy")
    walk.sees("CREATE TABLE one")
    walk.press("Next statement")
    walk.sees("CREATE TABLE two")
    expect(walk.page.get_by_role("button", name="Upgrade", exact=True)).to_be_disabled()
    expect(walk.panel.get_by_text("lab.upgrade()")).to_have_count(0)
    looking.keep(walk.panel, "statement-by-statement")
    assert looking.overlaps(walk.panel) == []
    walk.press("Abandon")
    walk.sees("Abandoned after")
    walk.press("Step")
    walk.press("Finish")
    expect(walk.page.get_by_role("button", name="Abandon", exact=True)).to_be_hidden()
    assert tables(walk.lab) == ["users"]
    assert walk.version() == ["0001"]


def test_cancel_run_leaves_the_database_where_it_was(walk: Walk) -> None:
    """Cancel run, pressed within the first of two revisions, takes back the SQLite transaction."""
    pending(walk, SLOW, SLOW)
    walk.press("Upgrade")
    cancel = walk.page.get_by_role("button", name="Cancel run", exact=True)
    cancel.click()
    expect(cancel).to_be_hidden(timeout=30_000)
    walk.sees("2 pending")
    assert walk.version() == ["0001"]


def test_the_panel_follows_a_model_that_is_run_again(walk: Walk) -> None:
    """A class redefined in another cell changes the drift that the panel shows, without a press."""
    walk.sees("add column users.plan")
    redefine(walk, "email: str", "city: str | None = Field(default=None, max_length=9)")
    walk.sees("add column users.city")


def test_resume_finishes_what_stopped_half_way(desk: Desk, new_database: FreshDatabase) -> None:
    """On MariaDB, which keeps the first half, the cause is fixed and Resume continues."""
    server = sa.make_url(new_database("mariadb")).set(database=None)
    with walking(desk, server.render_as_string(hide_password=False)) as walk:
        pending(walk, HALF)
        walk.press("Upgrade")
        expect(walk.page.get_by_role("alert")).to_contain_text("rest")
        walk.sees("stopped partway through upgrade(): 1 statement was applied.")
        looking.keep(walk.panel, "stopped-partway")
        with walk.lab.engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE rest (id INT)"))
        walk.press("Resume")
        walk.sees("0 pending")
        resume = walk.page.get_by_role("button", name="Resume", exact=True)
        expect(resume).to_be_hidden()
        assert {"half", "rest"} <= set(tables(walk.lab))
