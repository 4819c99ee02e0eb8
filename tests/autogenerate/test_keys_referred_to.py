"""A key changes on PostgreSQL while foreign keys of other tables refer to it."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import ModelError
from tests.support.labs import execute, scalars, want
from tests.whole_schema.dumped import dumped

pytestmark = pytest.mark.parametrize("dialect", ["postgresql"])


def teams(
    *key: str, code: str = "", action: str = "CASCADE", more: bool = False, unique: bool = True
) -> sa.MetaData:
    """Give teams with a primary key, and players that refer to the id of a team."""
    metadata = sa.MetaData()
    own = [sa.UniqueConstraint("id", name="uq_id")] if unique else []
    sa.Table(
        "team",
        metadata,
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("code", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint(*key, name=code or None),
        *own,
    )
    sa.Table(
        "player",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("team_id", sa.ForeignKey("team.id", name="fk_team", ondelete=action)),
    )
    if more:
        sa.Table(
            "coach",
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("team_id", sa.Integer),
            sa.Column("code", sa.Integer),
            sa.ForeignKeyConstraint(["team_id", "code"], ["team.id", "team.code"], name="fk_coach"),
        )
    return metadata


def made(lab: Lab, metadata: sa.MetaData) -> None:
    """Let a revision make the tables, and fill them."""
    want(lab, metadata)
    lab.autogenerate("Create teams").write()
    lab.upgrade()
    execute(
        lab,
        "INSERT INTO team (id, code) VALUES (1, 5)",
        "INSERT INTO player (id, team_id) VALUES (1, 1)",
    )


CHANGES = {
    "wider": teams("id", "code"),
    "another column": teams("code"),
    "another action": teams("id", "code", action="SET NULL"),
    "another table refers to it": teams("id", "code", more=True),
    "another name": teams("id", "code", code="pk_other"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_foreign_keys_stay_there_and_back(lab: Lab, change: str) -> None:
    """Rows and foreign keys stay, nothing differs afterwards, and the downgrade gives the same."""
    made(lab, teams("id", unique=False))
    before = dumped(lab)
    want(lab, CHANGES[change])
    lab.autogenerate("Change the key").write()
    for _ in range(2):
        lab.upgrade()
        assert list(lab.drift(full=True)) == []
        assert scalars(lab, "SELECT team_id FROM player") == [1]
        lab.downgrade()
        assert dumped(lab) == before
        assert scalars(lab, "SELECT team_id FROM player") == [1]


def test_a_foreign_key_may_depend_on_a_unique_constraint(lab: Lab) -> None:
    """A unique constraint is dropped and made again under another name, there and back."""
    made(lab, teams("code"))
    before = dumped(lab)
    want(lab, teams("code", unique=False))
    unique = sa.UniqueConstraint("id", name="uq_other")
    lab.models.metadata.tables["team"].append_constraint(unique)
    lab.autogenerate("Rename a unique constraint").write()
    lab.upgrade()
    assert list(lab.drift(full=True)) == []
    lab.downgrade()
    assert dumped(lab) == before


def test_a_key_to_columns_that_are_not_unique_is_refused(lab: Lab) -> None:
    """The error names both sides, and nothing is written."""
    made(lab, teams("id", unique=False))
    want(lab, teams("id", "code", unique=False))
    with pytest.raises(ModelError, match=r"`player\.team_id` refers to `team\.id`") as refused:
        lab.autogenerate("Change the key")
    assert "Add a unique constraint on id" in refused.value.cure
