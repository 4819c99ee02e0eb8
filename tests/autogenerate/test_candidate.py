"""A candidate: code and SQL, with nothing on disk until it is written."""

import ast
import enum
import uuid
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Field, Lab
from schema_lab.errors import HistoryError, InputError, ModelError
from tests.conftest import FreshDatabase
from tests.support.dump import schema_dump
from tests.support.labs import be, execute, users, want


class Colour(enum.Enum):
    """What a model may hold."""

    RED = "red"
    BLUE = "blue"


def scripts(lab: Lab) -> list[Path]:
    """List the revision files."""
    return sorted((lab.root / "alembic" / "versions").glob("*.py"))


def test_it_leaves_nothing_behind(lab: Lab) -> None:
    """`lab.autogenerate` writes no file and changes nothing in the database."""
    want(lab, users())
    before = schema_dump(lab.engine.url), sorted(lab.root.rglob("*"))
    lab.autogenerate("Create users")
    assert (schema_dump(lab.engine.url), sorted(lab.root.rglob("*"))) == before


def test_the_written_file_is_the_code_that_was_shown(lab: Lab) -> None:
    """`upgrade()` and `downgrade()` stand in the file as the candidate showed them."""
    want(lab, users())
    candidate = lab.autogenerate("Create users")
    code = candidate.write().code
    for shown in (candidate.upgrade_code, candidate.downgrade_code):
        assert function(code, shown) == ast.unparse(ast.parse(shown))


def function(module: str, shown: str) -> str:
    """Find the function of the same name in a script, without its docstring."""
    name = shown.split("(", maxsplit=1)[0].removeprefix("def ")
    for node in ast.parse(module).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            node.body = node.body[1:]
            return ast.unparse(node)
    raise AssertionError(name)


def test_writing_twice_gives_one_revision(lab: Lab) -> None:
    """A second `write()` of the same candidate hands back the same revision (C5)."""
    want(lab, users())
    candidate = lab.autogenerate("Create users")
    first, second = candidate.write(), candidate.write()
    assert first == second
    assert scripts(lab) == [first.path]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_an_empty_drift_says_so(lab: Lab) -> None:
    """When nothing differs, the drift is false and says that database and models are equal."""
    be(lab, users())
    want(lab, users())
    assert not lab.drift()
    assert repr(lab.drift()) == "The database matches the models: no drift."


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_without_drift_nothing_is_written(lab: Lab) -> None:
    """A candidate with no operation says so, and its `write()` refuses."""
    be(lab, users())
    want(lab, users())
    candidate = lab.autogenerate("Nothing new")
    assert candidate.empty
    assert "the database matches the models" in repr(candidate)
    with pytest.raises(HistoryError, match=r"nothing to write.*lab\.revision"):
        candidate.write()
    assert scripts(lab) == []


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_an_empty_script_is_written_when_asked(lab: Lab) -> None:
    """`write(empty=True)` writes a script whose functions do nothing."""
    be(lab, users())
    want(lab, users())
    revision = lab.autogenerate("Nothing new").write(empty=True)
    assert scripts(lab) == [revision.path]
    assert "op." not in revision.code.split("def upgrade")[1]


def test_scripts_hold_plain_types(lab: Lab) -> None:
    """SQLModel's own types are spelled `sa.`, and the script does not need sqlmodel."""

    class Thing(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: uuid.UUID = Field(primary_key=True)
        name: str = Field(max_length=50)
        note: str | None = None
        born: date
        made_at: datetime
        price: Decimal = Field(max_digits=8, decimal_places=2)
        colour: Colour
        raw: bytes
        extra: dict[str, str] = Field(sa_type=sa.JSON)

    candidate = lab.autogenerate("Create things")
    code = candidate.write().code
    assert "sqlmodel" not in code
    assert "sa.Column('name', sa.String(length=50), nullable=False)" in code
    zoned = Thing.__table__.c.made_at.type.timezone  # newer versions of SQLModel say so
    assert f"sa.DateTime({'timezone=True' if zoned else ''}), nullable=False" in code
    lab.upgrade()
    assert list(lab.drift()) == []


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("target", ["sqlite", "postgresql", "mariadb"])
def test_sql_for_each_dialect_needs_no_server(
    lab: Lab, target: str, new_database: FreshDatabase
) -> None:
    """SQL written by a lab on SQLite makes the tables on each database, and takes them away."""
    want(lab, users(sa.Column("plan", sa.String(20), index=True)))
    candidate = lab.autogenerate("Create users")
    Path(lab.engine.url.database or "").unlink()
    other = Lab(new_database(target), config=lab.root)
    _run(other, candidate.sql(target))
    want(other, users(sa.Column("plan", sa.String(20), index=True)))
    assert list(other.drift()) == []
    _run(other, candidate.sql(target, "downgrade"))
    assert list(other.tables()["table"]) == []


@pytest.mark.parametrize("dialect", ["sqlite"])
@pytest.mark.parametrize("target", ["postgresql", "mariadb"])
def test_sql_for_a_change_runs_elsewhere(
    lab: Lab, target: str, new_database: FreshDatabase
) -> None:
    """What SQLite would copy a table for is an ALTER in the SQL for a server, and works there."""
    before = users(sa.Column("plan", sa.String(20)))
    after = users(sa.Column("plan", sa.String(80), nullable=False, index=True))
    other = Lab(new_database(target), config=lab.root)
    for one in (lab, other):
        be(one, before)
        want(one, after)
    sql = lab.autogenerate("Change the plan").sql(target)
    assert "_alembic_tmp_" not in sql
    _run(other, sql)
    assert list(other.drift()) == []


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_sql_for_sqlite_copies_the_table_where_it_must(lab: Lab) -> None:
    """Where SQLite cannot alter a column, the SQL copies the rows into a new table."""
    be(lab, users(sa.Column("plan", sa.String(20))))
    execute(lab, "INSERT INTO users VALUES (1, 'Ann', 'free')")
    want(lab, users(sa.Column("plan", sa.String(80), nullable=False)))
    sql = lab.autogenerate("Change the plan").sql("sqlite")
    assert "INSERT INTO _alembic_tmp_users" in sql
    _run(lab, sql)
    assert list(lab.drift()) == []
    assert list(lab.rows("users")["plan"]) == ["free"]


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_sql_for_another_dialect_is_refused(lab: Lab) -> None:
    """A dialect that the lab does not know is an error that names those it knows."""
    want(lab, users())
    with pytest.raises(InputError, match="sqlite, postgresql, mariadb"):
        lab.autogenerate("Create users").sql("oracle")


def test_behind_the_newest_revision_it_is_refused(lab: Lab) -> None:
    """On a database that is not up to date, a comparison would repeat pending revisions."""
    want(lab, users())
    revision = lab.autogenerate("Create users").write()
    with pytest.raises(HistoryError, match=f"base, but the newest revision is {revision.id}"):
        lab.autogenerate("Create users again")


def test_without_a_model_dropping_everything_is_refused(lab: Lab) -> None:
    """With tables in the database and no model at all, it says that no model was found (D2)."""
    be(lab, users())
    with pytest.raises(ModelError, match="No model was found"):
        lab.autogenerate("Drop everything")


def _run(lab: Lab, sql: str) -> None:
    execute(lab, *(one for one in sql.split(";") if one.strip()))


def test_every_type_goes_there_and_back(lab: Lab) -> None:
    """What the types of a table made is gone with it, so that it can be made again."""

    class Thing(lab.Model, table=True):  # type: ignore[name-defined, misc, call-arg]
        id: uuid.UUID = Field(primary_key=True)
        colour: Colour
        done: bool
        extra: dict[str, str] = Field(sa_type=sa.JSON)

    lab.autogenerate("Create things").write()
    for _ in range(2):
        lab.upgrade()
        assert list(lab.drift()) == []
        lab.downgrade()
    assert list(lab.tables()["table"]) == []
