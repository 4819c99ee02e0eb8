"""A column gets a server default: the lab asks whether the NULLs of existing rows get it too."""

from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from tests.support.labs import be, execute, scalars, users, want

PLAN = "users.plan"


def plan(type_: Any = None, **options: Any) -> sa.Column[Any]:
    """Give a column plan."""
    return sa.Column("plan", type_ or sa.String(20), **options)


def candidate_for(
    lab: Lab, before: sa.Column[Any], after: sa.Column[Any], *values: str
) -> Candidate:
    """Have users with these plans, as SQL, want another column, and autogenerate."""
    be(lab, users(before))
    for at, value in enumerate(values, start=1):
        execute(lab, f"INSERT INTO users (id, name, plan) VALUES ({at}, 'Ann', {value})")
    want(lab, users(after))
    return lab.autogenerate("Change plans")


def upgraded(lab: Lab, candidate: Candidate) -> list[object]:
    """Write, upgrade, and give the plans; nothing differs from the models then."""
    candidate.write()
    lab.upgrade()
    assert list(lab.drift()) == []
    return scalars(lab, "SELECT plan FROM users ORDER BY id")


def test_nulls_stay_by_default(lab: Lab) -> None:
    """The question counts the NULLs; without an answer, they stay as the database leaves them."""
    candidate = candidate_for(lab, plan(), plan(server_default="free"), "NULL", "NULL", "'pro'")
    (question,) = candidate.questions
    assert question.sentence == (
        "`users.plan` gets the server default 'free', which only new rows receive. "
        "Should its 2 NULLs get it too?"
    )
    assert question.evidence == ("2 of 3 values of `users.plan` are NULL.",)
    assert question.outcome == "keep NULL (by default)"
    assert upgraded(lab, candidate) == [None, None, "pro"]


def test_nulls_are_filled_on_demand(lab: Lab) -> None:
    """Only NULLs get the default, and quotes, `%`, `:name` and backslashes arrive as they are."""
    text = "it's 100% :a\\b"
    candidate = candidate_for(lab, plan(), plan(server_default=text), "NULL", "'pro'")
    assert upgraded(lab, candidate.nulls(PLAN, fill=True)) == [text, "pro"]


def test_an_answer_to_keep_changes_no_row(lab: Lab) -> None:
    """The answer is known, and the script is that without an answer."""
    candidate = candidate_for(lab, plan(), plan(server_default="free"), "NULL")
    before = candidate.upgrade_code
    assert candidate.nulls(PLAN).upgrade_code == before
    assert not candidate.questions.open


def test_an_expression_fills_nulls(lab: Lab) -> None:
    """A default that is SQL is computed by the database."""
    column = plan(sa.Integer, server_default=sa.text("(1 + 1)"))
    candidate = candidate_for(lab, plan(sa.Integer), column, "NULL", "7")
    assert upgraded(lab, candidate.nulls(PLAN, fill=True)) == [2, 7]


def test_a_downgrade_drops_only_the_default(lab: Lab) -> None:
    """What was NULL is no longer known, so the filled values stay."""
    candidate = candidate_for(lab, plan(), plan(server_default="free"), "NULL")
    assert upgraded(lab, candidate.nulls(PLAN, fill=True)) == ["free"]
    lab.downgrade()
    assert scalars(lab, "SELECT plan FROM users") == ["free"]


NOT_ASKED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "no NULL": ({}, {"server_default": "free"}, "'pro'"),
    "another default": ({"server_default": "free"}, {"server_default": "pro"}, "NULL"),
    "no default": ({"server_default": "free"}, {}, "NULL"),
    "a comment": ({}, {"comment": "What was paid"}, "NULL"),
}


@pytest.mark.parametrize("case", NOT_ASKED)
def test_what_has_no_first_default_for_nulls_is_not_asked(lab: Lab, case: str) -> None:
    """Beside a default that is there already, NULL was meant."""
    before, after, value = NOT_ASKED[case]
    assert len(candidate_for(lab, plan(**before), plan(**after), value).questions) == 0


def test_a_column_that_becomes_not_null_is_asked_once(lab: Lab) -> None:
    """There, the NULLs cannot stay: which value they get is the question of a fill."""
    after = plan(nullable=False, server_default="free")
    candidate = candidate_for(lab, plan(), after, "NULL", "'pro'")
    assert [question.kind for question in candidate.questions] == ["fill"]
    answered = candidate.fill(PLAN, server_default="free")
    assert [question.kind for question in answered.questions] == ["fill"]


def test_a_type_that_changes_is_not_asked_about_its_default(lab: Lab) -> None:
    """The answer to the cast decides which values are NULL, so they cannot be counted before."""
    candidate = candidate_for(lab, plan(), plan(sa.Integer, server_default="1"), "NULL", "'2'")
    assert "nulls" not in [question.kind for question in candidate.questions]
