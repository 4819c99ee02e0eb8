"""H14: a table was dropped by hand."""

import pytest

from schema_lab.errors import MigrationError
from tests.history_faults.damage import SECOND, VERBS, Place, errors

ON_SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])
ADD = 'op.add_column("user_profiles", sa.Column("city", sa.String(50)))'


@pytest.fixture
def dropped(place: Place) -> Place:
    """Give a place whose table user_profiles is gone."""
    place.execute("DROP TABLE user_profiles")
    return place


def test_drift_shows_a_dropped_table(dropped: Place) -> None:
    """H14: the models still have it, and status and drift say so."""
    assert [one.sentence for one in dropped.lab.drift()] == ["create table user_profiles"]
    status = dropped.lab.status()
    assert status.drift is not None
    assert status.drift
    assert status.current == (SECOND,)


def test_an_upgrade_that_needs_a_dropped_table_says_so(dropped: Place) -> None:
    """H14: the failing statement is named, and the version stays where it was."""
    dropped.write("0003", SECOND, upgrade=ADD)
    before = dropped.dump()
    with pytest.raises(MigrationError, match="ALTER TABLE user_profiles ADD") as caught:
        dropped.lab.upgrade()
    assert "0003" in caught.value.fact
    assert dropped.dump() == before


def test_a_downgrade_that_needs_a_dropped_table_says_so(dropped: Place) -> None:
    """H14: going back over it fails as a whole."""
    before = dropped.dump()
    (said,) = errors(dropped.lab, "downgrade").values()
    assert "user_profiles" in said
    assert dropped.dump() == before


@pytest.mark.parametrize("pending", [True, False])
def test_success_is_not_claimed_over_a_dropped_table(dropped: Place, pending: bool) -> None:
    """H14: an upgrade that does not need the table runs, and its run says that it is gone."""
    if pending:
        dropped.write(
            "0003", SECOND, upgrade='op.create_table("notes", sa.Column("id", sa.Integer))'
        )
    run = dropped.lab.upgrade()
    (note,) = run.notes
    assert "user_profiles" in note
    assert "is missing" in repr(run)


@ON_SQLITE
def test_the_other_verbs_work_over_a_dropped_table(dropped: Place) -> None:
    """H14: autogenerate proposes the table, and nothing but the way back needs it."""
    assert errors(dropped.lab, *(one for one in VERBS if one not in ("downgrade", "merge"))) == {}
    assert "create_table('user_profiles'" in dropped.lab.autogenerate("Mend").upgrade_code


GONE_ON_PURPOSE = [
    'op.drop_table("user_profiles")',
    'op.rename_table("user_profiles", "profiles")',
    'op.execute("ALTER TABLE user_profiles RENAME TO profiles")',
    'if True:\n        op.execute(sa.text("DROP TABLE user_profiles"))',
]


@ON_SQLITE
@pytest.mark.parametrize("code", GONE_ON_PURPOSE)
def test_a_table_that_a_revision_took_away_is_not_missed(place: Place, code: str) -> None:
    """H14: what the history itself drops or renames, in Alembic's words or in SQL, is no fault."""
    place.write("0003", SECOND, upgrade=code)
    assert place.lab.upgrade().notes == ()
