"""The history: every revision, newest first, and which of them the database has."""

import pytest

from schema_lab import Lab
from schema_lab.errors import HistoryError
from tests.support.labs import execute, filled_in


@pytest.fixture
def two(lab: Lab) -> tuple[str, str]:
    """Write two revisions and upgrade to the first."""
    ids = filled_in(lab, "First", "pass"), filled_in(lab, "Second", "pass")
    lab.upgrade(ids[0])
    return ids


def test_revisions_come_newest_first(lab: Lab, two: tuple[str, str]) -> None:
    """Each has its message, its parent, its file, and says whether the database has it."""
    second, first = lab.history()
    assert (first.id, first.message, first.down, first.applied) == (two[0], "First", (), True)
    assert (second.id, second.down, second.applied) == (two[1], (two[0],), False)
    assert (first.is_head, second.is_head) == (False, True)
    assert first.path is not None
    assert first.path.name == f"{two[0]}_first.py"


def test_current_and_heads_are_told_apart(lab: Lab, two: tuple[str, str]) -> None:
    """`current` is where the database stands, `heads` is where the scripts end."""
    assert [one.id for one in lab.current()] == [two[0]]
    assert [one.id for one in lab.heads()] == [two[1]]


def test_the_frame_has_a_row_per_revision(lab: Lab, two: tuple[str, str]) -> None:
    """As a DataFrame it has the same order, and NA where there is no parent."""
    frame = lab.history().frame
    assert list(frame["revision"]) == [two[1], two[0]]
    assert list(frame["applied"]) == [False, True]
    assert frame["down_revision"].isna().tolist() == [False, True]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_without_revisions_it_is_empty(lab: Lab) -> None:
    """A new project has no revision, and says so."""
    assert len(lab.history()) == 0
    assert repr(lab.history()) == "No revision yet."


def test_a_revision_that_no_file_has_is_named(lab: Lab, two: tuple[str, str]) -> None:
    """When the database stands at an unknown revision, the error names it and a cure (H3)."""
    execute(lab, "UPDATE alembic_version SET version_num = 'feedface'")
    with pytest.raises(HistoryError, match="feedface") as caught:
        lab.history()
    assert "lab.stamp" in caught.value.cure
    with pytest.raises(HistoryError, match="feedface"):
        lab.upgrade()
    assert "feedface" in lab.status().problem


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_two_heads_are_named(lab: Lab, two: tuple[str, str]) -> None:
    """With two heads an upgrade and a candidate are refused, and both ids named (H8)."""
    other = lab.revision("Other")
    assert other.path is not None
    other.path.write_text(other.code.replace(f"= '{two[1]}'", f"= '{two[0]}'"))
    for refused in (lab.upgrade, lambda: lab.autogenerate("More")):
        with pytest.raises(HistoryError) as caught:
            refused()
        assert other.id in caught.value.fact
        assert two[1] in caught.value.fact
        assert "lab.merge" in caught.value.cure
    assert {one.id for one in lab.heads()} == {other.id, two[1]}
