"""The SQL of a candidate runs as it stands, and its downgrade takes the upgrade back."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.candidate import Candidate
from tests.support.labs import be, users, want


def _candidate(lab: Lab) -> Candidate:
    """Propose a change for which SQLite copies the table, both ways."""
    be(lab, users(sa.Column("plan", sa.String(9), index=True), sa.Column("n", sa.Integer)))
    plan = sa.Column("plan", sa.String(20), server_default="x", nullable=False)
    unique = sa.UniqueConstraint("plan", name="uq_plan")
    want(lab, users(plan, sa.Column("n", sa.Integer, index=True), sa.Column("m", sa.Date), unique))
    return lab.autogenerate("Change")


def _outline(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    found = list(connection.execute("SELECT * FROM pragma_table_info('users')"))
    return [*found, *connection.execute("SELECT name FROM sqlite_master ORDER BY name")]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_downgrade_starts_from_what_the_upgrade_made(lab: Lab, tmp_path: Path) -> None:
    """SQL of both directions, run on the file, leaves the schema as it was."""
    candidate = _candidate(lab)
    with closing(sqlite3.connect(str(lab.engine.url.database))) as connection:
        before = _outline(connection)
        connection.executescript(candidate.sql("sqlite"))
        assert _outline(connection) != before
        connection.executescript(candidate.sql("sqlite", "downgrade"))
        assert _outline(connection) == before


def test_the_sql_of_one_dialect_leaves_that_of_another_whole(lab: Lab) -> None:
    """Indexes stand beside SQLite's copy, and where they stood elsewhere."""
    candidate = _candidate(lab)
    before = candidate.sql("postgresql")
    candidate.sql("sqlite")
    candidate.sql("sqlite", "downgrade")
    assert candidate.sql("postgresql") == before
    assert "CREATE INDEX ix_users_n" in before
