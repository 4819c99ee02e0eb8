"""A9: a copy of a table was left when a migration on SQLite was cut short."""

import pytest

from schema_lab.errors import MigrationError
from tests.history_faults.damage import SECOND, Place, alembic, errors

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])

COPY_BESIDE = "CREATE TABLE _alembic_tmp_users AS SELECT * FROM users"
COPY_ALONE = "ALTER TABLE users RENAME TO _alembic_tmp_users"
USER = "INSERT INTO users (id, email, name) VALUES (1, 'ada@example.org', 'Ada')"
NEXT = 'op.create_table("notes", sa.Column("id", sa.Integer))'


@pytest.fixture
def filled(place: Place) -> Place:
    """Give a place with a user and a pending revision."""
    place.execute(USER)
    place.write("0003", SECOND, upgrade=NEXT)
    return place


@pytest.mark.parametrize(
    ("leave", "said"),
    [
        (COPY_BESIDE, "_alembic_tmp_users is left over from an interrupted migration; users"),
        (COPY_ALONE, "users is missing: the copy contains its rows."),
    ],
)
def test_a_leftover_is_named_before_anything_runs(filled: Place, leave: str, said: str) -> None:
    """A9: upgrade, downgrade and autogenerate refuse; status says it; nothing is touched."""
    filled.execute(leave)
    before = filled.dump()
    refused = errors(filled.lab, "status", "history", "drift", "upgrade", "downgrade")
    assert refused.keys() == {"upgrade", "downgrade"}
    assert all(said in one for one in refused.values())
    assert said in alembic(filled, "upgrade", "head")
    assert said in filled.lab.status().problem
    assert filled.dump() == before


def test_autogenerate_does_not_propose_to_drop_the_only_copy(place: Place) -> None:
    """A9: when the copy holds the rows, no candidate that drops it is made."""
    place.execute(USER, COPY_ALONE)
    with pytest.raises(MigrationError, match="the copy contains its rows"):
        place.lab.autogenerate("Mend")


def test_the_remedy_beside_the_table_works(filled: Place) -> None:
    """A9: the statement that the error names removes the copy, and the upgrade goes on."""
    filled.execute(COPY_BESIDE)
    with pytest.raises(MigrationError) as caught:
        filled.lab.upgrade()
    filled.execute(caught.value.cure.partition(": ")[2].removesuffix("."))
    assert filled.lab.upgrade().after == ("0003",)
    assert filled.rows("SELECT name FROM users") == [("Ada",)]


def test_the_remedy_for_the_only_copy_works(filled: Place) -> None:
    """A9: the statement that the error names gives the rows their table back."""
    filled.execute(COPY_ALONE)
    with pytest.raises(MigrationError) as caught:
        filled.lab.upgrade()
    filled.execute(caught.value.cure.partition(": ")[2].removesuffix("."))
    assert filled.lab.upgrade().after == ("0003",)
    assert filled.rows("SELECT name FROM users") == [("Ada",)]


def test_a_stamp_passes_a_leftover(filled: Place) -> None:
    """A9: a stamp runs no migration, so nothing is in its way."""
    filled.execute(COPY_BESIDE)
    assert filled.lab.stamp("0003").after == ("0003",)
