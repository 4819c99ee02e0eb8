"""A project with one sound revision, on a database of each dialect."""

from pathlib import Path

import pytest

from tests.support.revisions import Walk

TABLES = """
op.create_table(
    "counters",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
)
op.execute("INSERT INTO counters (id, n) VALUES (1, 0)")
"""


@pytest.fixture
def fresh(tmp_path: Path, database_url: str) -> Walk:
    """Give a project whose first revision has not run."""
    walk = Walk.begin(tmp_path / "walk", database_url)
    walk.revision("0001", TABLES, 'op.drop_table("counters")')
    return walk


@pytest.fixture
def walk(fresh: Walk) -> Walk:
    """Give a project at its first revision: a table counters with one row, n = 0."""
    fresh.lab().upgrade()
    return fresh
