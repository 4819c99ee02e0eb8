"""The rows that stand in the way are shown as rows: whole, ten at most, with their count (D5)."""

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from tests.support.labs import be, execute, filled_in, users, want


def filled(lab: Lab, plans: Sequence[Any]) -> None:
    """Make users with a plan, and a row for each of the plans."""
    metadata = users(sa.Column("plan", sa.String(50)), sa.Column("chief", sa.Integer))
    be(lab, metadata)
    rows = [{"id": at, "name": f"<{at}>", "plan": one} for at, one in enumerate(plans, start=1)]
    with lab.engine.begin() as connection:
        connection.execute(metadata.tables["users"].insert(), rows)


def candidate_with(lab: Lab, *parts: sa.schema.SchemaItem) -> Candidate:
    """Propose the same users with these parts more."""
    want(lab, users(sa.Column("plan", sa.String(50)), sa.Column("chief", sa.Integer), *parts))
    return lab.autogenerate("Change users")


def unique(lab: Lab) -> Candidate:
    """Propose to make the plans unique."""
    return candidate_with(lab, sa.UniqueConstraint("plan", name="uq_users_plan"))


def test_duplicates_are_shown_side_by_side(lab: Lab) -> None:
    """D5: each row of each group, with its key and its other columns; no other row."""
    filled(lab, ["b", "a", "b", "c", None, None, "a"])
    (found,) = unique(lab).offending
    assert list(found.frame.columns) == ["id", "name", "plan", "chief"]
    assert [(row[0], row[2]) for row in found.rows] == [(2, "a"), (7, "a"), (1, "b"), (3, "b")]
    assert found.total == 4


def test_ten_rows_are_shown_and_all_are_counted(lab: Lab) -> None:
    """D5: the table says how many there are."""
    filled(lab, ["a"] * 25)
    candidate = unique(lab)
    (found,) = candidate.offending
    assert (len(found.rows), found.total) == (10, 25)
    assert "the first 10 of 25 rows" in candidate._repr_html_()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_rows_are_escaped(lab: Lab) -> None:
    """D5: what stands in a row is shown as text."""
    filled(lab, ["a", "a"])
    html = unique(lab)._repr_html_()
    assert "&lt;1&gt;" in html
    assert "<1>" not in html


def test_orphans_are_shown(lab: Lab) -> None:
    """D5: the rows whose parent is missing, when a foreign key is added."""
    filled(lab, ["a", "b", "c"])
    execute(
        lab, "UPDATE users SET chief = 7 WHERE id = 2", "UPDATE users SET chief = 1 WHERE id = 3"
    )
    key = sa.ForeignKeyConstraint(["chief"], ["users.id"], name="fk_chief")
    (found,) = candidate_with(lab, key).offending
    assert [row[0] for row in found.rows] == [2]


def test_values_too_long_are_shown(lab: Lab) -> None:
    """D4: the rows with them, when a type becomes shorter."""
    filled(lab, ["a", "x" * 12, None])
    want(lab, users(sa.Column("plan", sa.String(10)), sa.Column("chief", sa.Integer)))
    (found,) = lab.autogenerate("Shorten").offending
    assert [row[0] for row in found.rows] == [2]


def test_the_review_of_a_script_shows_the_rows_that_break_a_check(lab: Lab) -> None:
    """D5: a CHECK in a script on disk; NULL passes."""
    filled(lab, ["", "b", None, ""])
    lines = "with op.batch_alter_table('users') as batch:\n    batch.create_check_constraint"
    filled_in(lab, "Check", f"{lines}('ck_plan', sa.text(\"plan <> ''\"))")
    findings = lab.review()
    (found,) = [one for one in findings if one.code == "SL205"]
    assert "2 rows violate it" in found.sentence
    assert found.rows is not None
    assert list(found.rows.frame["id"]) == [1, 4]
    assert "&lt;4&gt;" in findings._repr_html_()


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_check_that_a_project_adds_by_itself_is_asked_too(lab: Lab) -> None:
    """D5: Alembic compares no CHECKs, but an env.py may add one to each candidate."""
    filled(lab, ["", "b"])
    env = lab.root / "alembic" / "env.py"
    env.write_text(
        "from alembic import context\n"
        "from alembic.operations import ops\n"
        "from sqlalchemy import NullPool, create_engine\n"
        "def add(context, revision, scripts):\n"
        "    check = ops.CreateCheckConstraintOp('ck_plan', 'users', \"plan <> ''\")\n"
        "    scripts[0].upgrade_ops.ops.append(ops.ModifyTableOps('users', [check]))\n"
        "url = context.config.get_main_option('sqlalchemy.url')\n"
        "with create_engine(url, poolclass=NullPool).connect() as connection:\n"
        "    context.configure(\n"
        "        connection=connection, target_metadata=None, process_revision_directives=add\n"
        "    )\n"
        "    with context.begin_transaction():\n"
        "        context.run_migrations()\n"
    )
    assert candidate_with(lab).obstacles == ("1 row of `users` violates CHECK `ck_plan`.",)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_truth_is_shown_as_truth(lab: Lab) -> None:
    """A column of type BOOLEAN shows True and False, on SQLite too, which keeps 1 and 0."""
    active = sa.Column("active", sa.Boolean)
    metadata = users(active)
    be(lab, metadata)
    rows = [{"id": 1, "name": "x", "active": True}, {"id": 2, "name": "x", "active": False}]
    with lab.engine.begin() as connection:
        connection.execute(metadata.tables["users"].insert(), rows)
    want(lab, users(sa.Column("active", sa.Boolean), sa.UniqueConstraint("name", name="uq_name")))
    (found,) = lab.autogenerate("Change users").offending
    assert [str(row[2]) for row in found.rows] == ["True", "False"]
