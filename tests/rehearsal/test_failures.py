"""A migration that fails is reported with the statement and the rows that stand in its way."""

from pathlib import Path

import pytest

from schema_lab.rehearsal import Failure
from tests.support.revisions import Walk

CREATE = """
op.create_table(
    "users",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(20)),
    sa.Column("age", sa.String(20)),
    sa.Column("boss", sa.Integer),
)
"""
ROWS = (
    "INSERT INTO users VALUES"
    " (1, 'Anna', '30', NULL), (2, 'Bob', 'abc', 1), (3, NULL, 'x', 99), (4, 'Bob', '5', 2)"
)
BATCH = "with op.batch_alter_table('users') as batch: batch."
CASES = {
    "alter_column('name', nullable=False, existing_type=sa.String(20))": ["3"],
    "create_unique_constraint('uq', ['name'])": ["2", "4"],
    "create_check_constraint('ck', 'id < 3')": ["3", "4"],
    "create_index('ix', ['name'], unique=True)": ["2", "4"],
    "add_column(sa.Column('plan', sa.String(5), nullable=False))": ["1", "2", "3", "4"],
}
ON_SERVERS = {
    "create_foreign_key('fk', 'users', ['boss'], ['id'])": ["3"],
    "alter_column('name', type_=sa.String(3), existing_type=sa.String(20))": ["1"],
    "alter_column('age', type_=sa.Integer(), existing_type=sa.String(20),"
    " postgresql_using='age::integer')": ["2", "3"],
}


@pytest.fixture
def walk(tmp_path: Path, database_url: str) -> Walk:
    """Give a database with four users."""
    walk = Walk.begin(tmp_path / "walk", database_url)
    walk.revision("0001", CREATE)
    walk.lab().upgrade()
    walk.sql(ROWS)
    return walk


def failure_of(walk: Walk, upgrade: str) -> Failure:
    """Rehearse an upgrade that fails."""
    walk.revision("0002", upgrade)
    quick = "transaction" if "postgresql" in walk.url else None
    rehearsal = walk.lab().rehearse("0002", quick)
    assert rehearsal.failure is not None
    return rehearsal.failure


def test_the_rows_in_the_way_are_found(walk: Walk, dialect: str) -> None:
    """NULLs, duplicates, missing parents, broken checks, and values that a type does not hold."""
    cases = CASES if dialect == "sqlite" else CASES | ON_SERVERS
    found = {upgrade: failure_of(walk, BATCH + upgrade) for upgrade in cases}
    ids = {upgrade: [row["id"] for row in one.rows] for upgrade, one in found.items()}
    assert ids == cases
    assert [one.count for one in found.values()] == [len(rows) for rows in cases.values()]
    assert {(one.table, one.revision) for one in found.values()} == {("users", "0002")}
    assert all(one.statement for one in found.values())


def test_a_percent_sign_is_one(walk: Walk) -> None:
    """A statement is shown and asked again as the server gets it, not as its driver wants it."""
    failure = failure_of(walk, f"{BATCH}create_check_constraint('ck', 'id % 2 = 1')")
    assert [row["id"] for row in failure.rows] == ["2", "4"]
    assert "%%" not in failure.statement + failure.sentence


def test_a_batch_that_fails_names_its_statement(walk: Walk) -> None:
    """SQLite's copy of a table is cleared away after it has failed, and still named."""
    failure = failure_of(walk, f"{BATCH}create_check_constraint('ck', 'id < 3')")
    statement = failure.statement.split()
    assert statement[:2] in (["INSERT", "INTO"], ["ALTER", "TABLE"])
    assert " ".join(statement)[:60] in " ".join(failure.sentence.split())


def test_rows_are_those_that_the_migration_itself_made(walk: Walk) -> None:
    """They are looked for within the transaction, after the statements that ran before."""
    upgrade = """
    op.execute("UPDATE users SET name = 'same' WHERE id < 4")
    op.create_index("ix", "users", ["name"], unique=True)
    """
    failure = failure_of(walk, upgrade)
    assert [row["name"] for row in failure.rows] == ["same"] * 3
    assert failure.statement.startswith("CREATE UNIQUE INDEX ix")


def test_the_report_names_them(walk: Walk) -> None:
    """Statement, reason and rows stand in the text and in the HTML, whose values are escaped."""
    walk.sql("UPDATE users SET name = '<b>Bob</b>' WHERE name = 'Bob'")
    walk.revision("0002", "op.create_index('ix', 'users', ['name'], unique=True)")
    rehearsal = walk.lab().rehearse()
    assert "it would fail" in repr(rehearsal)
    assert "2 rows of `users` block this migration" in repr(rehearsal)
    assert "&lt;b&gt;Bob&lt;/b&gt;" in rehearsal._repr_html_()
    assert "<b>Bob" not in rehearsal._repr_html_()
