"""What was pressed, as code: it runs, and gives the same revisions and the same database."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.panels import Panel
from tests.panels.doing import execute, scripts
from tests.panels.test_calls import recorded
from tests.panels.test_questions import only
from tests.support.labs import be, users, want

WITH_PLAN = "INSERT INTO users (name, plan) VALUES ('Ada', 'gold'), ('Bob', NULL)"
WITH_SIZE = "INSERT INTO users (name, size) VALUES ('Ada', '12x')"
NAMED = "INSERT INTO users (name) VALUES ('Ada')"
TRIAL = "INSERT INTO users (name, plan) VALUES ('Ada', 'trial')"


def plan(**more: Any) -> sa.MetaData:
    """Give users with a column plan."""
    return users(sa.Column("plan", sa.String(20), **more))


def members(*names: str) -> sa.MetaData:
    """Give users with a column plan, an enum with a CHECK."""
    return users(sa.Column("plan", sa.Enum(*names, name="plan", create_constraint=True)))


def column(name: str, type_: Any, *, nullable: bool = False) -> sa.MetaData:
    """Give users with one more column."""
    return users(sa.Column(name, type_, nullable=nullable))


TEXT = column("size", sa.String(20), nullable=True)
NUMBER = column("size", sa.Integer, nullable=True)
TARIFF = column("tariff", sa.String(20), nullable=True)
NEW = plan(nullable=False)


@dataclass(frozen=True)
class Case:
    """A question and its answer: the tables before and after, the rows, the choice, the text."""

    before: sa.MetaData
    after: sa.MetaData
    rows: str
    value: tuple[str, ...]
    text: str = ""


CASES = {
    "value": Case(users(), NEW, NAMED, ("constant",), 'it\'s "free"'),
    "number": Case(users(), column("size", sa.Integer), NAMED, ("constant",), "18"),
    "decimal": Case(
        users(), column("price", sa.Numeric(6, 2)), NAMED, ("constant",), "Decimal('1.50')"
    ),
    "sql": Case(users(), NEW, NAMED, ("sql",), "upper(name) || 'x\"'"),
    "copy": Case(users(), NEW, NAMED, ("copy",), "name"),
    "server default": Case(users(), NEW, NAMED, ("server_default",), "free"),
    "default": Case(users(), plan(nullable=False, default="free"), NAMED, ("default",)),
    "cast": Case(TEXT, NUMBER, WITH_SIZE, ("cast",)),
    "using": Case(TEXT, NUMBER, WITH_SIZE, ("using",), "replace(size, 'x', '')"),
    "null": Case(TEXT, NUMBER, WITH_SIZE, ("null",)),
    "rename": Case(plan(), TARIFF, WITH_PLAN, ("rename", "tariff")),
    "drop": Case(plan(), TARIFF, WITH_PLAN, ("drop",)),
    "nulls": Case(plan(), plan(server_default="free"), WITH_PLAN, ("fill",)),
    "member": Case(members("free", "trial"), members("free", "basic"), TRIAL, ("to", "basic")),
}


def opened(case: Case) -> Panel:
    """Give the panel of a fresh scratch lab, whose database has the tables before, with rows."""
    lab = Lab.scratch()
    be(lab, case.before)
    want(lab, case.after)
    panel = lab.panel()
    execute(panel, case.rows)
    return panel


def answer(panel: Panel, case: Case, text: str) -> None:
    """Choose the answer of a case and press Answer."""
    controls = only(panel)
    choices = [choice.value for choice in controls.question.choices]
    controls.chooser.index = choices.index(case.value)
    controls.text_box.value = text
    panel._presses.forget(controls.answer_button)
    controls.answer_button.click()


def state(panel: Panel) -> tuple[list[tuple[str, str]], list[str]]:
    """Give the files without their dates, and the database without the files' checksums."""
    files = [
        (path.name, re.sub(r"Create Date: .*", "", path.read_text())) for path in scripts(panel)
    ]
    with panel.lab.engine.connect() as connection:
        dump = connection.connection.driver_connection.iterdump()  # type: ignore[union-attr]
        return files, [line for line in dump if "checksum" not in line]


@pytest.mark.parametrize("kind", CASES)
def test_the_record_gives_the_same_files_and_the_same_database(kind: str) -> None:
    """Each kind of answer, pressed and then replayed elsewhere, has the same result."""
    case = CASES[kind]
    panel = opened(case)
    panel.message_box.value = 'Change "users"'
    panel.autogenerate_button.click()
    answer(panel, case, case.text)
    presses = (panel.rehearse_candidate_button, panel.write_button, panel.upgrade_button)
    for button in presses:
        button.click()
        assert panel.error_box.value == ""
    other = opened(case)
    exec("\n".join(recorded(panel)), {"lab": other.lab})  # noqa: S102 - our own lines
    assert len(scripts(panel)) == 1
    assert state(other) == state(panel)


def test_an_answer_that_is_changed_back_is_recorded_again() -> None:
    """The last answer counts, and an answer that is discarded is discarded in code too."""
    panel = opened(CASES["value"])
    panel.message_box.value = "Add plans"
    panel.autogenerate_button.click()
    for text in ("free", "pro", "free"):
        answer(panel, CASES["value"], text)
        panel.rehearse_candidate_button.click()
        panel._presses.forget(panel.rehearse_candidate_button)
    panel.ask_again_button.click()
    panel.rehearse_candidate_button.click()
    assert [line for line in recorded(panel) if "rehearse" not in line][1:] == [
        "candidate.fill('users.plan', 'free')",
        "candidate.fill('users.plan', 'pro')",
        "candidate.fill('users.plan', 'free')",
        "candidate.ask_again()",
    ]


def test_a_press_that_fails_is_not_recorded(panel: Panel) -> None:
    """Code that raises would stop the rest: only what worked is recorded."""
    panel.message_box.value = "Create users"
    panel.autogenerate_button.click()
    panel.write_button.click()
    script = scripts(panel)[0]
    script.write_text(script.read_text().replace("    op.create_table(", "    op.nonsense("))
    panel.upgrade_button.click()
    assert panel.error_box.value
    assert recorded(panel)[-1] == "revision = candidate.write()"


def test_of_a_run_that_fails_what_stays_is_recorded(written: Panel) -> None:
    """An upgrade that stopped after a revision is recorded as the upgrade to that revision."""
    script = scripts(written)[1]
    script.write_text(script.read_text().replace("    op.add_column(", "    op.nonsense("))
    written.upgrade_button.click()
    reached = [revision.id for revision in written.lab.current()]
    assert recorded(written) == [f'lab.upgrade("{name}")' for name in reached]
