"""`alembic upgrade head --sql`: the SQL, run by hand, gives the same database."""

import sqlite3
import subprocess

import pytest
import sqlalchemy as sa

from tests.conftest import FreshDatabase
from tests.support.dump import schema_dump
from tests.support.terminal import Terminal, succeeded

NOBODY_LISTENS = {
    "postgresql": "postgresql://ann:s3cret@127.0.0.1:9/app",
    "mariadb": "mysql://ann:s3cret@127.0.0.1:9/app",
}


def run_by_hand(url: sa.URL, sql: str) -> None:
    """Feed SQL to the database's own client."""
    if url.get_backend_name() == "sqlite":
        assert url.database is not None
        connection = sqlite3.connect(url.database)
        connection.executescript(sql)
        connection.close()
        return
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    client = {
        "postgresql": ["psql", "-q", "-v", "ON_ERROR_STOP=1", plain],
        "mysql": [
            "mariadb",
            f"--host={url.host}",
            f"--port={url.port}",
            f"--user={url.username}",
            f"--password={url.password or ''}",
            url.database or "",
        ],
    }[url.get_backend_name()]
    subprocess.run(client, input=sql, text=True, check=True, capture_output=True)


def content(url: str) -> tuple[list[str], list[tuple[int, str]]]:
    """Give schema and rows, without the database's name and SQLite's record of white space."""
    dump = schema_dump(url)
    return dump.schema.split(), list(dump.rows.values())


def test_the_sql_gives_the_same_database(
    terminal: Terminal, dialect: str, new_database: FreshDatabase
) -> None:
    """The SQL run by hand leaves the schema and the version that an upgrade leaves."""
    result = terminal.alembic("upgrade", "head", "--sql")
    assert succeeded(result)
    by_hand = new_database(dialect)
    run_by_hand(sa.make_url(by_hand), result.stdout)
    terminal.lab().upgrade()
    assert content(by_hand) == content(terminal.url)


@pytest.mark.parametrize("dialect", list(NOBODY_LISTENS))
def test_the_sql_needs_no_server(terminal_without_server: Terminal) -> None:
    """`--sql` writes for a server that does not answer, and keeps its password."""
    result = terminal_without_server.alembic("upgrade", "head", "--sql")
    assert succeeded(result)
    assert "CREATE TABLE users" in result.stdout
    assert "s3cret" not in result.stdout + result.stderr


@pytest.fixture
def terminal_without_server(tmp_path_factory: pytest.TempPathFactory, dialect: str) -> Terminal:
    """Open a terminal whose DATABASE_URL leads nowhere."""
    folder = tmp_path_factory.mktemp("nobody") / "project"
    return Terminal.on_a_copy(folder, NOBODY_LISTENS[dialect])
