"""A session is in the way of a migration: this program's own, or somebody else's."""

import logging
import threading
import time
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from schema_lab import Lab
from schema_lab.errors import LossError, SchemaLabError
from schema_lab.migrate.safeguards import wait_until_vacuum_ends
from tests.support.revisions import Walk

ADD_COLUMN = 'op.add_column("counters", sa.Column("label", sa.String(20)))'
READ = sa.text("SELECT * FROM counters")
WRITE = sa.text("UPDATE counters SET n = n + 1")
left_open: Session | sa.Connection | None = None


@pytest.fixture
def lab(walk: Walk) -> Iterator[Lab]:
    """Give a lab whose next revision adds a column; what a test leaves open is closed."""
    walk.revision("0002", ADD_COLUMN)
    lab = walk.lab()
    yield lab
    lab.close_sessions(accept_loss=True)


def opened(lab: Lab, kind: str) -> Session | sa.Connection:
    """Read rows, and leave the session or the connection open, as a cell does."""
    global left_open  # noqa: PLW0603 - as in a notebook
    left_open = lab.session() if kind == "session" else lab.engine.connect()
    left_open.execute(READ).all()
    return left_open


@pytest.mark.parametrize("kind", ["session", "connection"])
def test_an_own_session_is_named_within_seconds(lab: Lab, kind: str) -> None:
    """C7: what this program left open is named at once, by variable and place, with the cure."""
    opened(lab, kind)
    began = time.monotonic()
    with pytest.raises(SchemaLabError) as refused:
        lab.upgrade()
    assert time.monotonic() - began < 4
    assert f"own {kind} (`left_open`, opened at test_sessions.py, line " in str(refused.value)
    assert "lab.close_sessions()" in refused.value.cure
    assert lab.close_sessions().closed
    assert lab.upgrade().after == ("0002",)


def test_uncommitted_changes_are_named_before_they_are_lost(lab: Lab) -> None:
    """C7: closing asks first where changes were not committed, and then rolls back."""
    opened(lab, "session").execute(WRITE)
    with pytest.raises(LossError, match="UPDATE counters") as asked:
        lab.close_sessions()
    assert asked.value.names == ("left_open",)
    assert len(lab.open_sessions()) == 1
    closed = lab.close_sessions(accept_loss=True)
    assert "UPDATE counters" in repr(closed)
    assert lab.open_sessions() == ()
    assert lab.query("SELECT n FROM counters")["n"].tolist() == [0]


def test_a_session_that_has_committed_is_not_in_the_way(lab: Lab) -> None:
    """C7: an open session without a transaction holds nothing, and is not named."""
    with lab.session() as session:
        session.execute(WRITE)
        session.commit()
        assert lab.open_sessions() == ()
        assert lab.upgrade().after == ("0002",)
    assert lab.open_sessions() == ()


def test_a_session_of_another_thread_may_end_by_itself(lab: Lab) -> None:
    """C7: a thread that commits soon is waited for, not refused."""
    begun = threading.Event()

    def work() -> None:
        with lab.session() as session:
            session.execute(WRITE)
            begun.set()
            time.sleep(0.7)
            session.commit()

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait()
    assert lab.upgrade().after == ("0002",)
    worker.join()
    assert lab.query("SELECT n FROM counters")["n"].tolist() == [1]


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_an_own_session_on_another_table_is_not_in_the_way(lab: Lab, walk: Walk) -> None:
    """C7: a session that has not used the table blocks nothing."""
    walk.sql("CREATE TABLE others (id INT)")
    with lab.session() as session:
        session.execute(sa.text("SELECT * FROM others")).all()
        assert lab.upgrade().after == ("0002",)


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_a_foreign_connection_is_named_while_and_after_the_lab_waits(
    walk: Walk, caplog: pytest.LogCaptureFixture
) -> None:
    """C7: number, user, state and statement of whoever blocks the table are said."""
    walk.revision("0002", ADD_COLUMN)
    number = "pg_backend_pid()" if walk.url.startswith("postgresql") else "CONNECTION_ID()"
    lab = walk.lab(wait=5)
    with walk.engine.connect() as other, caplog.at_level(logging.WARNING, "schema_lab"):
        pid = other.exec_driver_sql(f"SELECT {number}").scalar()
        other.execute(READ).all()
        began = time.time()
        with pytest.raises(SchemaLabError) as given_up:
            lab.upgrade()
    assert f"connection {pid} of user " in given_up.value.fact
    assert "idle" in given_up.value.fact
    assert f"The migration waits for connection {pid}" in caplog.text
    assert caplog.records[0].created - began < 3.5


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_who_holds_a_row_is_named(walk: Walk) -> None:
    """C7: a revision that waits for a row names the connection that has changed it."""
    walk.revision("0002", 'op.execute("UPDATE counters SET n = 5")')
    with walk.engine.connect() as other:
        pid = other.exec_driver_sql("SELECT CONNECTION_ID()").scalar()
        other.execute(WRITE)
        with pytest.raises(SchemaLabError, match=f"connection {pid} of user"):
            walk.lab(wait=1).upgrade()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_panel_closes_what_was_left_open(lab: Lab) -> None:
    """C7: the button appears with the error; pressed twice, it loses the changes that it named."""
    panel = lab.panel()
    assert panel.close_button.layout.display == "none"
    opened(lab, "session").execute(WRITE)
    panel.upgrade_button.click()
    assert "left_open" in panel.error_box.value
    assert panel.close_button.layout.display != "none"
    panel.close_button.click()
    assert "UPDATE counters" in panel.error_box.value
    panel.close_button.click()
    assert panel.error_box.value == ""
    assert panel.close_button.layout.display == "none"
    panel.upgrade_button.click()
    assert lab.status().current == ("0002",)


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_an_automatic_vacuum_is_outwaited(engine: sa.Engine) -> None:
    """C7: PostgreSQL cancels its own vacuum for who waits as long as `deadlock_timeout`."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SET lock_timeout = '500ms'")
        connection.commit()
        wait_until_vacuum_ends(connection)
        waits = connection.exec_driver_sql(
            "SELECT current_setting('lock_timeout')::interval"
            " - current_setting('deadlock_timeout')::interval = interval '500ms'"
        )
        assert waits.scalar() is True
