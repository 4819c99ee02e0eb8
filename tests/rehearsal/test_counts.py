"""A rehearsal counts exactly what a migration does to the rows."""

from pathlib import Path

import pytest

from schema_lab.rehearsal import Rehearsal
from tests.rehearsal.people import counted, people, rows_of
from tests.support.revisions import Walk


@pytest.fixture
def walk(tmp_path: Path, database_url: str, dialect: str) -> Walk:
    """Give a database with people, and a migration that drops, narrows, casts, fills and merges."""
    return people(tmp_path / "walk", database_url, dialect)


def told(rehearsal: Rehearsal) -> dict[tuple[str, str], int]:
    """Give what a rehearsal says of losses and changes, by kind and column."""
    changed = {("changed", one.column): one.count for one in rehearsal.changes}
    lost = {(one.kind, one.column or ""): one.count for one in rehearsal.losses}
    return changed | lost


def test_lost_and_changed_values_are_counted_exactly(walk: Walk) -> None:
    """What is foretold equals what Python counts when the same migration then runs for real."""
    rehearsal = walk.lab().rehearse()
    before = rows_of(walk)
    walk.lab().upgrade(accept_loss=True)
    expected = counted(before, rows_of(walk))
    assert len(expected) == 7
    assert told(rehearsal) == expected


def test_the_live_database_stays_as_it_is(walk: Walk) -> None:
    """Schema and rows have the same checksum before and after."""
    before = walk.dump()
    walk.lab().rehearse()
    assert walk.dump() == before


def test_it_fits_until_something_changes(walk: Walk) -> None:
    """A rehearsal knows the state that it was of."""
    lab = walk.lab()
    rehearsal = lab.rehearse()
    assert rehearsal.fits(lab._environment)
    walk.sql("UPDATE people SET fax = NULL WHERE id = 1", "INSERT INTO people (id) VALUES (99)")
    assert "rows in `people` was 40 and is now 41" in rehearsal.changed_since(lab._environment)
