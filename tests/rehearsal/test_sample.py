"""A large database is rehearsed on a sample, in which rows that others refer to stay whole."""

from pathlib import Path

import pytest

from schema_lab.database import engine_for
from schema_lab.rehearsal.copies import module_of, sampling
from schema_lab.rehearsal.rehearsal_copy import LIMITS
from tests.rehearsal.people import people
from tests.support.revisions import Walk

CREATE = """
op.create_table(
    "places",
    sa.Column("country", sa.String(2), primary_key=True),
    sa.Column("town", sa.String(20), primary_key=True),
)
op.create_table(
    "staff",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("boss", sa.Integer, sa.ForeignKey("staff.id")),
    sa.Column("country", sa.String(2)),
    sa.Column("town", sa.String(20)),
    sa.ForeignKeyConstraint(["country", "town"], ["places.country", "places.town"]),
)
"""
ORPHANS = (
    (
        "SELECT count(*) FROM staff s WHERE boss IS NOT NULL"
        " AND NOT EXISTS (SELECT 1 FROM staff b WHERE b.id = s.boss)"
    ),
    (
        "SELECT count(*) FROM staff s WHERE NOT EXISTS"
        " (SELECT 1 FROM places p WHERE p.country = s.country AND p.town = s.town)"
    ),
)


@pytest.fixture(autouse=True)
def _small_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "ROWS", 4)


def test_rows_that_others_refer_to_come_along(tmp_path: Path, database_url: str) -> None:
    """Parents by one column or by two, in the same table or in another, are all there."""
    walk = Walk.begin(tmp_path / "walk", database_url)
    walk.revision("0001", CREATE)
    walk.lab().upgrade()
    walk.sql(
        *(f"INSERT INTO places VALUES ('ch', 'town{n:02}')" for n in range(20)),
        "INSERT INTO staff VALUES (1, NULL, 'ch', 'town19')",
        *(f"INSERT INTO staff VALUES ({n}, {n - 1}, 'ch', 'town{n:02}')" for n in range(2, 20)),
    )
    environment = walk.lab()._environment
    with module_of(environment).sample(environment) as copy:
        with engine_for(copy.url).connect() as connection:
            found = [connection.exec_driver_sql(one).scalar() for one in ORPHANS]
        assert found == [0, 0]
        assert 4 <= copy.sampled[None, "places"] < 20


def test_the_report_says_that_it_is_a_sample(
    tmp_path: Path, database_url: str, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit a sample is taken, and said so, with what the real table may take."""
    walk = people(tmp_path / "walk", database_url, dialect, rows=8)
    monkeypatch.setitem(LIMITS, "mysql" if dialect == "mariadb" else dialect, 0)
    rehearsal = walk.lab().rehearse()
    assert rehearsal.how == "sample"
    assert [(one.taken, one.rows) for one in rehearsal.sampled if one.table == "people"] == [(4, 8)]
    assert "4 of 8 rows of `people`" in repr(rehearsal)
    estimated = [(one.estimated, one.milliseconds) for one in rehearsal.statements]
    assert estimated[1][0] == pytest.approx(2 * estimated[1][1])
