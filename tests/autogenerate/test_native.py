"""SQLite adds, drops and renames columns itself; its tables are copied only where they must be."""

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import execute, filled_in, scalars, users, want

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"])

RICH = [
    """CREATE TABLE users (
        id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
        name VARCHAR(50) COLLATE NOCASE NOT NULL,
        plan VARCHAR(20),
        size INTEGER GENERATED ALWAYS AS (length(name)) VIRTUAL,
        CHECK (length(name) > 1) ON CONFLICT IGNORE
    )""",
    "CREATE TABLE seen (name TEXT)",
    "CREATE INDEX ix_backwards ON users (name COLLATE BINARY DESC) WHERE id > 0",
    "CREATE TRIGGER note AFTER INSERT ON users BEGIN INSERT INTO seen VALUES (new.name); END",
    "CREATE VIEW names AS SELECT name FROM users",
    "INSERT INTO users (id, name, plan) VALUES (7, 'Ann', 'free')",
    "DELETE FROM users WHERE id = 7",
    "INSERT INTO users (id, name, plan) VALUES (3, 'Bob', 'paid')",
]
KEPT = ("AUTOINCREMENT", "COLLATE NOCASE", "VIRTUAL", "CHECK (length(name) > 1)")


@pytest.fixture
def rich(lab: Lab) -> Lab:
    """Give a lab on a table that holds what a copy would lose (B3-B9)."""
    execute(lab, *RICH)
    return lab


def as_it_was(lab: Lab) -> bool:
    """Say whether everything about the table is there, and works."""
    sql = scalars(lab, "SELECT sql FROM sqlite_master WHERE name = 'users'")[0]
    assert [part for part in KEPT if part not in str(sql)] == []
    execute(lab, "INSERT INTO users (name) VALUES ('Cleo')")
    assert scalars(lab, "SELECT id FROM users WHERE name = 'CLEO'") == [8]
    assert scalars(lab, "SELECT name FROM seen") == ["Ann", "Bob", "Cleo"]
    assert scalars(lab, "SELECT name FROM names") == ["Bob", "Cleo"]
    assert scalars(lab, "SELECT name FROM sqlite_master WHERE sql LIKE '%BINARY DESC%'") != []
    return True


ADD = 'op.add_column("users", sa.Column("city", sa.String(80), server_default="Rome"))'
DROP = 'op.drop_column("users", "plan")'
RENAME = 'op.alter_column("users", "plan", new_column_name="tariff")'


@pytest.mark.parametrize("step", [ADD, DROP, RENAME], ids=["add", "drop", "rename"])
def test_a_native_step_keeps_the_table(rich: Lab, step: str) -> None:
    """Adding, dropping or renaming a column loses nothing of the table (B11)."""
    filled_in(rich, "Change a column", step)
    rich.upgrade(accept_loss=True)
    assert as_it_was(rich)


NATIVE = {
    "add a nullable column": (users(), users(sa.Column("plan", sa.String(20)))),
    "add a column with a default": (
        users(),
        users(sa.Column("plan", sa.String(20), nullable=False, server_default="free")),
    ),
    "drop a column": (users(sa.Column("plan", sa.String(20))), users()),
    "add an index": (
        users(sa.Column("plan", sa.String(20))),
        users(sa.Column("plan", sa.String(20), index=True)),
    ),
}


@pytest.mark.parametrize("name", NATIVE)
def test_autogenerate_takes_the_native_way(lab: Lab, name: str) -> None:
    """What SQLite can do itself is written without batch mode, there and back (B11)."""
    before, after = NATIVE[name]
    before.create_all(lab.engine)
    want(lab, after)
    candidate = lab.autogenerate("Change users")
    assert "op." in candidate.upgrade_code
    assert "batch_alter_table" not in candidate.upgrade_code + candidate.downgrade_code


COPIED = {
    "change a type": (
        users(sa.Column("plan", sa.String(20))),
        users(sa.Column("plan", sa.String(80))),
    ),
    "add a unique constraint": (
        users(sa.Column("plan", sa.String(20))),
        users(sa.Column("plan", sa.String(20)), sa.UniqueConstraint("plan", name="uq_plan")),
    ),
    "add an expression as default": (
        users(),
        users(sa.Column("made", sa.DateTime, server_default=sa.func.now())),
    ),
}


@pytest.mark.parametrize("name", COPIED)
def test_autogenerate_copies_where_it_must(lab: Lab, name: str) -> None:
    """What SQLite cannot do itself is written in batch mode, and keeps the rows."""
    before, after = COPIED[name]
    before.create_all(lab.engine)
    execute(lab, "INSERT INTO users (id, name) VALUES (1, 'Ann')")
    want(lab, after)
    candidate = lab.autogenerate("Change users")
    assert "batch_alter_table" in candidate.upgrade_code
    candidate.write()
    lab.upgrade(accept_loss=True)
    assert list(lab.drift()) == []
    assert scalars(lab, "SELECT name FROM users") == ["Ann"]


def test_a_new_foreign_key_column_works(lab: Lab) -> None:
    """A column that points to another table is added with its constraint, and taken back."""
    teams = sa.Table("teams", users(), sa.Column("id", sa.Integer, primary_key=True))
    teams.metadata.create_all(lab.engine)
    after = users(
        sa.Column("team_id", sa.Integer, sa.ForeignKey("teams.id", name="fk_team"), index=True)
    )
    teams.to_metadata(after)
    want(lab, after)
    lab.autogenerate("Give users a team").write()
    lab.upgrade(accept_loss=True)
    assert list(lab.drift()) == []
    lab.downgrade(accept_loss=True)
    assert set(lab.columns("users")["column"]) == {"id", "name"}
