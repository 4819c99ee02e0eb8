"""One migration at a time: in the process, and on the database."""

import os
import sys
import threading
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic import command

from schema_lab import Lab
from schema_lab.database import SQLITE_BEGIN, exclusive
from schema_lab.database.connections.engines import engine_for
from schema_lab.database.connections.lock import DEFAULT_WAIT, wait_until_it_answers
from schema_lab.database.urls import resolve
from schema_lab.errors import DatabaseError
from tests.conftest import FreshDatabase
from tests.support.doors import closed_port
from tests.support.labs import filled_in
from tests.support.servers import SERVERS

NAMED: dict[str, Callable[[sa.Connection], str]] = {
    "sqlite": lambda holder: f"process {os.getpid()}",
    "postgresql": lambda holder: f"connection {holder.scalar(sa.text('SELECT pg_backend_pid()'))}",
    "mariadb": lambda holder: f"connection {holder.scalar(sa.text('SELECT connection_id()'))}",
}
"""How an error names who holds the lock."""


def slowly(name: str) -> str:
    """Give code that creates five tables and leaves other threads their time."""
    return (
        "import time\n"
        "for number in range(5):\n"
        f"    op.execute(f'CREATE TABLE {name}_{{number}} (id INTEGER)')\n"
        "    time.sleep(0.02)"
    )


def at_once(*tasks: Callable[[], object]) -> list[BaseException]:
    """Run tasks in threads that start together, and give what they raised."""
    barrier, raised = threading.Barrier(len(tasks)), list[BaseException]()

    def run(task: Callable[[], object]) -> None:
        barrier.wait()
        try:
            task()
        except BaseException as error:  # noqa: BLE001  # the test looks at it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_two_databases_upgrade_in_two_threads(lab: Lab, new_database: FreshDatabase) -> None:
    """Upgrades of two projects in one process do not mix: each database gets its own tables."""
    other = Lab.scratch()
    filled_in(lab, "Mine", slowly("mine"))
    filled_in(other, "Theirs", slowly("theirs"))
    assert at_once(lab.upgrade, other.upgrade) == []
    for one, name in ((lab, "mine"), (other, "theirs")):
        assert set(one.tables()["table"]) == {f"{name}_{number}" for number in range(5)}


def test_one_database_upgrades_once_in_two_threads(lab: Lab) -> None:
    """Two threads that upgrade the same database both end well, and the revision ran once (C5)."""
    filled_in(lab, "Slowly", slowly("mine"))
    runs = list[tuple[str, ...]]()
    assert at_once(*[lambda: runs.append(lab.upgrade().revisions)] * 2) == []
    assert sorted(map(len, runs)) == [0, 1]


def test_reading_while_another_thread_upgrades(lab: Lab) -> None:
    """Status and drift of one lab are right while another thread migrates it."""
    filled_in(lab, "Slowly", slowly("mine"))
    assert at_once(lab.upgrade, lambda: [lab.status() for _ in range(3)]) == []
    assert lab.status().pending == 0


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_threads_leave_the_interpreter_as_it_was(lab: Lab) -> None:
    """However threads overlap, Python's settings for compiled files are given back."""
    filled_in(lab, "Nothing", "pass")
    before = sys.pycache_prefix, sys.dont_write_bytecode

    def look() -> None:
        for _ in range(10):
            lab.history()

    assert at_once(look, look, lab.upgrade) == []
    assert (sys.pycache_prefix, sys.dont_write_bytecode) == before


def test_a_lock_that_is_not_free_names_its_holder(lab: Lab, dialect: str) -> None:
    """After the wait the error says which connection migrates (C4)."""
    hasty = Lab(lab.engine.url, config=lab.root, wait=0.3)
    filled_in(lab, "Nothing", "pass")
    with (
        lab.engine.connect() as holder,
        exclusive(holder.execution_options(**{SQLITE_BEGIN: "IMMEDIATE"}), 5),
        holder.begin(),
    ):
        named = NAMED[dialect](holder)
        with pytest.raises(DatabaseError, match=named):
            hasty.upgrade()


@pytest.mark.parametrize("dialect", SERVERS)
def test_a_connection_back_in_its_pool_holds_nothing(lab: Lab) -> None:
    """A program's own connection holds no lock after it has migrated, though it stays open (C9)."""
    filled_in(lab, "Nothing", "pass")
    pooled = sa.create_engine(lab.engine.url, pool_reset_on_return=None)
    config = lab._environment.project.config()
    with pooled.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    with lab.engine.connect() as other, exclusive(other, 0.1):
        assert not other.in_transaction()
    pooled.dispose()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_writer_on_the_file_is_waited_for(lab: Lab) -> None:
    """While somebody writes to the SQLite file the upgrade waits, then succeeds (C8)."""
    filled_in(lab, "Create notes", 'op.execute("CREATE TABLE notes (id INTEGER)")')
    writing = threading.Event()

    def write() -> None:
        with lab.engine.connect().execution_options(**{SQLITE_BEGIN: "IMMEDIATE"}) as connection:
            connection.exec_driver_sql("CREATE TABLE theirs (id INTEGER)")
            writing.set()
            time.sleep(1)
            connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    writing.wait()
    run = lab.upgrade()
    writer.join()
    assert len(run.revisions) == 1
    assert set(lab.tables()["table"]) == {"notes", "theirs"}


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_each_database_of_a_server_has_its_own_lock(
    engine: sa.Engine, new_database: FreshDatabase
) -> None:
    """C4: a migration of one database does not wait for that of another on the same server."""
    other = engine_for(sa.make_url(new_database("mariadb")))
    with (
        engine.connect() as first,
        other.connect() as second,
        exclusive(first, 0.1),
        exclusive(second, 0.1),
    ):
        pass
    other.dispose()


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_the_lock_is_named_after_the_database_that_the_server_uses(engine: sa.Engine) -> None:
    """C4: a URL without a database shares the lock of the database that its session uses."""
    url, used = engine.url.set(database=None), f"USE `{engine.url.database}`"
    other = engine_for(url.update_query_dict({"init_command": used}))
    with (
        engine.connect() as first,
        other.connect() as second,
        exclusive(first, 0.1),
        pytest.raises(DatabaseError, match="Another migration"),
        exclusive(second, 0.1),
    ):
        pass
    other.dispose()


HELD = {
    "postgresql": "SELECT (classid::bigint << 32) + objid::bigint FROM pg_locks"
    " WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
    "mariadb": "SELECT IS_USED_LOCK(CONCAT('schema_lab:', LEFT(SHA2(DATABASE(), 256), 40)))"
    " = CONNECTION_ID()",
}
SAME = {"postgresql": 1192727267137000975, "mariadb": 1}


@pytest.mark.parametrize("dialect", SERVERS)
def test_the_lock_is_the_same_in_every_version(engine: sa.Engine, dialect: str) -> None:
    """C4: two versions of this package exclude each other, so the lock's name never changes."""
    with engine.connect() as connection, exclusive(connection, 1):
        assert connection.exec_driver_sql(HELD[dialect]).scalar() == SAME[dialect]
        connection.rollback()


END = {
    "postgresql": ("SELECT pg_backend_pid()", "SELECT pg_terminate_backend({})"),
    "mariadb": ("SELECT CONNECTION_ID()", "KILL {}"),
}


@pytest.mark.parametrize("dialect", SERVERS)
def test_a_lock_ends_with_its_connection(engine: sa.Engine, dialect: str) -> None:
    """C9: a connection that was closed or that the server ended has no lock to give back."""
    own, end = END[dialect]
    with engine.connect() as closed, exclusive(closed, 1):
        closed.close()
    with engine.connect() as ended, engine.connect() as other, exclusive(ended, 1):
        number = ended.exec_driver_sql(own).scalar()
        ended.rollback()
        other.exec_driver_sql(end.format(number))
    with engine.connect() as free, exclusive(free, 5):
        pass


@pytest.mark.parametrize("dialect", SERVERS)
def test_an_error_at_the_end_is_not_hidden(engine: sa.Engine, dialect: str) -> None:
    """C9: where the server refuses to take the lock back, the error is raised."""
    with engine.connect() as connection:
        lock = exclusive(connection, 1)
        lock.__enter__()
        refused = sa.event.listens_for(connection, "before_cursor_execute", retval=True)
        refused(lambda *given: ("nonsense", ()))
        with pytest.raises(sa.exc.DBAPIError, match="nonsense"):
            lock.__exit__(None, None, None)


def test_a_migration_waits_a_minute_by_default() -> None:
    """C4: the wait that the documents name is the wait that the lab has."""
    assert DEFAULT_WAIT == 60


@pytest.mark.parametrize("dialect", SERVERS)
def test_a_server_that_never_answers_is_given_up(dialect: str) -> None:
    """I6: after the time the last attempt's own error is raised."""
    url = sa.make_url(f"{dialect}://ann@127.0.0.1:{closed_port()}/app")
    engine = engine_for(resolve(url))
    with pytest.raises(sa.exc.OperationalError):
        wait_until_it_answers(engine, 0.1)
    engine.dispose()


def test_a_server_that_answers_is_not_waited_for(engine: sa.Engine) -> None:
    """I6: the first attempt that succeeds is enough."""
    wait_until_it_answers(engine, 0)
