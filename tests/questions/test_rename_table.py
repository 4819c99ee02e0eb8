"""A dropped and a created table: the lab asks, and a rename keeps the rows (D1)."""

from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from schema_lab.errors import HistoryError
from tests.support.labs import be, execute, scalars, want


def tables(name: str, *parts: sa.schema.SchemaItem, orders: bool = False) -> sa.MetaData:
    """Give one table, and orders that point to it."""
    metadata = sa.MetaData()
    sa.Table(
        name,
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("email", sa.String(50), nullable=False),
        *parts,
    )
    if orders:
        key = sa.ForeignKey(f"{name}.id", name="fk_orders_person", ondelete="CASCADE")
        sa.Table(
            "orders",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("person", sa.Integer, key),
        )
    return metadata


def candidate_for(lab: Lab, before: sa.MetaData, after: sa.MetaData) -> Candidate:
    """Have two members, want people, and autogenerate."""
    be(lab, before)
    with lab.engine.begin() as connection:
        for email in ("a@x", "b@x"):
            connection.execute(before.tables["members"].insert(), {"email": email})
    want(lab, after)
    return lab.autogenerate("Call them people")


def plan(**options: Any) -> sa.Column[str]:
    """Give a text column."""
    return sa.Column("plan", sa.String(20), **options)


def test_a_dropped_table_beside_a_new_one_is_asked(lab: Lab) -> None:
    """D1: rows and likeness are the evidence; unanswered it is not written."""
    candidate = candidate_for(lab, tables("members"), tables("people"))
    (question,) = candidate.questions
    assert question.sentence == (
        "The table `members` is no longer in the models: was it renamed to `people`?"
    )
    assert question.evidence[0] == "Dropping `members` loses 2 rows."
    assert "share 2 of 2 columns" in question.evidence[1]
    with pytest.raises(HistoryError, match=r"candidate\.rename\('members', 'people'\)"):
        candidate.write()


def test_the_rows_stay(lab: Lab) -> None:
    """D1: also new keys are still counted on, and nothing differs afterwards."""
    candidate_for(lab, tables("members"), tables("people")).rename("members", "people").write()
    lab.upgrade()
    execute(lab, "INSERT INTO people (email) VALUES ('c@x')")
    assert scalars(lab, "SELECT id FROM people ORDER BY id") == [1, 2, 3]
    assert list(lab.drift()) == []


def test_the_downgrade_gives_the_name_back(lab: Lab) -> None:
    """D1: the rows are there under the former name."""
    candidate_for(lab, tables("members"), tables("people")).rename("members", "people").write()
    lab.upgrade()
    lab.downgrade()
    assert scalars(lab, "SELECT email FROM members ORDER BY id") == ["a@x", "b@x"]


def test_what_else_differs_follows(lab: Lab) -> None:
    """D1: columns, indexes and constraints change under the new name, and change back."""
    before = tables("members", plan(index=True), sa.UniqueConstraint("email", name="uq_members"))
    after = tables(
        "people",
        sa.Column("plan", sa.String(30), index=True),
        sa.Column("city", sa.String(20)),
        sa.UniqueConstraint("email", name="uq_people"),
    )
    candidate_for(lab, before, after).rename("members", "people").write()
    lab.upgrade()
    assert list(lab.drift()) == []
    assert set(lab.indexes("people")["index"]) >= {"ix_people_plan"}
    lab.downgrade()
    assert list(lab.columns("members")["column"]) == ["id", "email", "plan"]
    assert set(lab.indexes("members")["index"]) >= {"ix_members_plan"}


@pytest.mark.parametrize("name", ["fk_orders_person", "fk_orders_people"])
def test_foreign_keys_of_other_tables_follow(lab: Lab, name: str) -> None:
    """D1: orders still point to their people, whether the key's own name changes or not."""
    after = tables("people", orders=True)
    (key,) = after.tables["orders"].foreign_key_constraints
    key.name = name
    candidate = candidate_for(lab, tables("members", orders=True), after)
    execute(lab, "INSERT INTO orders (id, person) VALUES (1, 2)")
    candidate.rename("members", "people").write()
    lab.upgrade()
    (found,) = lab.foreign_keys("orders").to_dict("records")
    assert (found["name"], found["referred_table"]) == (name, "people")
    assert list(lab.drift()) == []
    lab.downgrade()
    assert list(lab.foreign_keys("orders")["referred_table"]) == ["members"]
    assert scalars(lab, "SELECT person FROM orders") == [2]


def test_a_table_that_points_to_itself(lab: Lab) -> None:
    """D1: its own foreign key follows."""

    def chiefs(name: str) -> sa.MetaData:
        key = sa.ForeignKey(f"{name}.id", name="fk_chief")
        return tables(name, sa.Column("chief", sa.Integer, key))

    candidate = candidate_for(lab, chiefs("members"), chiefs("people"))
    assert len(candidate.rename("members", "people").operations) == 1
    candidate.write()
    lab.upgrade()
    assert list(lab.drift()) == []


def test_a_column_of_it_may_be_renamed_too(lab: Lab) -> None:
    """D1: the next question names the table by its new name."""
    candidate = candidate_for(
        lab, tables("members", plan()), tables("people", sa.Column("tariff", sa.String(20)))
    )
    execute(lab, "UPDATE members SET plan = 'pro'")
    candidate.rename("members", "people").rename("people.plan", "tariff").write()
    lab.upgrade()
    assert scalars(lab, "SELECT tariff FROM people") == ["pro", "pro"]
    assert list(lab.drift()) == []


def test_a_column_of_it_may_be_filled_too(lab: Lab) -> None:
    """D1, D3: the rows are counted under the former name."""
    candidate = candidate_for(lab, tables("members"), tables("people", plan(nullable=False)))
    candidate.rename("members", "people").fill("people.plan", copy="email").write()
    lab.upgrade()
    assert scalars(lab, "SELECT plan FROM people ORDER BY id") == ["a@x", "b@x"]
    lab.downgrade(accept_loss="people.plan")
    assert list(lab.columns("members")["column"]) == ["id", "email"]


def test_unlike_tables_are_not_asked_about(lab: Lab) -> None:
    """D1: fewer than half of the columns are alike."""
    after = sa.MetaData()
    parts = [sa.Column(name, sa.Integer) for name in ("email", "x", "y")]
    sa.Table("people", after, sa.Column("id", sa.Integer, primary_key=True), *parts)
    assert len(candidate_for(lab, tables("members"), after).questions) == 0


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_table_may_really_go(lab: Lab) -> None:
    """D1: said so, the script drops it, and says that somebody chose it."""
    candidate = candidate_for(lab, tables("members"), tables("people")).drop("members")
    assert "# members is dropped, not renamed." in candidate.upgrade_code
    assert candidate.write().path is not None


def test_a_link_table_is_asked_about(lab: Lab) -> None:
    """Two keys that point to the same tables tell as much as other columns do."""

    def linked(name: str) -> sa.MetaData:
        metadata = sa.MetaData()
        for table in ("books", "tags"):
            sa.Table(table, metadata, sa.Column("id", sa.Integer, primary_key=True))
        link = sa.Table(name, metadata)
        for table in ("books", "tags"):
            key = sa.ForeignKey(f"{table}.id", name=f"fk_{name}_{table}")
            link.append_column(sa.Column(f"{table}_id", key, primary_key=True))
        return metadata

    be(lab, linked("booktag"))
    execute(lab, "INSERT INTO books VALUES (1)", "INSERT INTO tags VALUES (1)")
    execute(lab, "INSERT INTO booktag VALUES (1, 1)")
    want(lab, linked("labelling"))
    lab.autogenerate("Call it labelling").rename("booktag", "labelling").write()
    lab.upgrade()
    assert scalars(lab, "SELECT books_id FROM labelling") == [1]
    assert list(lab.drift()) == []


def test_a_table_and_its_columns_are_renamed_together(lab: Lab) -> None:
    """One table that goes and one that comes with the same kinds of values may be one table."""
    after = sa.MetaData()
    key: sa.Column[int] = sa.Column("id", sa.Integer, primary_key=True)
    sa.Table("people", after, key, sa.Column("address", sa.String(50)))
    candidate = candidate_for(lab, tables("members"), after)
    candidate.rename("members", "people").rename("people.email", "address").write()
    lab.upgrade()
    assert scalars(lab, "SELECT address FROM people ORDER BY id") == ["a@x", "b@x"]
    assert list(lab.drift()) == []
