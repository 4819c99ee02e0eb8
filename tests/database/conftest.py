"""A small filled database on each dialect, and one whose names are hostile."""

import pytest
import sqlalchemy as sa

# Each is a legal name on SQLite, PostgreSQL and MariaDB.
HOSTILE_NAMES = sorted(
    [
        "select",
        "two words",
        'a "quoted" b',
        "it's",
        "back`tick",
        "two``backticks",
        "100%",
        "%(x)s %s %%",
        ":bind",
        "a.b",
        "semi; DROP TABLE it--",
        "Ünïcødé 名前",
        "<script>alert(1)</script>",
        "{brace}",
        "back\\slash",
    ]
)


def execute(engine: sa.Engine, *statements: str) -> None:
    """Run statements as they stand, and commit."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execution_options(no_parameters=True).exec_driver_sql(statement)


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    """Give a database with teams, their users, and an empty table."""
    metadata = sa.MetaData()
    teams = sa.Table("teams", metadata, sa.Column("id", sa.Integer, primary_key=True))
    users = sa.Table(
        "users",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(50), nullable=False, server_default="nobody"),
        sa.Column("age", sa.Integer, comment="in years"),
        sa.Column("team_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], "fk_users_team", ondelete="CASCADE"),
        sa.UniqueConstraint("name", "age", name="uq_users_name_age"),
        sa.CheckConstraint("age > 17", name="ck_users_age"),
        sa.Index("ix_users_age", "age"),
    )
    sa.Table("alembic_version", metadata, sa.Column("version_num", sa.String(32)))
    with engine.begin() as connection:
        metadata.create_all(connection)
        connection.execute(teams.insert(), [{"id": 1}])
        connection.execute(
            users.insert(),
            [
                {"id": 3, "name": "cleo", "age": None, "team_id": 1},
                {"id": 1, "name": "100% <b>", "age": 30, "team_id": 1},
                {"id": 2, "name": "", "age": 40, "team_id": 1},
            ],
        )
    return engine


@pytest.fixture
def hostile(engine: sa.Engine) -> sa.Engine:
    """Give a database in which each hostile name is a table, a column and an index at once."""
    metadata = sa.MetaData()
    for name in HOSTILE_NAMES:
        table = sa.Table(
            name,
            metadata,
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column(name, sa.String(40), unique=True),
            sa.Column("parent", sa.Integer),
            sa.Index(f"ix {name}", name, "parent"),
        )
        key = sa.ForeignKeyConstraint([table.c.parent], [table.c.id], f"fk {name}")
        table.append_constraint(key)
    with engine.begin() as connection:
        metadata.create_all(connection)
        for name, table in metadata.tables.items():
            connection.execute(table.insert(), [{"id": 1, name: name}])
    return engine
