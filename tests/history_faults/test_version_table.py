"""H1 to H5: the version table was damaged by hand."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from schema_lab import init_db
from schema_lab.errors import HistoryError
from schema_lab.history import refuse_forgotten
from schema_lab.history.script_text import created_first
from tests.history_faults.damage import FIRST, SECOND, VERBS, Place, alembic, errors, tables

ALL_BUT_STAMP = [verb for verb in VERBS if verb != "stamp"]

FORGOTTEN = {
    "H1": "DELETE FROM alembic_version",
    "H2": "DROP TABLE alembic_version",
}
IMPOSSIBLE = {
    "H3": "UPDATE alembic_version SET version_num = 'deadbeef'",
    "H4": f"INSERT INTO alembic_version VALUES ('{FIRST}')",
    "H5": "UPDATE alembic_version SET version_num = ''",
}
SAID = {
    "H3": "The database is at deadbeef, but no revision file has that id.",
    "H4": f"The version table contains {SECOND} and also {FIRST}, an earlier revision.",
    "H5": "The version table contains an empty revision id.",
}


@pytest.mark.parametrize("fault", FORGOTTEN)
def test_a_forgotten_revision_is_noticed_before_anything_runs(place: Place, fault: str) -> None:
    """H1, H2: the version row or table is gone; no verb runs the first revision again."""
    place.execute(FORGOTTEN[fault])
    before = place.dump()
    said = errors(place.lab, *ALL_BUT_STAMP)
    assert said.keys() == {"autogenerate", "upgrade", "downgrade", "merge"}
    assert f"tables users, user_profiles of revision {FIRST} already exist." in said["upgrade"]
    assert said["autogenerate"] == said["upgrade"]
    assert said["upgrade"] in place.lab.status().problem
    assert place.dump() == before


@pytest.mark.parametrize("fault", FORGOTTEN)
def test_a_forgotten_revision_is_remembered_by_a_stamp(place: Place, fault: str) -> None:
    """H1, H2: where the drift is empty, the cure that the error names makes the history whole."""
    place.execute(FORGOTTEN[fault])
    assert not place.lab.drift()
    place.lab.stamp("head")
    assert place.lab.upgrade().revisions == ()
    assert [one.applied for one in place.lab.history()] == [True, True]
    assert place.lab.status().problem == ""


def test_an_application_does_not_start_over_a_forgotten_revision(place: Place) -> None:
    """H2: init_db raises and leaves the database as it was."""
    place.execute(FORGOTTEN["H2"])
    before = place.dump()
    with pytest.raises(HistoryError, match="already exist"):
        init_db(place.url, config=place.project)
    assert place.dump() == before


def test_plain_alembic_leaves_a_forgotten_database_alone(place: Place) -> None:
    """H2: `alembic upgrade head` refuses too, and makes not even a version table."""
    place.execute(FORGOTTEN["H2"])
    before = place.dump()
    assert "already exist" in alembic(place, "upgrade", "head")
    assert place.dump() == before


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_deployment_stops_at_a_forgotten_revision(place: Place) -> None:
    """H1: scripts/run_migrations.py exits with 1 and names the stamp."""
    place.execute(FORGOTTEN["H1"])
    ran = subprocess.run(
        [sys.executable, "scripts/run_migrations.py", "--url", place.url],
        cwd=place.project,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "alembic stamp" in ran.stderr


@pytest.mark.parametrize("fault", IMPOSSIBLE)
def test_an_impossible_version_table_is_refused(place: Place, fault: str) -> None:
    """H3, H4, H5: no verb believes a version table to which no history can have led."""
    place.execute(IMPOSSIBLE[fault])
    before = place.dump()
    said = errors(place.lab, *ALL_BUT_STAMP)
    assert "is not a head" in said.pop("merge")
    assert said.keys() == {
        *("history", "current", "heads", "autogenerate", "upgrade", "downgrade"),
    }
    assert all(SAID[fault] in one and "lab.stamp(" in one for one in said.values())
    assert place.dump() == before


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("fault", IMPOSSIBLE)
def test_the_rest_of_an_impossible_place_stays_readable(place: Place, fault: str) -> None:
    """H3, H4, H5: the status still says heads, drift and what the version table holds."""
    place.execute(IMPOSSIBLE[fault])
    held = {row[0] for row in place.rows("SELECT version_num FROM alembic_version")}
    status = place.lab.status()
    assert (set(status.current or ()), status.heads) == (held, (SECOND,))
    assert status.drift is not None
    assert not status.drift
    assert SAID[fault] in status.problem


@pytest.mark.parametrize("fault", IMPOSSIBLE)
def test_a_stamp_replaces_an_impossible_version_table(place: Place, fault: str) -> None:
    """H3, H4, H5: the cure that the error names makes the history whole, and only that."""
    before = place.dump()
    place.execute(IMPOSSIBLE[fault])
    assert place.lab.stamp(SECOND).after == (SECOND,)
    assert place.dump() == before
    assert place.lab.downgrade("-1").after == (FIRST,)


def test_a_stamp_with_a_wrong_name_keeps_what_was_there(place: Place) -> None:
    """H3: the version table is replaced only by a revision that there is."""
    place.execute(IMPOSSIBLE["H3"])
    before = place.dump()
    with pytest.raises(HistoryError, match="nonsense"):
        place.lab.stamp("nonsense")
    assert place.dump() == before


def test_plain_alembic_refuses_to_go_on_from_two_rows(place: Place) -> None:
    """H4: `alembic downgrade -1` undoes nothing when it cannot know where it stands."""
    place.execute(IMPOSSIBLE["H4"])
    before = place.dump()
    assert SAID["H4"] in alembic(place, "downgrade", "-1")
    assert place.dump() == before


def test_plain_alembic_mends_an_unknown_revision(place: Place) -> None:
    """H3: `alembic stamp --purge`, which the error names, works on every dialect."""
    before = place.dump()
    place.execute(IMPOSSIBLE["H3"])
    assert alembic(place, "stamp", SECOND, purge=True) == ""
    assert place.dump() == before


DOUBTFUL: dict[str, str] = {
    "it says if_not_exists": 'op.create_table("notes", sa.Column("id"), if_not_exists=True)',
    "it stands under an if": 'if True:\n        op.create_table("notes", sa.Column("id"))',
    "SQL removed it before": (
        'op.execute("DROP TABLE IF EXISTS notes")\n    op.create_table("notes", sa.Column("id"))'
    ),
    "something unknown ran before": (
        'prepare()\n    op.create_table("notes", sa.Column("id", sa.Integer))'
    ),
}


@pytest.mark.parametrize("why", DOUBTFUL)
def test_a_table_in_doubt_does_not_count(project: Path, why: str) -> None:
    """H1: a table stands for a forgotten revision only where its creation must fail."""
    place = Place(project, "")
    assert created_first(place.write("0001", None, upgrade=DOUBTFUL[why])) == ()


SURE: dict[str, Callable[[str], str]] = {
    "alone": lambda create: create,
    "kept in a name": lambda create: f"notes = {create}",
    "after harmless SQL": lambda create: f'op.execute("SELECT 1")\n    {create}',
}


@pytest.mark.parametrize("how", SURE)
def test_a_table_that_must_fail_counts(project: Path, how: str) -> None:
    """H1: creations at the head of upgrade() stand for the revision, in their schema."""
    body = SURE[how]('op.create_table("notes", sa.Column("id"), schema="app")')
    assert created_first(Place(project, "").write("0001", None, upgrade=body)) == (
        ("app", "notes"),
    )


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_table_in_another_schema_is_another_table(place: Place) -> None:
    """H2: where the search path also leads to another schema's tables, they are not meant."""
    scripts = place.lab._environment.project.scripts()
    with place.lab.engine.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA tenant")
        connection.exec_driver_sql("SET search_path TO tenant, public")
        refuse_forgotten(connection, (), [scripts.get_revision(FIRST)])
        connection.exec_driver_sql("SET search_path TO public, tenant")
        with pytest.raises(HistoryError, match="already exist"):
            refuse_forgotten(connection, (), [scripts.get_revision(FIRST)])


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_fresh_database_is_upgraded(project: Path, database_url: str) -> None:
    """H2: a database with tables of others, and none of the first revision, is a fresh one."""
    place = Place(project, database_url)
    place.execute("CREATE TABLE others (id INTEGER)")
    assert place.lab.upgrade().after == (SECOND,)
    assert tables(place.url) == {"others", "users", "user_profiles", "alembic_version"}
