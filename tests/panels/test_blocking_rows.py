"""Rows that block a candidate: the ready statement, tried and committed by buttons."""

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.panels import Panel
from tests.panels.doing import execute
from tests.panels.test_calls import recorded
from tests.support.labs import be, lab, users, want  # noqa: F401 - the fixture on each dialect

TWINS = "INSERT INTO users (id, name) VALUES (1, 'Ada'), (2, 'Ada'), (3, 'Bob')"


def sized(*parts: Any) -> sa.MetaData:
    """Give users with a size that may be NULL."""
    return users(sa.Column("size", sa.Integer), *parts)


SIZES = "INSERT INTO users (id, name, size) VALUES (1, 'Ada', 7), (2, 'Bob', 7), (3, 'Cy', NULL)"


@dataclass(frozen=True)
class Case:
    """The tables before and after, the rows, how many the ready statement changes, what stays."""

    before: sa.MetaData
    after: sa.MetaData
    rows: str
    changes: int
    stays: list[tuple[Any, ...]]


CASES = {
    "text": Case(
        users(),
        users(sa.UniqueConstraint("name", name="uq_users_name")),
        TWINS,
        1,
        [(1, "Ada"), (2, "Ada-2"), (3, "Bob")],
    ),
    "number": Case(
        sized(),
        sized(sa.UniqueConstraint("size", name="uq_users_size")),
        SIZES,
        1,
        [(1, "Ada", 7), (3, "Cy", None)],
    ),
    "orphan": Case(
        sized(),
        sized(sa.ForeignKeyConstraint(["size"], ["users.id"], name="fk_users_size")),
        SIZES,
        2,
        [(1, "Ada", None), (2, "Bob", None), (3, "Cy", None)],
    ),
}


def blocked(lab: Lab, case: Case) -> Panel:  # noqa: F811 - the fixture's value
    """Give a panel whose candidate is blocked by rows."""
    be(lab, case.before)
    want(lab, case.after)
    panel = lab.panel()
    execute(panel, case.rows)
    panel.message_box.value = "Add a rule"
    panel.autogenerate_button.click()
    assert panel.write_button.disabled
    return panel


@pytest.mark.parametrize("kind", CASES)
def test_the_ready_statement_lets_the_candidate_be_written(lab: Lab, kind: str) -> None:  # noqa: F811
    """It is tried first, which changes nothing, then committed; after it nothing blocks."""
    case = CASES[kind]
    panel = blocked(lab, case)
    before = rows(panel)
    panel.fixing.try_button.click()
    assert panel.error_box.value == ""
    assert f"{case.changes} row" in panel.fixing.said_box.value
    assert rows(panel) == before
    panel.fixing.commit_button.click()
    assert rows(panel) == case.stays
    assert panel.fixing.box.layout.display == "none"
    assert recorded(panel)[-2].startswith("lab.change_rows(")
    for button in (panel.write_button, panel.upgrade_button):
        button.click()
        assert panel.error_box.value == ""


def test_other_rows_than_tried_are_not_committed(lab: Lab) -> None:  # noqa: F811
    """Where another program has changed rows since, the number differs and nothing is changed."""
    panel = blocked(lab, CASES["text"])
    panel.fixing.try_button.click()
    execute(panel, "INSERT INTO users (id, name) VALUES (4, 'Ada')")
    panel.fixing.commit_button.click()
    assert "changes 2 rows, not 1. Nothing was changed." in panel.error_box.value
    assert [name for _, name in rows(panel)] == ["Ada", "Ada", "Bob", "Ada"]


def test_an_edited_statement_is_tried_again(lab: Lab) -> None:  # noqa: F811
    """Commit statement is for the text that was tried, and only one change of rows may be run."""
    panel = blocked(lab, CASES["text"])
    panel.fixing.try_button.click()
    assert not panel.fixing.commit_button.disabled
    for refused in ("DROP TABLE users", "UPDATE users SET name = 'x'; COMMIT", "-- x"):
        panel.fixing.statement_box.value = refused
        assert panel.fixing.commit_button.disabled
        panel.fixing.try_button.click()
        assert "not a single UPDATE, DELETE or INSERT" in panel.error_box.value
    panel.fixing.statement_box.value = "DELETE FROM users WHERE name LIKE '%;%' OR id = 2;"
    panel.fixing.try_button.click()
    panel.fixing.commit_button.click()
    assert [key for key, _ in rows(panel)] == [1, 3]


def rows(panel: Panel) -> list[tuple[Any, ...]]:
    """Read the rows of users."""
    with panel.lab.engine.connect() as connection:
        return [
            tuple(row) for row in connection.execute(sa.text("SELECT * FROM users ORDER BY id"))
        ]


def test_no_statement_is_offered_while_a_question_is_open() -> None:
    """An answer decides on values that do not fit, so nothing suggests to delete their rows."""
    scratch = Lab.scratch()
    be(scratch, users(sa.Column("size", sa.String(20), nullable=False)))
    want(scratch, users(sa.Column("size", sa.Integer, nullable=False)))
    panel = scratch.panel()
    execute(panel, "INSERT INTO users (name, size) VALUES ('Ada', '12x')")
    panel.message_box.value = "Size is a number"
    panel.autogenerate_button.click()
    assert panel.candidate is not None
    assert panel.candidate.offending
    assert panel.fixing.box.layout.display == "none"
    assert panel.fixing.suggested is None
