"""A day's work on the panel alone: edits of many kinds, without a line of code but the models."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from tests.browser import looking
from tests.browser.driving import run_all, write_cell
from tests.browser.walking import Desk, Walk, execute, redefine

pytestmark = pytest.mark.browser


AGREED = "The models, the revisions and the database agree."
OPEN = """
import enum, os, tempfile
import sqlalchemy as sa
from schema_lab import Field, Lab
tempfile.tempdir = os.getcwd()
lab = Lab.scratch()
"""
TEAM = """
class Team(lab.Model, table=True):
    __tablename__ = "teams"
    id: int | None = Field(default=None, primary_key=True)
"""
ROWS = """
with lab.session() as session:
    for email, size in (("ada@example.org", "12"), ("ada@example.org", "12x"), ("b" * 30, None)):
        session.add(User(email=email, size=size, plan="free"))
    session.commit()
"""
SECOND_HEAD = """
newest, parent = list(lab.history())[:2]
nothing = "def upgrade():\\n    pass\\n\\n\\ndef downgrade():\\n    pass\\n"
text = f"revision = '0099'\\ndown_revision = {parent.id!r}\\n\\n\\n{nothing}"
newest.path.with_name("0099_of_a_colleague.py").write_text(text)
"""


def user(table: str = "users", **columns: str) -> str:
    """Spell the cell of User; each column is a name and its type and field."""
    lines = [
        "class User(lab.Model, table=True):",
        f'    __tablename__ = "{table}"',
        "    id: int | None = Field(default=None, primary_key=True)",
        *(f"    {name}: {text}" for name, text in columns.items()),
    ]
    return "\n".join(lines) + "\n"


def text_of(length: int, more: str = "") -> str:
    """Spell a column for text that is required."""
    return f"str = Field(max_length={length}{more})"


def maybe(length: int) -> str:
    """Spell a column for text that may be missing."""
    return f"str | None = Field(default=None, max_length={length})"


def plan_of(*members: str) -> str:
    """Spell a column for an enum that the database checks."""
    listed = ", ".join(map(repr, members))
    kind = f'sa.Enum({listed}, name="plan", create_constraint=True)'
    return f"str | None = Field(default=None, sa_type={kind})"


@pytest.fixture
def day(desk: Desk) -> Iterator[Walk]:
    """Show the panel of an empty scratch database, in the folder that JupyterLab shows."""
    desk.failures.clear()
    columns = {"email": text_of(40), "size": maybe(20), "plan": plan_of("free", "pro")}
    write_cell(desk.page, OPEN + TEAM + user(**columns) + "lab.panel()")
    run_all(desk.page)
    desk.page.locator(".sl-panel").wait_for()
    yield Walk(desk.page, None)  # type: ignore[arg-type]  # the kernel's lab alone knows the database
    assert desk.failures == []


def change(walk: Walk, code: str, seen: str, message: str, *answers: str) -> None:
    """Run a cell, see the difference, propose it, answer, rehearse, write and upgrade."""
    execute(walk.page, code)
    walk.sees(seen)
    propose(walk, message)
    for answer in answers:
        label, _, text = answer.partition("=")
        question = walk.panel.locator(".sl-question").filter(has_text=label).filter(visible=True)
        question.get_by_label(label).check()
        if text:
            question.get_by_role("textbox").fill(text)
        button = question.get_by_role("button", name=re.compile("^Answer")).inner_text()
        walk.press(button)
        question.get_by_role("button", name=re.compile("^Change")).wait_for()
    if walk.panel.get_by_role("button", name="Try statement").is_visible():
        walk.press("Try statement")
        walk.sees("1 row would change.")
        looking.keep(walk.panel, "a-statement-tried")
        walk.press("Commit statement")
    walk.press("Rehearse candidate")
    walk.sees("it would succeed")
    walk.press("Write revision")
    walk.sees("✓ written")
    walk.press("Upgrade")
    accepted(walk, "upgrade")
    walk.sees(AGREED)


def accepted(walk: Walk, move: str) -> None:
    """Rehearse and accept the loss of a move, where the panel asks for it."""
    rehearse = walk.page.get_by_role("button", name="Rehearse this migration")
    accept = walk.page.get_by_role("button", name=f"Accept and {move}")
    done = walk.panel.get_by_text(re.compile(f"^✓ {move.split(maxsplit=1)[0]} "))
    for asked in (rehearse, accept):
        done.or_(rehearse).or_(accept).filter(visible=True).first.wait_for()
        if asked.is_visible() and asked is rehearse:
            walk.press("Rehearse this migration")
            accept.wait_for()
        elif asked.is_visible():
            walk.page.get_by_role("checkbox", name=re.compile("^(Accept|Drop|Run)")).check()
            walk.press(f"Accept and {move}")
    done.filter(visible=True).first.wait_for()


def test_ten_edits_on_one_database_with_the_panel_alone(day: Walk) -> None:
    """Ten kinds of edits, one stepped back, one restored, one conflict of heads merged."""
    walk = day
    columns = {"email": text_of(40), "size": maybe(20), "plan": plan_of("free", "pro")}
    change(walk, "", "create table users", "Create")
    execute(walk.page, ROWS)
    columns |= {"nick": maybe(20)}
    change(walk, user(**columns), "add column users.nick", "Add nick")
    columns |= {"city": text_of(20)}
    change(walk, user(**columns), "add column users.city", "Add city", "fill with the value=Rome")
    columns["nickname"] = columns.pop("nick")
    change(walk, user(**columns), "users.nickname", "Rename nick", "rename it to `nickname`")
    change(walk, user("people", **columns), "table people", "Rename users", "rename it to `people`")
    columns["size"] = "int | None = None"
    change(
        walk,
        user("people", **columns),
        "people.size",
        "Size is a number",
        "set values that do not fit to NULL",
    )
    columns["email"] = text_of(20)
    change(walk, user("people", **columns), "people.email", "Shorten", "truncate them")
    columns["email"] = text_of(20, ", unique=True")
    change(walk, user("people", **columns), "uq_people_email", "Emails are unique")
    walk.press("Take snapshot")
    walk.sees("Just taken: snapshot s1 at 0008")
    del columns["city"]
    change(walk, user("people", **columns), "drop column people.city", "Drop city")
    change(walk, 'lab.forget("Team")', "drop table teams", "Drop teams")
    columns["plan"] = plan_of("free", "pro", "max")
    change(walk, user("people", **columns), "add check constraint ck_people_plan", "Add max")

    walk.press("Downgrade one")
    accepted(walk, "downgrade one")
    walk.sees("1 pending")
    walk.press("Upgrade")
    walk.sees(AGREED)

    execute(walk.page, SECOND_HEAD)
    walk.sees("The history has 2 heads")
    looking.keep(walk.panel, "two-heads")
    walk.page.get_by_label("Lose everything that was written after s1 was taken").check()
    walk.press("Restore")
    walk.sees("✓ restore s1: 0011 → 0008")
    walk.press("Merge heads")
    walk.sees("Pending revisions:")
    walk.press("Upgrade")
    accepted(walk, "upgrade")
    walk.sees(AGREED)
    walk.sees("ada@example.org-2")
    walk.press("Your actions as code")
    looking.keep(walk.panel, "a-day")


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
    walk.press("Read script again")
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
