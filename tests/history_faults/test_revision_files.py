"""H8 to H13: the revision files do not hold together."""

from collections.abc import Callable

import pytest

from schema_lab.errors import HistoryError
from tests.history_faults.damage import FIRST, SECOND, VERBS, Place, alembic, errors

ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])


def a_syntax_error(place: Place) -> None:
    """Break line 12 of a file."""
    place.write("0003", SECOND, name="broken", upgrade="op.(")


def a_wrong_name(place: Place) -> None:
    """Let a file fail while it is imported."""
    path = place.write("0003", SECOND, name="broken")
    path.write_text(path.read_text() + "nonsense\n")


def an_end(place: Place) -> None:
    """Let a file end the program while it is imported."""
    path = place.write("0003", SECOND, name="broken")
    path.write_text(path.read_text() + "raise SystemExit(0)\n")


def a_circle(place: Place) -> None:
    """Let two revisions follow each other."""
    place.write("0003", "0004", name="one")
    place.write("0004", "0003", name="other")


BROKEN: dict[str, tuple[Callable[[Place], object], str]] = {
    "H9": (
        lambda place: place.write(SECOND, FIRST, name="copy"),
        f"is in 2 files: {SECOND}_add_onboarding_tracking_fields.py and {SECOND}_copy.py.",
    ),
    "H10": (
        lambda place: place.write("0003", "0002", name="orphan"),
        "0003_orphan.py follows revision 0002, but no file has that id.",
    ),
    "H11": (a_circle, "form a cycle: 0003 (0003_one.py) → 0004 (0004_other.py) → 0003"),
    "H11, of one": (
        lambda place: place.write("0003", "0003", name="self"),
        "Revision 0003 follows itself (0003_self.py).",
    ),
    "H12": (a_syntax_error, "0003_broken.py, line 13: invalid syntax."),
    "H12, on import": (
        a_wrong_name,
        "0003_broken.py, line 18: NameError: name 'nonsense' is not defined.",
    ),
    "H12, at an end": (an_end, "0003_broken.py, line 18: SystemExit: 0."),
}


@ON_SQLITE
@pytest.mark.parametrize("fault", BROKEN)
def test_broken_files_are_named_by_every_verb(place: Place, fault: str) -> None:
    """H9 to H12: every verb that reads the files names them, and nothing is touched."""
    damage, said = BROKEN[fault]
    damage(place)
    before, files = place.dump(), sorted(place.versions.glob("*.py"))
    refused = errors(place.lab)
    assert refused.keys() == VERBS.keys() - {"status", "drift"}
    assert all(said in one for one in refused.values())
    assert (place.dump(), sorted(place.versions.glob("*.py"))) == (before, files)


@pytest.mark.parametrize("fault", ["H9", "H10", "H11", "H12"])
def test_broken_files_leave_the_database_readable(place: Place, fault: str) -> None:
    """H9 to H12: the status says where the database stands, what drifts, and which file it is."""
    damage, said = BROKEN[fault]
    damage(place)
    status = place.lab.status()
    assert (status.current, status.heads) == ((SECOND,), None)
    assert status.drift is not None
    assert not status.drift
    assert said in status.problem
    assert "users" in set(place.lab.tables()["table"])
    assert not place.lab.drift()


@ON_SQLITE
@pytest.mark.parametrize("fault", BROKEN)
def test_plain_alembic_names_broken_files(place: Place, fault: str) -> None:
    """H9 to H12: `alembic upgrade head` and `downgrade` name them too and run nothing."""
    damage, said = BROKEN[fault]
    damage(place)
    before = place.dump()
    assert said in alembic(place, "upgrade", "head")
    assert said in alembic(place, "downgrade", "base")
    assert place.dump() == before


def two_heads(place: Place) -> None:
    """Write two revisions that follow the same one."""
    place.write("0003", SECOND, name="left")
    place.write("0004", SECOND, name="right")


def test_two_heads_are_refused_with_their_files(place: Place) -> None:
    """H8: where one head is meant, both are named with their files; nothing is touched."""
    two_heads(place)
    before = place.dump()
    verbs = ("status", "history", "current", "heads", "drift")
    said = errors(place.lab, *verbs, "autogenerate", "upgrade", "revision", "stamp")
    assert said.keys() == {"autogenerate", "upgrade", "revision", "stamp"}
    named = "There is more than one head: 0003 (0003_left.py), 0004 (0004_right.py)."
    assert all(named in one and "lab.merge(" in one for one in said.values())
    assert place.dump() == before


@ON_SQLITE
def test_two_heads_are_joined_by_the_cure(place: Place) -> None:
    """H8: a merge, which the error names, makes one head of two."""
    two_heads(place)
    merged = place.lab.merge("Join")
    assert merged.down == ("0003", "0004")
    assert place.lab.upgrade().after == (merged.id,)


@ON_SQLITE
def test_a_database_at_two_heads_takes_no_step_back_blindly(place: Place) -> None:
    """H8: which of two heads `-1` would take back is not guessed."""
    two_heads(place)
    place.lab.upgrade("heads")
    before = place.dump()
    (said,) = errors(place.lab, "downgrade").values()
    assert "0003 and 0004, so -1 is ambiguous" in said
    assert place.dump() == before


def one_way(place: Place) -> None:
    """Upgrade to a revision that has no downgrade()."""
    path = place.write("0003", SECOND, name="one_way")
    path.write_text(path.read_text().split("def downgrade")[0])
    place.lab.upgrade()


def test_a_revision_without_a_way_back_is_refused_at_once(place: Place) -> None:
    """H13: nothing runs when one revision on the way has no downgrade(); the file is named."""
    one_way(place)
    place.write("0004", "0003", downgrade='op.execute("DELETE FROM users")')
    place.lab.upgrade()
    before = place.dump()
    with pytest.raises(HistoryError, match=r"0003_one_way\.py has no downgrade\(\)\.") as caught:
        place.lab.downgrade("base")
    assert "def downgrade() -> None:" in caught.value.cure
    assert place.dump() == before


@ON_SQLITE
def test_a_revision_without_a_way_back_leaves_the_rest_usable(place: Place) -> None:
    """H13: everything but the way back works."""
    one_way(place)
    assert errors(place.lab, *(one for one in VERBS if one not in ("downgrade", "merge"))) == {}


@ON_SQLITE
def test_losses_name_a_revision_without_a_way_back(place: Place) -> None:
    """H13: so does the list of what a downgrade would drop."""
    one_way(place)
    with pytest.raises(HistoryError, match=r"has no downgrade\(\)"):
        place.lab.losses("downgrade", "base")


@ON_SQLITE
def test_plain_alembic_names_a_revision_without_a_way_back(place: Place) -> None:
    """H13: `alembic downgrade` says the sentence, not a traceback."""
    one_way(place)
    before = place.dump()
    assert "0003_one_way.py has no downgrade()." in alembic(place, "downgrade", "base")
    assert place.dump() == before


@ON_SQLITE
def test_a_revision_without_a_way_up_is_named(place: Place) -> None:
    """H13: the same holds for upgrade()."""
    path = place.write("0003", SECOND, name="no_way")
    path.write_text(path.read_text().replace("def upgrade", "def upgraded"))
    (said,) = errors(place.lab, "upgrade").values()
    assert "0003_no_way.py has no upgrade()." in said
