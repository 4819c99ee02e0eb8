"""The connection that a lab keeps for looking at SQLite, and what makes it open another."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.database import engine_for, looking_again

FORKING = """
import os, sys
import sqlalchemy as sa
from schema_lab.database import engine_for, looking_again, file_cache

file_cache.YOUNG = 0
engine = engine_for(sa.make_url(sys.argv[1]))

def is_marked():
    with looking_again(engine) as connection:
        found = "mark" in connection.info  # gone with the driver's connection
        connection.info["mark"] = True
        return found

assert not is_marked() and is_marked()
child = os.fork()
if child == 0:
    os._exit(is_marked())
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
assert is_marked()
sys.exit(code)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a SQLite file with one table."""
    path = tmp_path / "shop.db"
    made(path, "users")
    return path


@pytest.fixture
def engine(file: Path) -> Iterator[sa.Engine]:
    """Give the engine on it."""
    found = engine_for(sa.make_url(f"sqlite:///{file}"))
    yield found
    found.dispose()


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file count as old enough that a change of it shows."""
    monkeypatch.setattr("schema_lab.database.file_cache.YOUNG", 0)


def made(path: Path, table: str) -> None:
    """Make a database with one table; it has as many bytes and changes, whatever the name."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE {table} (id INTEGER)")


def looked(engine: sa.Engine) -> tuple[object, list[str]]:
    """Look at the tables; give the driver's connection too."""
    with looking_again(engine) as connection:
        driver = connection.connection.driver_connection
        return driver, sa.inspect(connection).get_table_names()


@pytest.mark.usefixtures("settled")
def test_a_file_that_stays_is_looked_at_again_on_one_connection(engine: sa.Engine) -> None:
    """Two looks at a file that nobody wrote share their connection."""
    first, second = looked(engine), looked(engine)
    assert first == second
    assert first[1] == ["users"]


def test_a_young_file_is_looked_at_afresh(engine: sa.Engine) -> None:
    """A file written a moment ago might change without a trace, so no connection is kept."""
    assert looked(engine)[0] is not looked(engine)[0]


@pytest.mark.usefixtures("settled")
def test_who_asks_the_engine_gets_a_fresh_connection(engine: sa.Engine) -> None:
    """What a look has set on its connection reaches nobody else, and the other way round."""
    kept, _ = looked(engine)
    with engine.connect() as connection:
        own = connection.connection.driver_connection
        assert own is not kept
    assert looked(engine)[0] is not own


def _replaced(path: Path, other: Path) -> None:
    other.replace(path)


def _overwritten(path: Path, other: Path) -> None:
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    shutil.copyfile(other, path)
    os.utime(path, ns=times)


def _removed(path: Path, other: Path) -> None:
    path.unlink()
    other.rename(path)


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("change", [_replaced, _overwritten, _removed])
def test_another_file_in_its_place_is_seen(
    engine: sa.Engine, file: Path, change: Callable[[Path, Path], None]
) -> None:
    """A database that took the place of another is read, though SQLite counts the same changes."""
    other = file.with_name("other.db")
    made(other, "teams")
    assert looked(engine)[1] == ["users"]
    change(file, other)
    assert looked(engine)[1] == ["teams"]


@pytest.mark.usefixtures("settled")
def test_a_table_of_somebody_else_is_seen(engine: sa.Engine, file: Path) -> None:
    """What another connection has committed shows in the next look."""
    looked(engine)
    made(file, "teams")
    assert looked(engine)[1] == ["teams", "users"]


@pytest.mark.usefixtures("settled")
def test_no_lock_is_held_between_two_looks(engine: sa.Engine, file: Path) -> None:
    """Others may lock the whole file while a connection is kept."""
    looked(engine)
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert other.in_transaction


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize(
    "statement",
    ["ATTACH ':memory:' AS more", "CREATE TEMP TABLE users (id INTEGER)"],
)
def test_a_connection_with_more_than_the_file_is_closed(engine: sa.Engine, statement: str) -> None:
    """What env.py attaches or makes for itself is gone in the next look, as it was before."""
    with looking_again(engine) as connection:
        used = connection.connection.driver_connection
        connection.connection.driver_connection.execute(statement)  # type: ignore[union-attr]
    assert looked(engine)[0] is not used


@pytest.mark.usefixtures("settled")
def test_a_write_ahead_log_is_not_kept_open(engine: sa.Engine, file: Path) -> None:
    """In WAL mode each look closes its connection, so that the log goes into the file."""
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA journal_mode = WAL")
    looked(engine)
    assert [one.name for one in file.parent.iterdir()] == ["shop.db"]


@pytest.mark.usefixtures("settled")
def test_a_look_that_failed_leaves_no_connection(engine: sa.Engine) -> None:
    """A connection on which something went wrong is closed."""

    def fail() -> None:
        with looking_again(engine) as connection:
            connection.info["mark"] = True
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with looking_again(engine) as connection:
        assert "mark" not in connection.info


def test_a_forked_process_opens_its_own(file: Path) -> None:
    """A child process uses no connection of its parent, which keeps its own."""
    command = [sys.executable, "-c", FORKING, f"sqlite:///{file}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
