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


SLOW = {
    "sqlite": "INSERT INTO counters SELECT 100, COUNT(*) FROM (WITH RECURSIVE c(x) AS (SELECT 1"
    " UNION ALL SELECT x + 1 FROM c WHERE x < 6000000) SELECT x FROM c)",
    "postgresql": "SELECT pg_sleep(2)",
    "mariadb": "SELECT SLEEP(2)",
}
"""A statement that takes about two seconds."""

SLOW_REVISION = """
import pathlib
op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True))
op.execute("UPDATE counters SET n = n + 1 WHERE id = 1")
pathlib.Path("slow").touch()
op.execute("{slow}")
op.execute("UPDATE counters SET n = n + 1 WHERE id = 1")
"""


@pytest.fixture
def slow(walk: Walk, dialect: str) -> Walk:
    """Give a walk with a slow revision, which touches the file `slow` before it becomes so."""
    walk.revision("0002", SLOW_REVISION.format(slow=SLOW[dialect]))
    return walk
