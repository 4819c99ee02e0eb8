"""Any two sides are compared: models, database, history, a revision, the URL of a database."""

import os
import subprocess

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import HistoryError, InputError, SchemaLabError
from tests.conftest import FreshDatabase
from tests.sides.conftest import plain, wide
from tests.support.labs import execute, filled_in, users, want
from tests.views.values import EVIL

ADDED, DROPPED = "+ add column users.plan VARCHAR(9)", "- drop column users.plan VARCHAR(9)"
NAMED = ["models", "database", "history", "0001", "head", "-1", "url"]


def operations(lab: Lab, left: str, right: str) -> list[str]:
    """List the operations of a comparison as sentences."""
    return [str(operation) for operation in lab.compare(left, right).operations]


def address(lab: Lab) -> str:
    """Give the URL of a lab's database."""
    return lab._environment.url.render_as_string(hide_password=False)


@pytest.fixture
def earlier(two: Lab, dialect: str, new_database: FreshDatabase) -> str:
    """Give the URL of another database, that is at the first revision."""
    other = Lab(new_database(dialect), config=two.root)
    other.upgrade("0001")
    return address(other)


@pytest.mark.parametrize("left", NAMED)
def test_every_pair_of_sides(two: Lab, earlier: str, left: str) -> None:
    """Each side has its schema, and the operations lead from the left one to the right one."""
    early = {"0001", "-1", "url"}
    wanted = {(True, False): [ADDED], (False, True): [DROPPED]}
    for right in NAMED:
        found = two.compare(*(earlier if side == "url" else side for side in (left, right)))
        said = [str(operation) for operation in found.operations]
        assert said == wanted.get((left in early, right in early), []), right
        assert found.equal == ((left in early) == (right in early)), right


def test_a_change_by_hand_is_seen_although_there_is_no_drift(two: Lab) -> None:
    """A column that was added to the database and to the models is in no revision."""
    execute(two, "ALTER TABLE users ADD COLUMN age INTEGER")
    want(two, users(sa.Column("plan", sa.String(9)), sa.Column("age", sa.Integer)))
    assert not two.drift()
    assert operations(two, "database", "models") == []
    (dropped,) = operations(two, "database", "history")
    assert dropped.startswith("- drop column users.age INTEGER")
    assert operations(two, "history", "models") == ["+ add column users.age INTEGER"]


def test_a_table_made_by_hand_is_seen_when_a_model_declares_it(two: Lab) -> None:
    """A table of the models is the project's, also where no revision makes it."""
    execute(two, "CREATE TABLE notes (id INTEGER NOT NULL PRIMARY KEY)")
    alone = two.compare("database", "history")
    assert (alone.equal, alone.others) == (True, ("notes",))
    back = two.compare("history", "database")
    assert (back.equal, back.others) == (True, ("notes",))
    models = wide()
    sa.Table("notes", models, sa.Column("id", sa.Integer, primary_key=True, autoincrement=False))
    want(two, models)
    assert operations(two, "database", "history") == ["- drop table notes"]
    assert operations(two, "history", "database") == ["+ create table notes"]


def test_it_is_what_drift_says(two: Lab) -> None:
    """Without arguments, the database is compared with the models, in the words of drift."""
    want(two, plain())
    assert two.compare().operations == two.drift().operations


def test_nothing_but_throwaways_is_written(two: Lab, dialect: str) -> None:
    """The database stays as it was, and no throwaway database is left."""
    before = _databases(two), two.current().frame.to_dict(), two.tables().to_dict()
    two.compare("0001", "history")
    two.compare("models", "database")
    assert (_databases(two), two.current().frame.to_dict(), two.tables().to_dict()) == before


def _databases(lab: Lab) -> list[str]:
    """Name this process's throwaway databases on a server, on which other tests have theirs."""
    if lab.engine.dialect.name == "sqlite":
        return []
    with lab.engine.connect() as connection:
        names = sa.inspect(connection).get_schema_names()
        if lab.engine.dialect.name == "postgresql":
            names = list(connection.scalars(sa.text("SELECT datname FROM pg_database")))
    own = f"_{os.getpid()}_"
    return [name for name in names if name.startswith("schema_lab_rehearsal_") and own in name]


def test_the_difference_as_sql(two: Lab) -> None:
    """`diff()` gives both sides of the tables that differ, as their database spells them."""
    said = repr(two.compare("0001", "head").diff())
    assert said.startswith("--- 0001\n+++ head\n")
    (line,) = [line for line in said.splitlines() if line.startswith("+    ")]
    assert "plan" in line
    assert not two.compare("history", "database").diff()


def test_how_it_looks(two: Lab) -> None:
    """The text and the page name both sides and each operation; the frame has one row for each."""
    found = two.compare("0001", "database")
    said = "1 operation would make revision 0001 match the database:"
    assert repr(found) == f"{said}\n{ADDED}"
    assert said in found._repr_html_()
    assert found.frame["sentence"].tolist() == [ADDED.removeprefix("+ ")]
    same = two.compare("history", "database")
    assert repr(same) == "No differences between the history and the database."


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_other_kinds_of_databases_are_refused(two: Lab) -> None:
    """Two dialects spell one schema in two ways, so they are refused before anything is read."""
    with pytest.raises(InputError, match="is a schema of sqlite") as caught:
        two.compare("history", "postgresql://ann:s3cret@nowhere/app")
    assert caught.value.cure
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("side", ["", "0009", "+1", "-3", "nonsense"])
def test_a_side_that_does_not_exist_is_refused(two: Lab, side: str) -> None:
    """A name that leads to no schema is the lab's error, with a cure."""
    with pytest.raises(SchemaLabError) as caught:
        two.compare(side, "models")
    assert caught.value.cure


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_file_that_does_not_exist_is_not_made(two: Lab) -> None:
    """SQLite would make an empty file of a mistyped name."""
    with pytest.raises(InputError, match="does not exist"):
        two.compare("sqlite:///mistyped.db", "models")
    assert not (two.root / "mistyped.db").exists()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_several_heads(two: Lab) -> None:
    """The history is all of its heads; "head" is refused, as an upgrade to it would be."""
    two.alembic('revision -m "Another" --head 0001 --splice')
    assert two.compare("history", "database").equal
    with pytest.raises(HistoryError):
        two.compare("head", "database")


def test_a_project_without_revisions(lab: Lab) -> None:
    """An empty history is an empty schema, and so is its base."""
    want(lab, users())
    assert operations(lab, "history", "models") == ["+ create table users"]
    assert lab.compare("base", "database").equal


def test_a_revision_that_needs_rows_is_named(two: Lab, dialect: str) -> None:
    """What fails on an empty database is named, with what to do, and no database is left."""
    filled_in(two, "Needs rows", 'op.get_bind().execute(sa.text("SELECT 1 FROM nowhere"))')
    before = _databases(two)
    with pytest.raises(SchemaLabError, match="Revision 0003 fails on an empty database") as caught:
        two.compare("history", "database")
    assert "upgrade()" in caught.value.cure
    assert _databases(two) == before
    assert two.compare("0002", "database").equal


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_other_schemas_are_compared(two: Lab) -> None:
    """A change by hand is seen in every schema of the database."""
    models = wide()
    sa.Table("orders", models, sa.Column("id", sa.Integer, primary_key=True), schema="shop")
    want(two, models)
    two.autogenerate("Orders").write()
    two.upgrade()
    assert two.compare("database", "history").equal
    execute(two, "ALTER TABLE shop.orders ADD COLUMN age INTEGER")
    assert operations(two, "database", "history") == ["- drop column shop.orders.age INTEGER"]
    assert operations(two, "history", "database") == ["+ add column shop.orders.age INTEGER"]


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_enum_member_made_by_hand_is_seen(two: Lab) -> None:
    """An enum type is compared by its members, and its statement is part of the SQL."""
    want(two, users(sa.Column("plan", sa.Enum("free", "paid", name="plans"))))
    execute(two, "CREATE TYPE plans AS ENUM ('free', 'paid')")
    execute(two, "ALTER TABLE users ALTER COLUMN plan TYPE plans USING plan::plans")
    other = two.compare("database", "models")
    assert other.equal
    execute(two, "ALTER TYPE plans ADD VALUE 'gift'")
    assert two.compare("database", "models").operations
    assert "'gift'" in two.schema().sql


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_hostile_name_stays_text(two: Lab) -> None:
    """A name of a table or of a side is escaped on the page and in the SQL."""
    execute(two, f'ALTER TABLE users ADD COLUMN "{EVIL}" INTEGER')
    page = two.compare("database", "history")._repr_html_()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<script>" not in two.schema()._repr_html_()


def test_a_snapshot_is_a_side(two: Lab) -> None:
    """What a snapshot holds is compared, in a throwaway database, and the live one stays."""
    two.downgrade()
    taken = two.snapshot("before")
    two.upgrade()
    before = _databases(two), two.current().frame.to_dict()
    assert operations(two, taken.id, "database") == [ADDED]
    assert operations(two, "database", taken.id) == [DROPPED]
    assert two.schema(taken.id).tables == two.schema("0001").tables
    assert (_databases(two), two.current().frame.to_dict()) == before


def _git(lab: Lab, *words: str) -> None:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", "-C", str(lab.root), *who, *words], check=True, capture_output=True)


def test_the_history_in_a_commit_is_a_side(two: Lab) -> None:
    """The revision files of a commit are run, also where the folder has others today."""
    for words in (["init"], ["add", "alembic"], ["commit", "-m", "Plans"], ["tag", "v1"]):
        _git(two, *words)
    want(two, users(sa.Column("plan", sa.String(9)), sa.Column("age", sa.Integer)))
    two.autogenerate("Ages").write()
    (added,) = operations(two, "git:v1", "history")
    assert added.startswith("+ add column users.age INTEGER")
    assert two.compare("git:v1", "database").equal
    files = {path.name for path in (two.root / "alembic" / "versions").glob("*.py")}
    assert len(files) == 3


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_commit_that_does_not_exist_is_refused(two: Lab) -> None:
    """Without a repository, and without the commit, the fact and the cure are said."""
    with pytest.raises(HistoryError, match="not a git repository"):
        two.schema("git:main")
    _git(two, "init")
    with pytest.raises(HistoryError, match="no commit named --help") as caught:
        two.schema("git:--help")
    assert "git log" in caught.value.cure


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_name_for_two_sides_is_refused(two: Lab) -> None:
    """A revision may have the id of a snapshot; the lab does not guess which is meant."""
    two.snapshot()
    two.alembic('revision -m "Another" --rev-id s1')
    with pytest.raises(InputError, match="s1 is both a snapshot and a revision"):
        two.compare("s1", "database")
