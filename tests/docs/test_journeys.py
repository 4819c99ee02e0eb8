"""How many files a reader opens to follow one use of the lab: `make journeys` counts them."""

import pytest

from schema_lab.database.urls import masked
from scripts.journeys import Journey, journeys


@pytest.fixture(scope="module")
def found() -> dict[str, Journey]:
    """Take the journeys once."""
    return journeys()


def test_a_call_is_traced() -> None:
    """A journey notes the file of each function of the package, and the calls between files."""
    journey = Journey.of(lambda: masked("sqlite:///a.db"))
    assert journey.files == 1
    assert journey.hops == journey.calls == 0
    assert journey.trace[0].endswith("urls.py")


def test_an_upgrade_is_told_in_few_files(found: dict[str, Journey]) -> None:
    """An upgrade runs through at most 38 files, with at most 110 calls between them."""
    assert found["upgrade to it"].files <= 38
    assert found["upgrade to it"].calls <= 110
