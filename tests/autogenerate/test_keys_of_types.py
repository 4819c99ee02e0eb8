"""Columns that a foreign key joins change their types together."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import ModelError
from tests.support.labs import execute, scalars, want

SERVERS = pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
U = "'11111111-1111-1111-1111-111111111111'"
CHANGES: dict[str, tuple[Callable[[], Any], Callable[[], Any], str]] = {
    "wider": (sa.Integer, sa.BigInteger, "1"),
    "narrower": (sa.BigInteger, sa.Integer, "1"),
    "longer": (lambda: sa.String(36), lambda: sa.String(40), "'x'"),
    "uuid": (lambda: sa.String(36), sa.Uuid, U),
}


def teams(key: Any, reference: Any = None, *, unique: bool = False) -> sa.MetaData:
    """Give teams, players that refer to them, and teams that refer to a team."""
    metadata = sa.MetaData()
    code = [sa.Column("code", key, unique=True)] if unique else []
    id_: sa.Column[Any] = sa.Column("id", sa.Integer if unique else key, primary_key=True)
    goal = "team.code" if unique else "team.id"
    up: sa.Column[Any] = sa.Column("up", key, sa.ForeignKey(goal, name="fk_up"))
    sa.Table("team", metadata, id_, *code, up)
    fk = sa.ForeignKey(goal, name="fk_team", ondelete="CASCADE")
    parts = (
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("team_id", reference or key, fk),
    )
    sa.Table("player", metadata, *parts)
    return metadata


def made(lab: Lab, before: sa.MetaData, *rows: str) -> None:
    """Let a revision make tables, and fill them."""
    want(lab, before)
    lab.autogenerate("Create teams").write()
    lab.upgrade()
    execute(lab, *rows)


def actions(lab: Lab) -> dict[str, Any]:
    """Give what each foreign key does when a row is deleted."""
    found = sa.inspect(lab.engine)
    keys = [key for table in ("team", "player") for key in found.get_foreign_keys(table)]
    return {str(key["name"]): key["options"].get("ondelete") for key in keys}


@SERVERS
@pytest.mark.parametrize("change", CHANGES)
def test_the_keys_follow_there_and_back(lab: Lab, change: str) -> None:
    """Rows, keys and their actions stay, and nothing differs afterwards."""
    before, after, value = CHANGES[change]
    made(lab, teams(before()), f"INSERT INTO team (id) VALUES ({value})",
         f"INSERT INTO player (id, team_id) VALUES (1, {value})")  # fmt: skip
    keys = actions(lab)
    assert keys["fk_team"] == "CASCADE"
    want(lab, teams(after()))
    lab.autogenerate("Change keys").write()
    for _ in range(2):
        lab.upgrade()
        assert list(lab.drift(full=True)) == []
        assert actions(lab) == keys
        lab.downgrade()
        assert actions(lab) == keys
    assert scalars(lab, "SELECT count(*) FROM player JOIN team ON team.id = team_id") == [1]


def test_a_unique_column_that_is_referred_to_changes_too(lab: Lab) -> None:
    """A foreign key need not refer to a primary key."""
    made(lab, teams(sa.Integer(), unique=True), "INSERT INTO team (id, code) VALUES (1, 5)",
         "INSERT INTO player (id, team_id) VALUES (1, 5)")  # fmt: skip
    want(lab, teams(sa.String(20), unique=True))
    lab.autogenerate("Change codes").write()
    lab.upgrade()
    assert list(lab.drift(full=True)) == []
    assert scalars(lab, "SELECT team_id FROM player") == ["5"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_the_sequence_of_a_key_follows(lab: Lab) -> None:
    """A SERIAL column that becomes BIGINT is numbered beyond 2,147,483,647."""
    made(lab, teams(sa.Integer()))
    want(lab, teams(sa.BigInteger()))
    lab.autogenerate("Change keys").write()
    lab.upgrade()
    kind = "SELECT data_type FROM information_schema.sequences WHERE sequence_name = 'team_id_seq'"
    assert scalars(lab, kind) == ["bigint"]
    lab.downgrade()
    assert scalars(lab, kind) == ["integer"]


@SERVERS
@pytest.mark.parametrize("wanted", [sa.Uuid(), sa.String(36)], ids=["uuid", "text"])
def test_a_numbered_key_becomes_no_other_type(lab: Lab, wanted: Any) -> None:
    """It is refused before anything is written, with the column and the way out; drift is shown."""
    made(lab, teams(sa.Integer()))
    want(lab, teams(wanted))
    assert any("alter column team.id: type INTEGER" in str(said) for said in lab.drift())
    with pytest.raises(ModelError, match=r"numbers `team\.id`") as refused:
        lab.autogenerate("Change keys")
    assert "Add a column of the new type" in refused.value.cure


@SERVERS
def test_one_side_alone_is_refused(lab: Lab) -> None:
    """A key whose columns would no longer fit together is named with both types."""
    made(lab, teams(sa.String(36)))
    want(lab, teams(sa.Uuid(), sa.String(36)))
    with pytest.raises(ModelError, match=r"`player\.team_id` refers to `team\.id`"):
        lab.autogenerate("Change keys")
