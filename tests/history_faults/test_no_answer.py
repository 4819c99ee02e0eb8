"""I6: the database does not answer, or is none."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.database.urls import masked
from tests.history_faults.damage import FIRST, SECOND, Place, errors
from tests.support.doors import closed_port
from tests.support.servers import SERVERS, server_url

SECRET = "s3cret-w%20rd"
START = "Start the server, or correct the host and port in the URL."
LOGIN = "Correct the user and password in the URL, or ask for the right to connect."
CREATE = "Create the database, or correct its name in the URL."
COPY = "Restore a copy of the file, or name another file in the URL."
ASKING = ("history", "current", "heads", "drift", "autogenerate", "upgrade", "downgrade", "stamp")


def down(dialect: str) -> tuple[sa.URL, str]:
    """Nothing listens at the port."""
    return server_url(dialect).set(port=closed_port(), password=SECRET, database="app"), START


def stranger(dialect: str) -> tuple[sa.URL, str]:
    """Nobody has this name and password."""
    return server_url(dialect).set(username="stranger", password=SECRET), LOGIN


def nowhere(dialect: str) -> tuple[sa.URL, str]:
    """There is no such database."""
    password = SECRET if dialect == "postgresql" else None
    return server_url(dialect).set(database="schema_lab_nowhere", password=password), CREATE


@pytest.mark.usefixtures("database_url")  # there must be a server that refuses
@pytest.mark.parametrize("dialect", list(SERVERS))
@pytest.mark.parametrize("fault", [down, stranger, nowhere])
def test_a_server_that_refuses_is_said_in_one_sentence(
    project: Path, fault: Callable[[str], tuple[sa.URL, str]], dialect: str
) -> None:
    """I6: every verb that asks the database says what, where (masked) and what to do."""
    url, cure = fault(dialect)
    lab = Lab(url, config=project)
    said = errors(lab, *ASKING)
    assert said.keys() == set(ASKING)
    where = f"The database {masked(url)} says: "
    assert all(one.startswith(where) and one.endswith(cure) for one in said.values())
    assert not any("\n" in one or "s3cret" in one for one in said.values())


@pytest.mark.parametrize("dialect", list(SERVERS))
def test_the_status_says_what_can_be_read_without_a_server(project: Path, dialect: str) -> None:
    """I6: the revision files are there; one problem is said once."""
    url, cure = down(dialect)
    status = Lab(url, config=project).status()
    assert (status.heads, status.current, status.drift) == ((SECOND,), None, None)
    assert status.problem.count(cure) == 1
    assert "s3cret" not in f"{status!r} {status._repr_html_()}"


@pytest.mark.parametrize("dialect", list(SERVERS))
def test_revisions_can_be_written_without_a_server(project: Path, dialect: str) -> None:
    """I6: a file written by hand needs no database."""
    lab = Lab(down(dialect)[0], config=project)
    assert lab.revision("By hand").down == (SECOND,)


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_a_wrong_password_is_said_as_such(project: Path, database_url: str) -> None:
    """I6: the user exists and the password is another; neither password is shown."""
    url = sa.make_url(database_url)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    user = f"sl_known_{uuid4().hex[:8]}"  # one that was left by a run that was ended is no matter
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'an0ther-word'")
        try:
            lab = Lab(url.set(username=user, password=SECRET), config=project)
            (said,) = errors(lab, "upgrade").values()
        finally:
            connection.exec_driver_sql(f"DROP USER {user}@'127.0.0.1'")
    engine.dispose()
    assert f"Access denied for user '{user}'" in said
    assert said.endswith(LOGIN)
    assert "s3cret" not in said


def text_file(folder: Path) -> Path:
    """Write a file that is no database."""
    file = folder / "notes.txt"
    file.write_text("not a database, " * 1000)
    return file


def corrupt_file(place: Place) -> Path:
    """Overwrite all of a database but its first page."""
    file = Path(str(sa.make_url(place.url).database))
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    return file


class TestFiles:
    """SQLite: a file of another kind, or one that is damaged."""

    def test_a_file_of_another_kind_is_named(self, project: Path, tmp_path: Path) -> None:
        """I6: no verb takes a text for a database, and the text stays as it is."""
        file = text_file(tmp_path)
        said = errors(Lab(f"sqlite:///{file}", config=project), *ASKING)
        assert said.keys() == set(ASKING)
        assert all(f"{file} says: file is not a database. {COPY}" in one for one in said.values())
        assert file.read_text() == "not a database, " * 1000

    @pytest.mark.parametrize("dialect", ["sqlite"])
    def test_a_corrupt_file_is_named(self, place: Place) -> None:
        """I6: what cannot be read is said to be malformed, and is not made worse."""
        file = corrupt_file(place)
        before = file.read_bytes()
        said = errors(place.lab, *ASKING)
        assert said.keys() == set(ASKING)
        assert all("malformed" in one and one.endswith(COPY) for one in said.values())
        assert file.read_bytes() == before

    @pytest.mark.parametrize("dialect", ["sqlite"])
    def test_the_status_of_a_corrupt_file_says_so(self, place: Place) -> None:
        """I6: and it still says what the revision files are."""
        corrupt_file(place)
        status = place.lab.status()
        assert status.heads == (SECOND,)
        assert "malformed" in status.problem


def test_a_deployment_says_where_no_server_answers(project: Path) -> None:
    """I6: scripts/run_migrations.py ends with 1 and one sentence, and shows no password."""
    url = down("postgresql")[0].render_as_string(hide_password=False)
    ran = subprocess.run(
        [sys.executable, "scripts/run_migrations.py"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert START in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "s3cret" not in ran.stdout + ran.stderr


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_server_that_goes_away_in_between_is_named(place: Place) -> None:
    """I6: a connection that the server ends in a migration leaves the database as it was."""
    place.lab.downgrade(FIRST)
    end = "op.execute('SELECT pg_terminate_backend(pg_backend_pid())')"
    place.write("0003", SECOND, upgrade=end)
    before = place.dump()
    (said,) = errors(place.lab, "upgrade").values()
    assert "0003" in said
    assert place.dump() == before
