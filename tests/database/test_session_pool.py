"""A look at PostgreSQL takes the session of the look before, if that was a moment ago."""

import time
from collections.abc import Iterator
from multiprocessing import get_context

import pytest
import sqlalchemy as sa

from schema_lab.database import close_kept_sessions, engine_for, looking_again
from schema_lab.database.connections.pool import MOMENT, OLDEST
from tests.conftest import FreshDatabase

pytestmark = pytest.mark.postgresql

SESSION = sa.text("SELECT pg_backend_pid()")
OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def server(new_database: FreshDatabase) -> Iterator[sa.Engine]:
    """Give the product's engine on an empty PostgreSQL database."""
    engine = engine_for(sa.make_url(new_database("postgresql")))
    yield engine
    engine.dispose()


def looked(engine: sa.Engine, *statements: str) -> int:
    """Look, running statements, and name the session."""
    with looking_again(engine) as connection:
        for one in statements:
            connection.exec_driver_sql(one)
        connection.commit()
        return int(connection.scalar(SESSION) or 0)


def others(engine: sa.Engine) -> int:
    """Count the other sessions on the database, from a session that is closed at once."""
    with sa.create_engine(engine.url, poolclass=sa.NullPool).connect() as connection:
        return int(connection.scalar(sa.text(OTHERS)) or 0)


def test_two_looks_share_a_session(server: sa.Engine) -> None:
    """The second takes the session of the first."""
    assert looked(server) == looked(server)


def test_whoever_does_not_look_gets_a_session_of_his_own(server: sa.Engine) -> None:
    """A kept session is for looks alone."""
    kept = looked(server)
    with server.connect() as connection:
        assert connection.scalar(SESSION) != kept


def test_a_session_is_kept_for_a_moment_only(server: sa.Engine) -> None:
    """Then nobody is connected: DROP DATABASE has waited that long."""
    looked(server)
    assert others(server) == 1
    time.sleep(MOMENT + 0.5)
    assert others(server) == 0


def test_a_database_can_be_renamed_a_moment_after_a_look(server: sa.Engine) -> None:
    """As for DROP DATABASE, the server waits until the kept session is gone."""
    looked(server)
    name = server.url.database
    own = sa.create_engine(server.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with own.connect() as connection:
        connection.exec_driver_sql(f'ALTER DATABASE "{name}" RENAME TO "{name}_away"')
        connection.exec_driver_sql(f'ALTER DATABASE "{name}_away" RENAME TO "{name}"')
    own.dispose()


def test_an_old_session_is_not_taken_again(
    server: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What ALTER DATABASE has set since reaches new sessions only."""
    former, later = looked(server), time.time() + OLDEST + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert looked(server) != former


def test_what_a_look_has_set_is_not_there_in_the_next(server: sa.Engine) -> None:
    """Settings, temporary tables and locks go."""
    session = looked(
        server,
        "SET search_path TO nowhere",
        "CREATE TEMPORARY TABLE mine (id INTEGER)",
        "SELECT pg_advisory_lock(4711)",
    )
    with looking_again(server) as connection:
        assert connection.scalar(SESSION) == session
        assert connection.scalar(sa.text("SHOW search_path")) == '"$user", public'
        assert connection.scalar(sa.text("SELECT to_regclass('mine')")) is None
        assert connection.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE objid = 4711")) == 0


def test_a_session_that_was_ended_is_replaced(server: sa.Engine) -> None:
    """The next look connects anew, and nobody sees an error."""
    ended = looked(server)
    with server.connect() as connection:
        connection.scalar(sa.select(sa.func.pg_terminate_backend(ended)))
    assert looked(server) != ended


def test_a_session_in_an_error_is_not_kept(server: sa.Engine) -> None:
    """A look that failed closes its session."""
    with pytest.raises(sa.exc.DBAPIError):
        looked(server, "SELECT nothing FROM nowhere")
    assert others(server) == 0


def test_letting_go_closes_it(server: sa.Engine) -> None:
    """Whoever wants the database alone need not wait for this process."""
    looked(server)
    close_kept_sessions()
    assert others(server) == 0


def _look_and_say(engine: sa.Engine, said: object) -> None:
    said.put(looked(engine))  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_process_leaves_the_session_to_its_parent(server: sa.Engine) -> None:
    """The child connects itself, and the parent's session lives on."""
    session, context = looked(server), get_context("fork")
    said = context.Queue()
    child = context.Process(target=_look_and_say, args=(server, said))
    child.start()
    of_child = said.get(timeout=30)
    child.join(30)
    assert (of_child != session, looked(server) == session) == (True, True)
