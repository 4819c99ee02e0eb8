"""What a script says is what the models say, and what its downgrade gives back is what was there.

Each fact here was found by the random round trips of tests/round_trip.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, CreateTable

from schema_lab import Lab
from tests.support.labs import be, execute, scalars, users, want

SQLITE = pytest.mark.parametrize("dialect", ["sqlite"])
POSTGRESQL = pytest.mark.parametrize("dialect", ["postgresql"])
MARIADB = pytest.mark.parametrize("dialect", ["mariadb"])


def there_and_back(lab: Lab, after: sa.MetaData) -> None:
    """Go to the models, see no drift, and go back and forth."""
    want(lab, after)
    lab.autogenerate("Change users").write()
    lab.upgrade()
    assert list(lab.drift()) == []
    lab.downgrade()
    lab.upgrade()
    assert list(lab.drift()) == []


def test_looking_leaves_the_models_as_they_are(lab: Lab) -> None:
    """After a look and a candidate, the models still create their keys, checks and indexes."""

    def declared(*more: sa.Column[str]) -> sa.MetaData:
        boss = sa.Column("boss", sa.Integer, sa.ForeignKey("users.id", name="fk_boss"))
        check = sa.CheckConstraint("length(name) > 0", name="ck_name")
        return users(boss, check, sa.UniqueConstraint("name", name="uq_name"), *more)

    be(lab, declared())
    want(lab, declared(sa.Column("city", sa.String(20), index=True)))

    def created() -> list[str]:
        tables = lab.models.metadata.sorted_tables
        indexes = [index for table in tables for index in table.indexes]
        return [str(each) for each in (*map(CreateTable, tables), *map(CreateIndex, indexes))]

    before = created()
    lab.drift()
    repr(lab.autogenerate("Add a city").upgrade_code)
    assert created() == before


def test_an_unnamed_constraint_goes_there_and_back(lab: Lab) -> None:
    """A script names a constraint that has no name, so that its downgrade can drop it."""
    be(lab, users())
    there_and_back(lab, users(sa.UniqueConstraint("name")))


@SQLITE
def test_an_older_unnamed_constraint_is_dropped(lab: Lab) -> None:
    """A constraint that SQLite keeps without a name is named while the table is copied."""
    be(lab, users(sa.Column("boss", sa.Integer, sa.ForeignKey("users.id"))))
    there_and_back(lab, users(sa.Column("boss", sa.Integer)))


def test_a_key_lets_go_before_its_table_goes(lab: Lab) -> None:
    """A dropped table waits until no table that stays points to it."""
    before = users(sa.Column("team", sa.Integer, sa.ForeignKey("teams.id", name="fk_team")))
    sa.Table("teams", before, sa.Column("id", sa.Integer, primary_key=True))
    be(lab, before)
    there_and_back(lab, users(sa.Column("team", sa.Integer)))


@SQLITE
def test_a_copy_makes_a_descending_index(lab: Lab) -> None:
    """An index made with a copy of its table keeps DESC, which a batch forgets."""
    be(lab, users())
    after = users(sa.UniqueConstraint("name", name="uq"))
    sa.Index("ix", after.tables["users"].c.name.desc())
    there_and_back(lab, after)
    assert "DESC" in str(scalars(lab, "SELECT sql FROM sqlite_master WHERE name = 'ix'")[0])


@SQLITE
def test_an_index_on_an_expression_is_seen(lab: Lab) -> None:
    """SQLite's indexes on expressions are compared, made and dropped."""
    be(lab, users())
    after = users()
    sa.Index("ix", sa.func.lower(after.tables["users"].c.name))
    there_and_back(lab, after)
    want(lab, users())
    assert [one.sentence for one in lab.drift()] == ["drop index ix on users"]


@POSTGRESQL
def test_a_percent_in_an_index_is_no_drift(lab: Lab) -> None:
    """PostgreSQL's index on an expression with % equals its model."""
    be(lab, users())
    after = users()
    sa.Index("ix", sa.text("(id % 3)"), _table=after.tables["users"])
    there_and_back(lab, after)


@MARIADB
def test_json_keeps_its_check(lab: Lab) -> None:
    """A comment given to a JSON column leaves it one, although MariaDB calls it LONGTEXT."""
    be(lab, users(sa.Column("extra", sa.JSON)))
    there_and_back(lab, users(sa.Column("extra", sa.JSON, comment="more")))
    clauses = "SELECT check_clause FROM information_schema.check_constraints"
    assert scalars(lab, f"{clauses} WHERE constraint_schema = DATABASE()") == [
        "json_valid(`extra`)"
    ]


@MARIADB
def test_a_comment_after_an_escaped_quote_is_read(lab: Lab) -> None:
    """A default that MariaDB spells with a backslash does not hide the comment behind it."""
    be(lab, users())
    there_and_back(
        lab, users(sa.Column("extra", sa.JSON, server_default='["it\'s"]', comment="more"))
    )


@MARIADB
def test_a_decimal_default_is_no_drift(lab: Lab) -> None:
    """MariaDB's 0.500000 is the model's 0.5."""
    be(lab, users())
    there_and_back(lab, users(sa.Column("rate", sa.Numeric(18, 6), server_default="0.5")))


@MARIADB
def test_an_index_under_a_key_goes(lab: Lab) -> None:
    """A unique constraint that a foreign key leans on can be dropped, there and back."""

    def led(*more: sa.Constraint) -> sa.MetaData:
        key = sa.ForeignKeyConstraint(["boss"], ["users.id"], name="fk_boss")
        return users(sa.Column("boss", sa.Integer), key, *more)

    be(lab, led())
    there_and_back(lab, led(sa.UniqueConstraint("boss", name="uq_boss")))


def test_a_changed_json_default_is_seen(lab: Lab) -> None:
    """The default of a JSON column is compared by what it means."""
    be(lab, users(sa.Column("extra", sa.JSON, server_default="{}")))
    want(lab, users(sa.Column("extra", sa.JSON, server_default="[]")))
    assert [one.column for one in lab.drift()] == ["extra"]


def test_a_uuid_default_is_no_drift(lab: Lab) -> None:
    """A UUID is the same with and without its dashes."""
    be(lab, users(sa.Column("token", sa.Uuid, server_default="0" * 31 + "1")))
    want(lab, users(sa.Column("token", sa.Uuid, server_default="0" * 31 + "1")))
    assert list(lab.drift()) == []


@SQLITE
def test_an_expression_default_survives_a_copy(lab: Lab) -> None:
    """A default that begins and ends with a quote is yet an expression, and keeps its brackets."""
    execute(
        lab,
        "CREATE TABLE users (id INTEGER PRIMARY KEY NOT NULL, name VARCHAR(50) NOT NULL, "
        "plan VARCHAR(9) DEFAULT ('a' || 'b'))",
    )
    default = sa.text("('a' || 'b')")
    there_and_back(
        lab, users(sa.Column("plan", sa.String(9), nullable=False, server_default=default))
    )
