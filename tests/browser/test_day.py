"""A day's work on the panel alone: edits of many kinds, without a line of code but the models."""

import json
import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.walking import Desk, Walk, execute, redefine, walking

pytestmark = pytest.mark.browser


def propose(walk: Walk, message: str) -> None:
    """Type a message and press Enter."""
    box = walk.page.get_by_label("Message")
    box.fill(message)
    box.press("Enter")
    walk.sees(f"Candidate: {message}")


def test_the_rooms_of_the_panel(walk: Walk) -> None:
    """Snapshot and restore, a question that folds, the button beside the tick, the record."""
    with walk.lab.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO users (email) VALUES ('ada@example.org')"))
    walk.press("Take snapshot")
    walk.sees("Just taken: snapshot s1 at 0001")
    redefine(walk, "mail: str")
    walk.sees("add column users.mail")
    propose(walk, "Rename email")
    walk.press("Answer users.email")
    question = walk.panel.locator(".sl-question").filter(has_text="renamed to `mail`?")
    expect(question.get_by_role("alert")).to_contain_text("No answer is selected")
    looking.keep(walk.panel, "an-error-beside-its-answer")
    walk.page.get_by_label("rename it to `mail`").check()
    walk.press("Answer users.email")
    walk.sees("users.email: rename it to `mail`")
    expect(walk.page.get_by_label("rename it to `mail`")).to_be_hidden()
    walk.press("Change users.email")
    expect(walk.page.get_by_label("rename it to `mail`")).to_be_checked()
    walk.press("Answer users.email")
    expect(walk.page.get_by_label("rename it to `mail`")).to_be_hidden()
    looking.keep(walk.panel, "an-answer-folded")
    walk.press("Write revision")
    walk.press("Read it again")
    walk.sees("No differences.")
    walk.press("Upgrade")
    walk.sees("✓ upgrade 0001 →")
    walk.page.get_by_label("Lose everything that was written after s1 was taken").check()
    looking.keep(walk.panel, "restore")
    walk.press("Restore")
    walk.sees("✓ restore s1:")
    assert "email" in walk.columns()
    walk.press("Your actions as code")
    record = walk.panel.get_by_role("group", name="Your actions as code")
    looking.keep(walk.panel, "the-record")
    copied = record.evaluate(
        "box => { getSelection().selectAllChildren(box); return getSelection().toString() }"
    )
    lines = [line for line in copied.splitlines() if line.strip()]
    assert lines[0] == "lab.snapshot()"
    assert lines[-1] == 'lab.restore("s1")'
    assert looking.overlaps(walk.panel) == []
    assert looking.violations(walk.page, ".sl-panel") == []
