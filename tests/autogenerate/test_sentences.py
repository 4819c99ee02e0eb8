"""Each kind of drift reads as a sentence with a symbol, and a migration takes it away."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from tests.support.labs import be, users, want

Models = Callable[[], sa.MetaData]


@dataclass(frozen=True)
class Case:
    """One difference: what is, what should be, and how the lab says it."""

    before: Models
    after: Models
    says: str
    on_mariadb: str = ""  # where a constraint is, or has, an index
    dialects: tuple[str, ...] = ("sqlite", "postgresql", "mariadb")


def plan(nullable: bool = True, length: int = 20, **options: str) -> sa.Column[str]:
    """Give a column to add, drop or change."""
    return sa.Column("plan", sa.String(length), nullable=nullable, **options)  # type: ignore[arg-type]


def with_teams(*parts: sa.schema.SchemaItem) -> sa.MetaData:
    """Give two tables, the second of which may point to the first."""
    metadata = users(sa.Column("team_id", sa.Integer), *parts)
    sa.Table("teams", metadata, sa.Column("id", sa.Integer, primary_key=True))
    return metadata


def kept(other: sa.MetaData | None = None) -> sa.MetaData:
    """Give a table that stays, beside others: a lab without any model refuses to drop."""
    metadata = other or sa.MetaData()
    sa.Table("kept", metadata, sa.Column("id", sa.Integer, primary_key=True))
    return metadata


TO_TEAM = ("foreign key fk_users_team_id_teams (team_id) → teams.id", "fk_users_team_id_teams")
COMMENTED = ("postgresql", "mariadb")  # SQLite keeps no comments

CASES = {
    "create_table": Case(
        kept,
        lambda: kept(users()),
        "+ create table users",
    ),
    "drop_table": Case(
        lambda: kept(users()),
        kept,
        "- drop table users",
    ),
    "add_column": Case(
        users,
        lambda: users(plan()),
        "+ add column users.plan VARCHAR(20)",
    ),
    "add_column_with_default": Case(
        users,
        lambda: users(plan(False, server_default="free")),
        "+ add column users.plan VARCHAR(20) NOT NULL DEFAULT 'free'",
    ),
    "drop_column": Case(
        lambda: users(plan()),
        users,
        "- drop column users.plan VARCHAR(20)",
    ),
    "type": Case(
        lambda: users(plan(length=20)),
        lambda: users(plan(length=80)),
        "~ alter column users.plan: type VARCHAR(20) → VARCHAR(80)",
    ),
    "not_null": Case(
        lambda: users(plan()),
        lambda: users(plan(False)),
        "~ alter column users.plan: nullable NULL → NOT NULL",
    ),
    "null": Case(
        lambda: users(plan(False)),
        lambda: users(plan()),
        "~ alter column users.plan: nullable NOT NULL → NULL",
    ),
    "default": Case(
        lambda: users(plan()),
        lambda: users(plan(server_default="free")),
        "~ alter column users.plan: default none → 'free'",
    ),
    "no_default": Case(
        lambda: users(plan(server_default="free")),
        lambda: users(plan()),
        "~ alter column users.plan: default 'free' → none",
    ),
    "comment": Case(
        lambda: users(plan()),
        lambda: users(plan(comment="what they pay")),
        "~ alter column users.plan: comment none → 'what they pay'",
        dialects=COMMENTED,
    ),
    "table_comment": Case(
        users,
        lambda: users(comment="who signed up"),
        "~ alter table users: comment none → 'who signed up'",
        dialects=COMMENTED,
    ),
    "create_index": Case(
        lambda: users(plan()),
        lambda: users(plan(), sa.Index("ix_users_plan", "plan")),
        "+ create index ix_users_plan on users (plan)",
    ),
    "create_unique_index": Case(
        lambda: users(plan()),
        lambda: users(plan(), sa.Index("ix_users_plan", "plan", "name", unique=True)),
        "+ create unique index ix_users_plan on users (plan, name)",
    ),
    "drop_index": Case(
        lambda: users(plan(), sa.Index("ix_users_plan", "plan")),
        lambda: users(plan()),
        "- drop index ix_users_plan on users",
    ),
    "add_unique": Case(
        lambda: users(plan()),
        lambda: users(plan(), sa.UniqueConstraint("plan", name="uq_users_plan")),
        "+ add unique constraint uq_users_plan (plan) on users",
    ),
    "drop_unique": Case(
        lambda: users(plan(), sa.UniqueConstraint("plan", name="uq_users_plan")),
        lambda: users(plan()),
        "- drop unique constraint uq_users_plan on users",
        on_mariadb="- drop index uq_users_plan on users",
    ),
    "add_foreign_key": Case(
        with_teams,
        lambda: with_teams(sa.ForeignKeyConstraint(["team_id"], ["teams.id"], TO_TEAM[1])),
        f"+ add {TO_TEAM[0]} on users",
    ),
    "drop_foreign_key": Case(
        lambda: with_teams(sa.ForeignKeyConstraint(["team_id"], ["teams.id"], TO_TEAM[1])),
        with_teams,
        f"- drop foreign key {TO_TEAM[1]} on users",
        on_mariadb=f"- drop foreign key {TO_TEAM[1]} on users\n- drop index {TO_TEAM[1]} on users",
    ),
}


PAIRS = [(dialect, name) for name, case in CASES.items() for dialect in case.dialects]


@pytest.mark.parametrize(("dialect", "name"), PAIRS)
def test_drift_says_the_difference(lab: Lab, dialect: str, name: str) -> None:
    """An operation is said with `+`, `-` or `~`, the table and the column."""
    case = CASES[name]
    be(lab, case.before())
    want(lab, case.after())
    said = (dialect == "mariadb" and case.on_mariadb) or case.says
    assert [str(operation) for operation in lab.drift()] == said.splitlines()


@pytest.mark.parametrize(("dialect", "name"), PAIRS)
def test_a_migration_goes_there_and_back(lab: Lab, name: str) -> None:
    """An upgrade makes the database equal the models, a downgrade equal the former ones."""
    be(lab, CASES[name].before())
    want(lab, CASES[name].after())
    lab.autogenerate("Change users").write()
    lab.upgrade()
    assert list(lab.drift()) == []
    lab.downgrade()
    want(lab, CASES[name].before())
    assert list(lab.drift()) == []


def indexed_key(*parts: sa.schema.SchemaItem) -> sa.MetaData:
    """Give a table that points to another through an indexed column, as models often do."""
    key = sa.ForeignKeyConstraint(["team_id"], ["teams.id"], TO_TEAM[1])
    return with_teams(key, sa.Index("ix_users_team_id", "team_id"), *parts)


def test_a_table_with_an_indexed_key_goes_there_and_back(lab: Lab) -> None:
    """MariaDB keeps the index of a foreign key: the table is dropped as a whole."""
    want(lab, indexed_key())
    lab.autogenerate("Create users").write()
    lab.upgrade()
    assert list(lab.drift()) == []
    lab.downgrade()
    assert list(lab.tables()["table"]) == []


def test_a_table_with_an_indexed_key_is_dropped_and_made_again(lab: Lab) -> None:
    """The same the other way: dropping is the upgrade, making it again the downgrade."""
    be(lab, indexed_key())
    want(lab, kept())
    lab.autogenerate("Drop users").write()
    lab.upgrade()
    assert list(lab.tables()["table"]) == ["kept"]
    lab.downgrade()
    want(lab, indexed_key())
    assert list(lab.drift()) == []


def test_an_indexed_key_column_goes_there_and_back(lab: Lab) -> None:
    """A column that points to another table is added with its index, and taken back."""
    metadata = users()
    sa.Table("teams", metadata, sa.Column("id", sa.Integer, primary_key=True))
    be(lab, metadata)
    want(lab, indexed_key())
    lab.autogenerate("Give users a team").write()
    lab.upgrade()
    assert list(lab.drift()) == []
    lab.downgrade()
    assert set(lab.columns("users")["column"]) == {"id", "name"}


def test_a_constraint_with_another_name_is_dropped_and_made(lab: Lab) -> None:
    """The old one does not stay beside the new one over the same columns."""
    be(lab, users(sa.UniqueConstraint("name", name="uq_old")))
    want(lab, users(sa.UniqueConstraint("name", name="uq_new")))
    lab.autogenerate("Rename a constraint").write()
    lab.upgrade()
    assert list(lab.drift(full=True)) == []
    assert "uq_old" not in lab.constraints("users").to_string()
