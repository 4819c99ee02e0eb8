"""The members of an enum change: the right script on each database, and no row forgotten (D6)."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.errors import HistoryError, ModelError
from tests.support.labs import be, execute, scalars, users, want

PLAN = "users.plan"
HELD = "SELECT plan FROM users ORDER BY id"


def plan(*members: str, default: str | None = None, **options: bool) -> sa.Column[str]:
    """Give a column with an enum; on SQLite a CHECK lists its members."""
    kind = sa.Enum(*members, name="plan", create_constraint=True, **options)
    return sa.Column("plan", kind, server_default=default)


def candidate_for(lab: Lab, before: sa.Column[str], after: sa.Column[str]) -> Candidate:
    """Have a user with each member, want other members, and autogenerate."""
    metadata = users(before)
    be(lab, metadata)
    rows = [{"id": at, "name": "Ann", "plan": m} for at, m in enumerate(before.type.enums, 1)]  # type: ignore[attr-defined]
    with lab.engine.begin() as connection:
        connection.execute(metadata.tables["users"].insert(), rows)
    want(lab, users(after))
    return lab.autogenerate("Change plans")


def upgraded(lab: Lab, candidate: Candidate) -> list[object]:
    """Write it, upgrade, see that nothing differs, and give the values."""
    candidate.write()
    lab.upgrade()
    assert list(lab.drift()) == []
    return scalars(lab, HELD)


def test_an_added_member_goes_there_and_back(lab: Lab) -> None:
    """D6: nothing is asked; the rows stay, and the new member can be written."""
    candidate = candidate_for(lab, plan("free", "paid"), plan("trial", "free", "gold", "paid"))
    assert len(candidate.questions) == 0
    assert upgraded(lab, candidate) == ["free", "paid"]
    execute(lab, "UPDATE users SET plan = 'gold'", "UPDATE users SET plan = 'free'")
    lab.downgrade()
    assert scalars(lab, HELD) == ["free", "free"]
    with pytest.raises(sa.exc.DBAPIError):
        execute(lab, "UPDATE users SET plan = 'gold'")


def test_a_removed_member_with_rows_has_to_be_answered(lab: Lab) -> None:
    """D6: the rows that hold it are counted."""
    candidate = candidate_for(lab, plan("free", "trial"), plan("free"))
    (question,) = candidate.questions
    assert (
        question.sentence == "'trial' is no longer a member of `users.plan`: what should it become?"
    )
    assert question.evidence == ("1 row of `users.plan` uses this member.",)
    with pytest.raises(HistoryError, match=r"candidate\.member\('users\.plan', 'trial', to='free'"):
        candidate.write()


def test_rows_get_another_member(lab: Lab) -> None:
    """D6: the rows move before the member goes."""
    candidate = candidate_for(lab, plan("free", "trial"), plan("free"))
    candidate.member(PLAN, "trial", to="free")
    assert "# Rows of users.plan with 'trial' get 'free'" in candidate.upgrade_code
    assert upgraded(lab, candidate) == ["free", "free"]


def test_rows_get_null(lab: Lab) -> None:
    """D6: where the column takes it."""
    candidate = candidate_for(lab, plan("free", "trial"), plan("free"))
    assert upgraded(lab, candidate.member(PLAN, "trial", to=None)) == ["free", None]


def test_a_renamed_member_goes_there_and_back(lab: Lab) -> None:
    """D6: the rows follow, and have the old name after the downgrade."""
    candidate = candidate_for(lab, plan("free", "trial"), plan("free", "go"))
    assert candidate.questions.all[0].sentence.endswith("renamed to 'go'?")
    assert upgraded(lab, candidate.member(PLAN, "trial", to="go")) == ["free", "go"]
    lab.downgrade()
    assert scalars(lab, HELD) == ["free", "trial"]


def test_a_member_that_no_row_holds_just_goes(lab: Lab) -> None:
    """D6: nothing has to be said."""
    be(lab, users(plan("free", "trial")))
    want(lab, users(plan("free")))
    assert upgraded(lab, lab.autogenerate("Change plans")) == []
    lab.downgrade()
    execute(lab, "INSERT INTO users (id, name, plan) VALUES (1, 'Ann', 'trial')")


def test_members_are_quoted(lab: Lab) -> None:
    """I3: quotes, percent signs and colons in members."""
    candidate = candidate_for(lab, plan("it's", "50%", ":x"), plan("it's", "60%", ":y"))
    candidate.member(PLAN, "50%", to="60%").member(PLAN, ":x", to=":y")
    assert upgraded(lab, candidate) == ["it's", "60%", ":y"]


def test_a_new_member_may_be_the_default_at_once(lab: Lab) -> None:
    """D7: PostgreSQL gets a new type then, since it refuses an added member before a commit."""
    before = plan("free", "trial", default="trial")
    candidate = candidate_for(lab, before, plan("free", "new", default="new"))
    candidate.member(PLAN, "trial", to="free")
    assert upgraded(lab, candidate) == ["free", "free"]
    execute(lab, "INSERT INTO users (id, name) VALUES (9, 'Bob')")
    assert scalars(lab, "SELECT plan FROM users WHERE id = 9") == ["new"]


def test_a_default_that_is_no_member_is_refused(lab: Lab) -> None:
    """D6: the models would contradict themselves."""
    before = plan("free", "trial", default="trial")
    with pytest.raises(
        ModelError, match=r"The default 'trial' of `users\.plan` is no longer a member"
    ):
        candidate_for(lab, before, plan("free", default="trial"))


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_without_a_check_values_that_are_no_member_are_asked(lab: Lab) -> None:
    """D6: SQLite's text does not say which members there were; the rows do."""
    be(lab, users(sa.Column("plan", sa.Enum("free", "trial", name="plan"))))
    execute(lab, "INSERT INTO users (id, name, plan) VALUES (1, 'Ann', 'trial')")
    want(lab, users(sa.Column("plan", sa.Enum("free", "basic", name="plan"))))
    candidate = lab.autogenerate("Change plans")
    assert candidate.empty
    assert candidate.questions.all[0].evidence[0] == "1 row of `users.plan` uses this value."
    assert upgraded(lab, candidate.member(PLAN, "trial", to="basic")) == ["basic"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_every_column_of_a_type_moves(lab: Lab) -> None:
    """D6: arrays, other tables, other schemas, CHECKs and partial indexes on one type."""
    execute(
        lab,
        "CREATE SCHEMA shop",
        "CREATE TYPE plan AS ENUM ('free', 'trial')",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, plan plan, "
        "CONSTRAINT ck CHECK (plan = 'free' OR id > 0))",
        "CREATE INDEX ix ON users (id) WHERE plan = 'free'",
        "CREATE TABLE shop.orders (id INTEGER PRIMARY KEY, plans plan[] DEFAULT '{free}')",
        "INSERT INTO users VALUES (1, 'Ann', 'trial')",
        "INSERT INTO shop.orders VALUES (1, '{trial,free}')",
    )
    index = sa.Index("ix", "id", postgresql_where=sa.text("plan = 'free'"))
    want(lab, users(sa.Column("plan", sa.Enum("free", name="plan")), index))
    candidate = lab.autogenerate("Change plans")
    question = next(one for one in candidate.questions if one.kind == "enum")
    assert question.evidence == (
        "1 row of `users.plan` and 1 row of `shop.orders.plans` use this member.",
    )
    candidate.member("users.plan", "trial", to="free").write(despite_data=True)
    lab.upgrade()
    assert scalars(lab, "SELECT plans::text FROM shop.orders") == ["{free,free}"]
    assert scalars(lab, HELD) == ["free"]
    assert scalars(lab, "SELECT count(*) FROM pg_indexes WHERE indexname = 'ix'") == [1]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_view_over_the_column_is_named(lab: Lab) -> None:
    """D6: PostgreSQL changes no type under a view; the error says what to do."""
    be(lab, users(plan("free", "trial")))
    execute(lab, "CREATE VIEW plans AS SELECT plan FROM users")
    want(lab, users(plan("free")))
    with pytest.raises(ModelError, match=r"change the type of `users\.plan`.*plans") as refused:
        lab.autogenerate("Change plans")
    assert "Drop the view" in refused.value.cure
