"""A dropped and an added column: the lab asks, and a rename keeps the values (D1)."""

import json

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.errors import HistoryError, InputError
from tests.support.labs import be, execute, scalars, users, want

PLAN = "users.plan"


def text(name: str, **options: object) -> sa.Column[str]:
    """Give a text column."""
    return sa.Column(name, sa.String(50), **options)  # type: ignore[arg-type]


def candidate_for(lab: Lab, *parts: sa.schema.SchemaItem, rows: int = 2) -> Candidate:
    """Have users with a plan, want these parts instead, and autogenerate."""
    be(lab, users(text("plan", index=True)))
    for row in range(1, rows + 1):
        execute(lab, f"INSERT INTO users (id, name, plan) VALUES ({row}, 'Ann', 'p{row}')")
    want(lab, users(*parts))
    return lab.autogenerate("Change users")


def test_a_drop_beside_an_add_is_asked(lab: Lab) -> None:
    """D1: the question says how many values would go, and the calls that answer it."""
    candidate = candidate_for(lab, text("tariff"))
    (question,) = candidate.questions
    assert question.sentence.startswith("`users.plan` is no longer in the models: was it renamed")
    assert question.evidence[0] == "Dropping `users.plan` loses 2 values."
    assert [one.value for one in question.choices] == [("rename", "tariff"), ("drop",)]


def test_a_drop_with_values_is_not_written_unanswered(lab: Lab) -> None:
    """D1: never silent: the error names the calls, and no file is there."""
    candidate = candidate_for(lab, text("tariff"))
    with pytest.raises(HistoryError, match=r"candidate\.rename\('users\.plan', 'tariff'\)"):
        candidate.write()
    assert list(lab.history()) == []


def test_without_values_the_default_is_to_drop(lab: Lab) -> None:
    """An empty column may go without an answer; the question still stands."""
    candidate = candidate_for(lab, text("tariff"), rows=0)
    (question,) = candidate.questions
    assert question.outcome == "drop it with its values (by default)"
    assert candidate.write().path is not None


def test_types_of_two_families_are_not_asked_about(lab: Lab) -> None:
    """Text does not become a number by a new name."""
    assert len(candidate_for(lab, sa.Column("tariff", sa.Integer)).questions) == 0


def test_a_rename_keeps_the_values(lab: Lab) -> None:
    """D1: also its index follows, and nothing differs afterwards."""
    candidate_for(lab, text("tariff", index=True)).rename(PLAN, "tariff").write()
    lab.upgrade()
    assert scalars(lab, "SELECT tariff FROM users ORDER BY id") == ["p1", "p2"]
    assert list(lab.drift()) == []


def test_the_downgrade_renames_back(lab: Lab) -> None:
    """D1: the values and the index are there under the former names."""
    candidate_for(lab, text("tariff", index=True)).rename(PLAN, "tariff").write()
    lab.upgrade()
    lab.downgrade()
    assert scalars(lab, "SELECT plan FROM users ORDER BY id") == ["p1", "p2"]
    assert list(lab.indexes("users")["columns"]) == ["plan"]


def test_what_else_changes_comes_after_the_rename(lab: Lab) -> None:
    """A new name and NOT NULL at once: an alteration of the renamed column."""
    candidate = candidate_for(lab, text("tariff", nullable=False)).rename(PLAN, "tariff")
    sentences = [str(one) for one in candidate.operations]
    assert "~ rename column users.plan → tariff" in sentences
    assert "~ alter column users.tariff: nullable NULL → NOT NULL" in sentences
    candidate.write()
    lab.upgrade()
    assert list(lab.drift()) == []


def test_a_foreign_key_follows(lab: Lab) -> None:
    """A renamed column that points to another row still does."""

    def tables(name: str) -> sa.MetaData:
        key = sa.ForeignKey("users.id", name=f"fk_users_{name}_users")
        return users(sa.Column(name, sa.Integer, key))

    be(lab, tables("chief"))
    execute(
        lab,
        "INSERT INTO users (id, name) VALUES (1, 'Ann')",
        "INSERT INTO users (id, name, chief) VALUES (2, 'Bob', 1)",
    )
    want(lab, tables("boss"))
    lab.autogenerate("Rename the chief").rename("users.chief", "boss").write()
    lab.upgrade()
    assert list(lab.foreign_keys("users")["columns"]) == ["boss"]
    assert list(lab.drift()) == []


def test_two_drops_do_not_take_one_name(lab: Lab) -> None:
    """A name that is taken is no choice of the other question any more."""
    be(lab, users(text("plan"), text("city")))
    want(lab, users(text("tariff"), text("town")))
    candidate = lab.autogenerate("Rename both").rename("users.city", "town")
    question = candidate.questions.about("rename", PLAN)
    assert [one.value for one in question.choices] == [("rename", "tariff"), ("drop",)]


def test_the_script_says_what_was_chosen(lab: Lab) -> None:
    """A comment stands above the operation."""
    candidate = candidate_for(lab, text("tariff")).rename(PLAN, "tariff")
    assert "# users.plan is renamed to tariff. Its values are kept." in candidate.upgrade_code
    dropped = candidate.drop(PLAN)
    assert "# users.plan is dropped, not renamed." in dropped.upgrade_code


def test_an_answer_is_kept_for_the_same_change(lab: Lab) -> None:
    """A cell that runs again asks nothing twice."""
    candidate_for(lab, text("tariff")).rename(PLAN, "tariff")
    again = lab.autogenerate("Change users")
    assert again.questions.open == ()
    assert "rename" in again.upgrade_code


def test_another_change_is_asked_anew(lab: Lab) -> None:
    """An answer counts for the change that it was given to."""
    candidate_for(lab, text("tariff")).rename(PLAN, "tariff")
    want(lab, users(text("rate")))
    assert len(lab.autogenerate("Change users").questions.open) == 1


def test_ask_again_forgets_the_answers(lab: Lab) -> None:
    """Also those that are kept."""
    candidate = candidate_for(lab, text("tariff")).rename(PLAN, "tariff").ask_again()
    assert len(candidate.questions.open) == 1
    assert json.loads((lab.root / ".schema_lab" / "answers.json").read_text()) == []


def test_an_answer_that_is_no_choice_is_refused(lab: Lab) -> None:
    """The error lists the calls that would do."""
    candidate = candidate_for(lab, text("tariff"))
    with pytest.raises(InputError, match=r"candidate\.drop\('users\.plan'\)"):
        candidate.rename(PLAN, "colour")
    with pytest.raises(InputError, match=r"Its questions: users\.plan \(rename\)"):
        candidate.rename("users.colour", "tariff")


def test_a_written_candidate_takes_no_answer(lab: Lab) -> None:
    """Its file would say something else."""
    candidate = candidate_for(lab, text("tariff")).rename(PLAN, "tariff")
    candidate.write()
    with pytest.raises(InputError, match="already written"):
        candidate.drop(PLAN)


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_a_renamed_key_still_counts_up(lab: Lab) -> None:
    """MariaDB would lose AUTO_INCREMENT if the column were spelled anew."""

    def tables(name: str) -> sa.MetaData:
        metadata = sa.MetaData()
        key = sa.Column(name, sa.Integer, primary_key=True, comment="100% unique")
        sa.Table("users", metadata, key, sa.Column("name", sa.String(50)))
        return metadata

    be(lab, tables("id"))
    want(lab, tables("number"))
    lab.autogenerate("Rename the key").rename("users.id", "number").write(despite_data=True)
    lab.upgrade()
    execute(lab, "INSERT INTO users (name) VALUES ('Ann')")
    assert scalars(lab, "SELECT number FROM users") == [1]
    assert list(lab.drift()) == []


@pytest.mark.parametrize("dialect", ["sqlite", "mariadb"])
def test_names_that_differ_in_case_are_one_column(lab: Lab) -> None:
    """Where the database takes both for one name, nobody is asked, and the values stay."""
    be(lab, users(text("Plan"), text("City")))
    execute(lab, "INSERT INTO users (id, name, Plan, City) VALUES (1, 'Ann', 'p', 'c')")
    want(lab, users(text("plan"), sa.Column("city", sa.String(60))))
    candidate = lab.autogenerate("Write names in lower case")
    said = {operation.sentence for operation in candidate.operations}
    assert {"rename column users.City → city", "rename column users.Plan → plan"} <= said
    assert len(candidate.questions) == 0
    candidate.write()
    lab.upgrade()
    assert list(lab.drift()) == []
    lab.downgrade()
    assert scalars(lab, "SELECT City FROM users WHERE Plan = 'p'") == ["c"]
