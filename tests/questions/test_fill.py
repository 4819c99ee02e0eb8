"""A NOT NULL column on a table that has rows: the lab asks what these get (D3)."""

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.errors import HistoryError, InputError
from tests.support.labs import be, execute, scalars, users, want

PLAN = "users.plan"


def column(type_: Any = None, **options: Any) -> sa.Column[Any]:
    """Give a column that takes no NULL."""
    return sa.Column("plan", type_ or sa.String(20), nullable=False, **options)


def candidate_for(lab: Lab, *parts: sa.schema.SchemaItem, rows: int = 2) -> Candidate:
    """Have users without these parts, want them, and autogenerate."""
    be(lab, users())
    for row in range(1, rows + 1):
        execute(lab, f"INSERT INTO users (id, name) VALUES ({row}, 'Ann {row}')")
    want(lab, users(*parts))
    return lab.autogenerate("Add plans")


def with_nulls(lab: Lab, *parts: sa.schema.SchemaItem) -> Candidate:
    """Have a plan that is NULL in one row of two, want these parts, and autogenerate."""
    be(lab, users(sa.Column("plan", sa.String(20))))
    execute(
        lab,
        "INSERT INTO users (id, name, plan) VALUES (1, 'Ann', NULL)",
        "INSERT INTO users (id, name, plan) VALUES (2, 'Bob', 'pro')",
    )
    want(lab, users(*parts))
    return lab.autogenerate("Require plans")


def upgraded(lab: Lab, candidate: Candidate) -> list[object]:
    """Write, upgrade, and give the plans; nothing differs from the models then."""
    candidate.write()
    lab.upgrade()
    assert list(lab.drift()) == []
    return scalars(lab, "SELECT plan FROM users ORDER BY id")


def test_a_filled_table_is_asked_about(lab: Lab, dialect: str) -> None:
    """D3: the question counts the rows, and MariaDB's inventions are named."""
    (question,) = candidate_for(lab, column()).questions
    assert question.sentence == (
        "Which value should the 2 existing rows of `users` get in the new column `plan` "
        "(VARCHAR(20) NOT NULL)?"
    )
    assert ("stores 0" in question.evidence[0]) == (dialect == "mariadb")


def test_an_unanswered_candidate_is_not_written(lab: Lab) -> None:
    """D3: no file is there, so that MariaDB cannot invent '' or '0000-00-00'."""
    with pytest.raises(HistoryError, match=r"candidate\.fill\('users\.plan', value\)"):
        candidate_for(lab, column()).write()
    assert list(lab.history()) == []


def test_an_empty_table_is_not_asked_about(lab: Lab) -> None:
    """D3: without rows there is nothing to fill."""
    candidate = candidate_for(lab, column(), rows=0)
    assert len(candidate.questions) == 0
    assert upgraded(lab, candidate) == []


def test_a_server_default_of_the_model_is_an_answer(lab: Lab) -> None:
    """D3: the database fills the rows, and nobody is asked."""
    candidate = candidate_for(lab, column(server_default="free"))
    assert len(candidate.questions) == 0
    assert upgraded(lab, candidate) == ["free", "free"]


def test_a_constant_fills_each_row(lab: Lab) -> None:
    """D3: quotes, `%`, `:name` and backslashes arrive as they are."""
    text = "it's 100% :a\\b"
    assert upgraded(lab, candidate_for(lab, column()).fill(PLAN, text)) == [text, text]


VALUES = (
    (sa.Integer, 18),
    (sa.Boolean, True),
    (sa.Numeric(6, 2), Decimal("1.50")),
    (sa.Date, date(2026, 5, 17)),
    (sa.DateTime, datetime(2026, 5, 17, 8, 30)),  # noqa: DTZ001 - a column without a time zone
    (sa.Uuid, uuid.UUID(int=7)),
    (sa.JSON, {"a\\'": [1]}),
    (sa.Enum("low", "high", name="level"), "high"),
)


@pytest.mark.parametrize(("type_", "value"), VALUES, ids=lambda one: str(one)[:12])
def test_each_type_takes_its_constants(lab: Lab, type_: Any, value: object) -> None:
    """D3: what a person gives is what the rows hold."""
    candidate = candidate_for(lab, column(type_)).fill(PLAN, value)
    candidate.write()
    lab.upgrade()
    with lab.engine.connect() as connection:
        found = connection.scalars(sa.select(users(column(type_)).tables["users"].c.plan)).all()
    assert found == [value, value]


def test_an_expression_fills_each_row(lab: Lab) -> None:
    """D3: SQL over the row's own columns, `%` and `:name` included."""
    sql = "replace(lower(name), 'ann', '5% :x')"
    candidate = candidate_for(lab, column()).fill(PLAN, sql=sql)
    assert upgraded(lab, candidate) == ["5% :x 1", "5% :x 2"]


def test_another_column_is_copied(lab: Lab) -> None:
    """D3: each row gets its own value."""
    candidate = candidate_for(lab, column(sa.String(50))).fill(PLAN, copy="name")
    assert upgraded(lab, candidate) == ["Ann 1", "Ann 2"]


def test_the_default_of_the_model_is_offered(lab: Lab) -> None:
    """D3: a scalar becomes a constant; the choice shows it."""
    candidate = candidate_for(lab, column(default="free"))
    (question,) = candidate.questions
    assert question.choices[0].label == "fill with the model's default, 'free'"
    assert upgraded(lab, candidate.fill(PLAN, default=True)) == ["free", "free"]


def test_each_row_gets_its_own_uuid(lab: Lab) -> None:
    """D3: for uuid4 the database's own function stands in, so that a unique column holds."""
    candidate = candidate_for(lab, column(sa.Uuid, default=uuid.uuid4, unique=True))
    assert len(set(upgraded(lab, candidate.fill(PLAN, default=True)))) == 2


def test_a_moment_becomes_a_constant(lab: Lab) -> None:
    """D3: a clock as the default is read once, when the script is written."""
    part = column(sa.DateTime(timezone=True), default=lambda: datetime.now(UTC))
    candidate = candidate_for(lab, part).fill(PLAN, default=True)
    assert "datetime.datetime(2" in candidate.upgrade_code
    assert len(set(upgraded(lab, candidate))) == 1


def test_a_default_that_differs_by_row_is_explained(lab: Lab) -> None:
    """D3: a script cannot have it, and the evidence says so."""
    numbers = iter(range(1000))
    (question,) = candidate_for(lab, column(default=lambda: str(next(numbers)))).questions
    assert "the default gives every row a different value" in question.evidence[-1]
    assert ("default",) not in [one.value for one in question.choices]


def test_a_server_default_may_stay(lab: Lab) -> None:
    """D3: the new column keeps it, and the script says that the model needs it too."""
    candidate = candidate_for(lab, column()).fill(PLAN, server_default="it's")
    assert "The model needs the same default" in candidate.upgrade_code
    candidate.write()
    lab.upgrade()
    execute(lab, "INSERT INTO users (id, name) VALUES (9, 'New')")
    assert scalars(lab, "SELECT plan FROM users") == ["it's"] * 3


def test_nulls_of_a_column_are_counted_and_filled(lab: Lab) -> None:
    """D3: an existing column that shall be NOT NULL: only its NULLs get the value."""
    candidate = with_nulls(lab, column())
    (question,) = candidate.questions
    assert question.evidence == ("1 of 2 values of `users.plan` is NULL.",)
    assert upgraded(lab, candidate.fill(PLAN, "free")) == ["free", "pro"]


def test_the_downgrade_makes_it_nullable_again(lab: Lab) -> None:
    """D3: the values stay."""
    with_nulls(lab, column()).fill(PLAN, "free").write()
    lab.upgrade()
    lab.downgrade()
    assert scalars(lab, "SELECT plan FROM users ORDER BY id") == ["free", "pro"]
    assert list(lab.columns("users")["nullable"]) == [False, False, True]


def test_the_downgrade_of_a_new_column_is_just_the_drop(lab: Lab) -> None:
    """D3: no NOT NULL is taken back first."""
    candidate = candidate_for(lab, column()).fill(PLAN, "free")
    (only,) = candidate.sql(candidate.dialect, "downgrade").splitlines()
    assert only.startswith("ALTER TABLE users DROP COLUMN")


def test_a_change_of_type_comes_before_the_filling(lab: Lab) -> None:
    """D3: a text longer than the old type fits."""
    candidate = with_nulls(lab, column(sa.String(60))).fill(PLAN, "x" * 50)
    assert upgraded(lab, candidate) == ["x" * 50, "pro"]


def test_two_columns_and_a_unique_one(lab: Lab) -> None:
    """D3: all are added, filled and made NOT NULL, and the constraint comes after."""
    other = sa.Column("code", sa.String(20), nullable=False, unique=True)
    candidate = candidate_for(lab, column(), other)
    candidate.fill(PLAN, "free").fill("users.code", copy="name")
    assert upgraded(lab, candidate) == ["free", "free"]


MISFITS = (
    (sa.String(4), "five5", "allows 4"),
    (sa.String(4), 5, "is VARCHAR"),
    (sa.Integer, "5", "does not fit"),
    (sa.Integer, True, "does not fit"),
    (sa.SmallInteger, 40_000, "32767"),
    (sa.Numeric(4, 2), Decimal(100), "2 digits before"),
    (sa.Date, datetime(2026, 5, 17), "Use a date"),  # noqa: DTZ001
    (sa.DateTime(timezone=True), datetime(2026, 5, 17), "no time zone"),  # noqa: DTZ001
    (sa.Enum("low", "high", name="level"), "mid", "low, high"),
    (sa.String(20), object(), "cannot be written"),
)


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize(("type_", "value", "said"), MISFITS, ids=lambda one: str(one)[:12])
def test_a_value_that_does_not_fit_is_refused(
    lab: Lab, type_: Any, value: object, said: str
) -> None:
    """D3: the error says what the column takes, and the candidate stays as it was."""
    candidate = candidate_for(lab, column(type_))
    with pytest.raises(InputError, match=said):
        candidate.fill(PLAN, value)
    assert len(candidate.questions.open) == 1


def test_an_expression_that_leaves_null_is_refused(lab: Lab) -> None:
    """D3: the rows are counted, and the cure is written out."""
    candidate = candidate_for(lab, column())
    with pytest.raises(InputError, match="NULL in 2 of the 2 rows") as refused:
        candidate.fill(PLAN, sql="nullif(name, name)")
    assert "coalesce(nullif(name, name), …)" in refused.value.cure


def test_a_wrong_expression_is_refused(lab: Lab) -> None:
    """D3: the database's own words are in the error."""
    candidate = candidate_for(lab, column())
    with pytest.raises(InputError, match="The database refuses `lower"):
        candidate.fill(PLAN, sql="lower(nam)")
    assert upgraded(lab, candidate.fill(PLAN, sql="lower(name)")) == ["ann 1", "ann 2"]


def test_one_value_for_a_unique_column_is_refused(lab: Lab) -> None:
    """D3: two rows cannot have it."""
    candidate = candidate_for(lab, column(unique=True))
    with pytest.raises(InputError, match=r"`users\.plan` is unique, so 2 rows cannot all get 'x'"):
        candidate.fill(PLAN, "x")


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_one_way_of_filling_at_a_time(lab: Lab) -> None:
    """D3: two ways at once, or none, are refused."""
    candidate = candidate_for(lab, column())
    with pytest.raises(InputError, match="but 2 were given"):
        candidate.fill(PLAN, "x", copy="name")
    with pytest.raises(InputError, match="but 0 were given"):
        candidate.fill(PLAN)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_kept_answer_that_no_longer_fits_is_asked_anew(lab: Lab) -> None:
    """D3: a second row came, and a unique column cannot have one value twice."""
    candidate_for(lab, column(unique=True), rows=1).fill(PLAN, "x")
    execute(lab, "INSERT INTO users (id, name) VALUES (2, 'Bob')")
    assert len(lab.autogenerate("Add plans").questions.open) == 1


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_large_table_is_filled_in_batches(lab: Lab) -> None:
    """D3: above 100 000 rows, each range of keys is committed by itself; a rerun goes on."""
    be(lab, users())
    execute(lab, "INSERT INTO users SELECT n, 'Ann' FROM generate_series(1, 100001) AS n")
    want(lab, users(column()))
    candidate = lab.autogenerate("Add plans").fill(PLAN, "free")
    candidate.write()
    run = lab.upgrade()
    updates = [one.rows for one in run.statements if one.sql.startswith("UPDATE users")]
    assert updates == [50_000, 50_000, 1]
    assert "IF NOT EXISTS" in candidate.sql("postgresql")
    assert list(lab.drift()) == []
