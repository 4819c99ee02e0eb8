"""Rehearsals of a project that knows nothing of the lab."""

import pytest

from tests.lab.foreign import Foreign, Made, make
from tests.support.dump import schema_dump

__all__ = ["make"]


@pytest.fixture
def shop(make: Made) -> Foreign:
    """Make a project with the generic template and one model."""
    return make()


def test_its_candidate_is_rehearsed(shop: Foreign, database_url: str) -> None:
    """The project's own env.py and template serve on the copy, and its folder stays as it was."""
    lab = shop.lab(database_url)
    candidate, before = lab.autogenerate("Create products"), schema_dump(database_url)
    files = sorted(shop.root.rglob("*.py"))
    rehearsal = candidate.rehearse()
    assert rehearsal.succeeded
    assert {one.table for one in rehearsal.columns} == {"products"}
    assert list(rehearsal.drift) == []
    assert rehearsal.round_trip.traces == ()
    assert sorted(shop.root.rglob("*.py")) == files
    assert schema_dump(database_url) == before
