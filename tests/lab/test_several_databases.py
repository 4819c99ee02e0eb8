"""A history of several databases (Alembic's template `multidb`), with one lab for each."""

import subprocess
import sys

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from schema_lab import Lab
from schema_lab.cli.program import program
from schema_lab.errors import HistoryError, LossError
from tests.lab.foreign import Foreign, Made

MODELS = """
import sqlalchemy as sa

class Base:
    metadata = {"engine1": sa.MetaData(), "engine2": sa.MetaData()}

sa.Table("trains", Base.metadata["engine1"], sa.Column("id", sa.Integer, primary_key=True))
sa.Table("ships", Base.metadata["engine2"], sa.Column("id", sa.Integer, primary_key=True))
"""


@pytest.fixture
def harbor(make: Made, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Foreign:
    """Make a project with the template; engine1 is the test's database, engine2 a SQLite file."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = make("multidb")
    (made.root / f"{made.module}.py").write_text(MODELS)
    other = f"sqlite:///{made.root / 'ships.db'}"
    made.edit("alembic.ini", "sqlite:///shop.db\n", database_url.replace("%", "%%") + "\n")
    made.edit("alembic.ini", "sqlite:///shop.db2", other)
    monkeypatch.chdir(made.root)
    return made


def test_each_database_has_a_lab(harbor: Foreign) -> None:
    """A candidate holds one database's changes, and the other's function stays empty."""
    trains = Lab(config=harbor.root, engine="engine1")
    ships = Lab(config=harbor.root, engine="engine2")
    assert [str(operation) for operation in trains.drift()] == ["+ create table trains"]
    candidate = trains.autogenerate("Lay rails")
    candidate.review()
    path = candidate.write().path
    assert path is not None
    assert trains.upgrade().revisions == ships.upgrade().revisions
    assert list(trains.tables()["table"]) == ["trains"]
    assert list(ships.tables()["table"]) == []
    assert [str(operation) for operation in ships.drift()] == ["+ create table ships"]
    text = path.read_text()
    assert "op.create_table('trains'" in text.partition("def upgrade_engine1")[2]
    assert "op." not in text.partition("def upgrade_engine2")[2]
    ships.autogenerate("Build ships").write()
    ships.upgrade()
    trains.upgrade()
    assert not trains.drift()
    assert not ships.drift()
    assert trains.review().reviewed
    arguments = ["check", "--config", str(harbor.root), "--engine", "engine1"]
    assert CliRunner().invoke(program, arguments).exit_code == 0
    with pytest.raises(LossError, match="ships"):
        _with_a_row(ships).downgrade()
    assert sorted(path.name for path in harbor.root.glob("*.sql")) == []
    assert not (harbor.root / "schema_lab.db").exists()
    check = [sys.executable, "-m", "alembic", "check"]
    subprocess.run(check, cwd=harbor.root, check=True, capture_output=True)


def _with_a_row(lab: Lab) -> Lab:
    with lab.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO ships (id) VALUES (1)"))
    return lab


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_database_that_the_project_lacks_is_refused(harbor: Foreign) -> None:
    """The databases are named, with and without a name."""
    with pytest.raises(HistoryError, match="no database named engine3") as caught:
        Lab(config=harbor.root, engine="engine3")
    assert "engine1, engine2" in caught.value.cure
    with pytest.raises(HistoryError, match="engine1, engine2") as caught:
        Lab(config=harbor.root)
    assert 'engine="engine1"' in caught.value.cure
