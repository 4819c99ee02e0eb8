"""Rows over which an upgrade would stumble: counted and named before a script is written."""

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.errors import HistoryError, MigrationError
from tests.support.dump import schema_dump
from tests.support.labs import be, execute, users, want


def filled(lab: Lab, column: sa.Column[Any], values: Sequence[Any]) -> None:
    """Make users with one more column, and a row for each of its values."""
    metadata = users(column)
    be(lab, metadata)
    rows = [{"id": at, "name": "Ann", column.name: one} for at, one in enumerate(values, start=1)]
    with lab.engine.begin() as connection:
        connection.execute(metadata.tables["users"].insert(), rows)


def candidate_for(lab: Lab, *parts: sa.schema.SchemaItem) -> Candidate:
    """Propose users with these parts instead."""
    want(lab, users(*parts))
    return lab.autogenerate("Change users")


def text(name: str = "plan", length: int = 50, **options: Any) -> sa.Column[Any]:
    """Give a text column."""
    return sa.Column(name, sa.String(length), **options)


def test_values_too_long_for_a_shorter_type_are_counted(lab: Lab) -> None:
    """D4: the sentence has the count of values and the longest, in characters."""
    filled(lab, text(), ["é" * 37, "x" * 11, "é" * 10, None])
    candidate = candidate_for(lab, text(length=10))
    assert candidate.obstacles == (
        "2 values of `users.plan` are longer than 10 characters. The longest has 37.",
    )


def test_a_shorter_type_that_fits_every_value_is_no_obstacle(lab: Lab) -> None:
    """D4: only rows count, not the change by itself; the upgrade then works."""
    filled(lab, text(), ["é" * 10, None])
    candidate = candidate_for(lab, text(length=10))
    assert candidate.obstacles == ()
    candidate.write()
    lab.upgrade()
    assert list(lab.drift()) == []


def test_a_type_that_gets_a_length_is_shorter_too(lab: Lab) -> None:
    """D4: TEXT made VARCHAR(10)."""
    filled(lab, sa.Column("plan", sa.Text), ["x" * 11])
    assert len(candidate_for(lab, text(length=10)).obstacles) == 1


def test_values_that_stand_more_than_once_are_listed(lab: Lab) -> None:
    """D5: a unique constraint names the values, the most frequent first, each with its rows."""
    filled(lab, text(), ["b'", "a", "b'", "c", "b'", "a", None, None])
    constraint = sa.UniqueConstraint("plan", name="uq_users_plan")
    assert candidate_for(lab, text(), constraint).obstacles == (
        "2 values of `users.plan` occur more than once: \"b'\" (3 rows), 'a' (2 rows).",
    )


def test_a_unique_index_is_asked_for_too(lab: Lab) -> None:
    """D5: a unique index over several columns names the pairs; NULL is like no other NULL."""
    filled(lab, text(), ["a", "a", None, None])
    index = sa.Index("ix_users", "name", "plan", unique=True)
    assert candidate_for(lab, text(), index).obstacles == (
        "1 value of `users.(name, plan)` occurs more than once: ('Ann', 'a') (2 rows).",
    )


def test_at_most_five_values_are_listed(lab: Lab) -> None:
    """D5: the count is of all, the list has five; a long value is cut."""
    filled(lab, text(length=200), [f"{at}{'x' * 100}" for at in range(7)] * 2)
    constraint = sa.UniqueConstraint("plan", name="uq_users_plan")
    (sentence,) = candidate_for(lab, text(length=200), constraint).obstacles
    assert sentence.startswith("7 values of `users.plan`")
    assert sentence.count("(2 rows)") == 5
    assert sentence.endswith("…")
    assert len(sentence) < 500


def test_what_is_equal_is_for_the_database_to_say(lab: Lab, dialect: str) -> None:
    """D5: MariaDB's usual collation does not tell A from a; the others do."""
    filled(lab, text(), ["A", "a"])
    constraint = sa.UniqueConstraint("plan", name="uq_users_plan")
    found = candidate_for(lab, text(), constraint).obstacles
    assert len(found) == (1 if dialect == "mariadb" else 0)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_partial_index_asks_only_its_rows(lab: Lab) -> None:
    """D5: rows outside the index's condition may repeat."""
    filled(lab, text(), ["a", "a", "b", "b"])
    condition = sa.text("plan <> 'a'")
    index = sa.Index(
        "ix_users_plan", "plan", unique=True, sqlite_where=condition, postgresql_where=condition
    )
    (sentence,) = candidate_for(lab, text(), index).obstacles
    assert sentence == "1 value of `users.plan` occurs more than once: 'b' (2 rows)."


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_an_index_on_an_expression_is_asked_as_it_will_be(lab: Lab) -> None:
    """D5: lower(plan) repeats where plan itself does not."""
    filled(lab, text(), ["Ab", "aB ", "c"])
    metadata = users(text())
    plan = metadata.tables["users"].c.plan
    sa.Index("ix_users_plan", sa.func.trim(sa.func.lower(plan)), unique=True)
    want(lab, metadata)
    (sentence,) = lab.autogenerate("Add an index").obstacles
    assert sentence.endswith("occurs more than once: 'ab' (2 rows).")


def test_an_index_on_a_column_that_is_only_added_asks_nothing(lab: Lab) -> None:
    """D5: a column that is not there yet has no values to repeat."""
    filled(lab, text(), ["a", "a"])
    candidate = candidate_for(lab, text(), text("city"), sa.Index("ix", "city", unique=True))
    assert candidate.obstacles == ()


def test_nulls_in_a_column_that_shall_have_none_are_counted(lab: Lab) -> None:
    """D3: NOT NULL over rows with NULL is a question."""
    filled(lab, text(), ["a", None, None])
    (question,) = candidate_for(lab, text(nullable=False)).questions
    assert question.evidence == ("2 of 3 values of `users.plan` are NULL.",)


def test_orphans_of_a_new_foreign_key_are_counted(lab: Lab) -> None:
    """D5: a foreign key over values that its table does not have."""
    filled(lab, sa.Column("chief", sa.Integer), [1, 2, 7, None])
    key = sa.ForeignKeyConstraint(["chief"], ["users.id"], name="fk_chief")
    assert candidate_for(lab, sa.Column("chief", sa.Integer), key).obstacles == (
        "1 value of `users.chief` has no row in `users`.",
    )


def test_a_foreign_key_to_a_table_that_is_only_made_has_orphans_only(lab: Lab) -> None:
    """D5: a new table is empty, so that every value is an orphan."""
    filled(lab, sa.Column("team", sa.Integer), [1, None])
    after = users(sa.Column("team", sa.Integer, sa.ForeignKey("teams.id", name="fk_team")))
    sa.Table("teams", after, sa.Column("id", sa.Integer, primary_key=True))
    want(lab, after)
    assert lab.autogenerate("Add teams").obstacles == (
        "1 value of `users.team` has no row in `teams`.",
    )


@pytest.mark.parametrize("name", ["or\"der's `x` 100% :n", "select"])
def test_names_are_quoted_in_the_question(lab: Lab, name: str, dialect: str) -> None:
    """D4, I3: a hostile column name is asked about as it is."""
    if dialect == "mariadb":
        name = name.replace("`", "")
    filled(lab, text(name), ["x" * 11, None])
    candidate = candidate_for(lab, text(name, 10, nullable=False))
    assert [sentence.split(f"users.{name}` ")[0] for sentence in candidate.obstacles] == [
        "1 value of `",
    ]
    assert {one.about for one in candidate.questions} == {f"users.{name}"}


def test_nothing_is_written_or_changed(lab: Lab) -> None:
    """D4: the refusal names the rows and the cure; files and database are as before."""
    filled(lab, text(), ["x" * 11])
    before = schema_dump(lab.engine.url), sorted(lab.root.rglob("*.py"))
    candidate = candidate_for(lab, text(length=10))
    with pytest.raises(HistoryError) as refused:
        candidate.write()
    assert "is longer than 10 characters: 'xxxxxxxxxxx' (id 1)" in refused.value.fact
    assert "despite_data=True" in refused.value.cure
    assert (schema_dump(lab.engine.url), sorted(lab.root.rglob("*.py"))) == before


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_the_database_agrees(lab: Lab) -> None:
    """D5: what the candidate warns of is what stops the upgrade, and no row is lost then."""
    filled(lab, text(), ["a", "a"])
    constraint = sa.UniqueConstraint("plan", name="uq_users_plan")
    candidate_for(lab, text(), constraint).write(despite_data=True)
    with pytest.raises(MigrationError):
        lab.upgrade()
    assert list(lab.rows("users")["plan"]) == ["a", "a"]


def test_mended_rows_are_no_obstacle(lab: Lab) -> None:
    """D5: after the cure the same candidate is proposed without an obstacle, and works."""
    filled(lab, text(), ["a", "a"])
    constraint = sa.UniqueConstraint("plan", name="uq_users_plan")
    execute(lab, "UPDATE users SET plan = 'b' WHERE id = 2")
    candidate_for(lab, text(), constraint).write()
    lab.upgrade()
    assert list(lab.rows("users")["plan"]) == ["a", "b"]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_views_show_the_obstacles_escaped(lab: Lab) -> None:
    """D5, I3: text and HTML name the value, and its markup is text."""
    filled(lab, text(), ["<script>", "<script>"])
    candidate = candidate_for(lab, text(), sa.UniqueConstraint("plan", name="uq"))
    assert "'<script>' (2 rows)" in repr(candidate)
    assert "&lt;script&gt;" in candidate._repr_html_()
    assert "<script>" not in candidate._repr_html_()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_drift_asks_no_rows(lab: Lab) -> None:
    """D4: looking at the drift stays quick on large tables: rows are asked for a candidate only."""
    filled(lab, text(), ["x" * 11])
    want(lab, users(text(length=10)))
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        lab.drift()
        during_drift = len([one for one in asked if "length(" in one])
        lab.autogenerate("Change users")
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert during_drift == 0
    assert any("length(" in one for one in asked)
