"""A difference that stays after its own migration ran is noise, and is explained."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import execute, users, want

WHY = {
    "sqlite": "SQLite does not have a type UUID. It keeps the name and treats the column as "
    "NUMERIC.",
    "postgresql": "PostgreSQL stores FLOAT(24) as REAL.",
    "mariadb": "MariaDB stores REAL as DOUBLE.",
}


def indexed(expression: str) -> sa.MetaData:
    """Give users with an index on an expression."""
    metadata = users(sa.Column("nick", sa.String(50)))
    sa.Index("ix_users_both", sa.text(f"({expression})"), _table=metadata.tables["users"])
    return metadata


def made(lab: Lab, metadata: sa.MetaData) -> None:
    """Bring the database to these models by a migration."""
    want(lab, metadata)
    lab.autogenerate("Change users").write()
    lab.upgrade()


def test_a_type_that_comes_back_as_another_is_explained(noisy: Lab, dialect: str) -> None:
    """The noise names the column, and says which database keeps which type as which."""
    (noise,) = noisy.drift().noise
    assert (noise.about, noise.why) == ("users.price", WHY[dialect])
    assert noise.call == "lab.ignore('users.price')"


def test_a_drift_shows_its_noise(noisy: Lab, dialect: str) -> None:
    """The text and the page say why it stays, and the call that leaves it out."""
    drift = noisy.drift()
    for shown in (repr(drift), drift._repr_html_()):
        assert WHY[dialect] in shown
    assert list(drift.noise.frame["call"]) == ["lab.ignore('users.price')"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_expression_in_other_words_is_no_difference(lab: Lab) -> None:
    """PostgreSQL puts casts into an index's expression, and into that of the model alike."""
    made(lab, indexed("name || ' ' || nick"))
    assert not lab.drift(full=True)


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_another_expression_is_no_noise(lab: Lab) -> None:
    """No revision has made the new expression: it is drift, and its migration changes it."""
    made(lab, indexed("name || ' ' || nick"))
    want(lab, indexed("nick || ' ' || name"))
    drift = lab.drift()
    assert drift
    assert not drift.noise


def test_the_last_revision_on_a_column_decides(lab: Lab) -> None:
    """A type of long ago that was changed since is no noise when it is wanted again."""
    made(lab, users(sa.Column("plan", sa.String(20))))
    made(lab, users(sa.Column("plan", sa.String(40))))
    want(lab, users(sa.Column("plan", sa.String(20))))
    drift = lab.drift()
    assert drift
    assert not drift.noise


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_a_change_by_hand_is_said_to_be_possible(lab: Lab) -> None:
    """Where only the history speaks, the sentence leaves room for somebody's own change."""
    made(lab, users(sa.Column("plan", sa.String(20), server_default="free")))
    execute(lab, "ALTER TABLE users ALTER plan SET DEFAULT 'paid'")
    (noise,) = lab.drift().noise
    assert noise.why.endswith("or somebody changed the database by hand.")


def test_a_column_that_is_only_missing_is_no_noise(lab: Lab) -> None:
    """What was dropped by hand is drift, though a revision has made it."""
    made(lab, users(sa.Column("plan", sa.String(20))))
    execute(lab, "ALTER TABLE users DROP COLUMN plan")
    drift = lab.drift()
    assert [one.kind for one in drift] == ["add_column"]
    assert not drift.noise
