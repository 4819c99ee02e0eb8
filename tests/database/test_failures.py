"""What a person reads when the database does not answer: what, where (masked), what to do."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.database.connections.engines import engine_for
from schema_lab.database.failures import database_error
from schema_lab.database.urls import masked, resolve
from schema_lab.errors import DatabaseError
from schema_lab.schema.frames.tables import rows, tables
from tests.support.servers import server_url


def failure(url: sa.URL) -> DatabaseError:
    """Give the error of looking at the tables of a database that does not answer."""
    with pytest.raises(DatabaseError) as caught:
        tables(engine_for(url))
    error = caught.value
    assert masked(url) in error.fact
    assert error.fact.endswith(".")
    assert "\n" not in str(error)
    assert "s3cret" not in f"{error} {error.args} {error.__cause__} {error.__context__}"
    return error


@pytest.mark.parametrize(
    "url", ["postgresql://u:s3cret@127.0.0.1:1/d", "mysql://u:s3cret@127.0.0.1:1/d"]
)
def test_a_server_that_is_down_is_named(url: str) -> None:
    """I6: nothing listens at the port."""
    error = failure(resolve(url))
    assert error.cure == "Start the server, or correct the host and port in the URL."


@pytest.mark.parametrize("url", ["postgresql://u:s3cret@no.invalid/d", "mysql://u@no.invalid/d"])
def test_a_host_that_does_not_exist_is_named(url: str) -> None:
    """I6: the host has no address."""
    error = failure(resolve(url))
    assert error.cure == "Start the server, or correct the host and port in the URL."


@pytest.mark.parametrize(
    "said",
    [
        "[Errno -2] Name or service not known",
        "[Errno -3] Temporary failure in name resolution",
        "[Errno -4] Non-recoverable failure in name resolution",
        "[Errno -5] No address associated with hostname",
        "[Errno -9] Address family for hostname not supported",
        "[Errno 8] nodename nor servname provided, or not known",
        "[Errno 11001] No such host is known",
        "failed to resolve host 'db': [Errno -3] Try again",
        'could not translate host name "db" to address: Try again',
        'connection to server at "db", port 5432 failed: Network is unreachable',
        'connection to server at "db", port 5432 failed: No route to host',
    ],
)
def test_a_host_that_cannot_be_found_has_one_cure(said: str) -> None:
    """A host without an address, a resolver that is away and a network that is down are alike."""
    cause = sa.exc.OperationalError("", {}, Exception(said))
    error = database_error(cause, sa.make_url("postgresql://u:s3cret@db/d"))
    assert error.cure == "Start the server, or correct the host and port in the URL."


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
class TestServers:
    """A server that answers with a refusal."""

    def test_a_wrong_user_is_named(self, database_url: str) -> None:
        """I6: the user is not known, or the password is wrong."""
        url = sa.make_url(database_url).set(username="stranger", password="s3cret")
        assert failure(url).cure.startswith("Correct the user and password")

    def test_a_missing_database_is_named(self, database_url: str, dialect: str) -> None:
        """I6: the server runs, the database is not there."""
        url = server_url(dialect).set(database="schema_lab_test_nowhere")
        assert failure(url).cure == "Create the database, or correct its name in the URL."


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    """I6: the file is text, and stays as it is."""
    file = tmp_path / "notes.txt"
    file.write_text("not a database, " * 100)
    error = failure(resolve(f"sqlite:///{file}"))
    assert error.cure == "Restore a copy of the file, or name another file in the URL."
    assert file.read_text() == "not a database, " * 100


def test_a_corrupt_file_is_named(tmp_path: Path) -> None:
    """I6: the file begins like a database and goes on as something else."""
    file = tmp_path / "broken.db"
    engine = engine_for(resolve(f"sqlite:///{file}"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT)"))
        connection.execute(sa.text("INSERT INTO t (s) VALUES (hex(zeroblob(20000)))"))
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    with pytest.raises(DatabaseError, match="malformed") as caught:
        rows(engine, "t")
    assert caught.value.cure.startswith("Restore a copy")


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """A10: the folder went away after the URL was resolved."""
    url = resolve(f"sqlite:///{tmp_path}/x.db").set(database=f"{tmp_path}/gone/x.db")
    assert failure(url).cure.startswith("Check that the file and its folder exist")
