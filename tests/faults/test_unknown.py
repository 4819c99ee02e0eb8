"""What is not known is said as not known, never as "base", "0 pending" or "rolled back"."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.errors import DatabaseError, HistoryError, MigrationError, SchemaLabError
from tests.support.doors import closed_port
from tests.support.own_mariadb import OwnMariaDB, own_mariadb
from tests.support.processes import through_lab
from tests.support.revisions import Walk
from tests.support.waiting import until

JARS = 'op.create_table("jars", sa.Column("id", sa.Integer, primary_key=True))'
LID = 'op.add_column("jars", sa.Column("lid", sa.Integer))\n'
LABEL = 'op.add_column("jars", sa.Column("label", sa.Integer))\n'
SLEEP = 'op.execute("SELECT SLEEP(20)")\n'
SLEEPS = "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%%'"


@pytest.fixture(scope="module")
def folded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnMariaDB]:
    """Give a server on which App and app are one database, as on Windows."""
    with own_mariadb(tmp_path_factory.mktemp("server"), "--lower-case-table-names=1") as server:
        yield server


def on(server: OwnMariaDB, root: Path, database: str) -> Walk:
    """Give a project on a new database of a server."""
    server.sql(f"CREATE DATABASE {database}")
    url = server.url.set(database=database).render_as_string(hide_password=False)
    walk = Walk.begin(root / "walk", url)
    walk.revision("0001", JARS)
    return walk


def test_a_server_that_dies_leaves_an_open_question(folded: OwnMariaDB, tmp_path: Path) -> None:
    """A1: MariaDB is killed during a revision: the error does not say "rolled back"."""
    walk = on(folded, tmp_path, "pantry")
    walk.lab().upgrade()
    walk.revision("0002", LID + SLEEP + LABEL)

    def kill() -> None:
        until(lambda: bool(folded.sql(SLEEPS)))
        folded.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(MigrationError) as stopped:
        walk.lab(wait=5).upgrade()
    killer.join()
    assert "it is unknown what of this revision was applied" in stopped.value.cure
    assert "rolled back" not in str(stopped.value)
    folded.start()
    walk.revision("0002", LID + SLEEP.replace("20", "0") + LABEL)
    walk.lab().resume()
    found = folded.sql("SHOW COLUMNS FROM jars", database="pantry")
    assert [row[0] for row in found] == ["id", "lid", "label"]


def test_two_spellings_of_one_database_share_a_lock(folded: OwnMariaDB, tmp_path: Path) -> None:
    """C4: where the server folds names, a migration through `App` waits for one through `app`."""
    walk = on(folded, tmp_path, "app")
    walk.lab().upgrade()
    walk.revision("0002", SLEEP + LID)
    running = walk.start(through_lab)
    until(lambda: bool(folded.sql(SLEEPS)))
    other = Walk(walk.root, walk.url.replace("/app", "/App"))
    with pytest.raises(DatabaseError, match="Another migration is running"):
        other.lab(wait=0.5).upgrade()
    sleeping = folded.sql(SLEEPS.replace("SELECT 1", "SELECT id"))
    folded.sql(f"KILL QUERY {sleeping[0][0]}")
    running.end()


@pytest.mark.parametrize("dialect", ["mariadb"])
def test_a_connection_that_the_server_ends_leaves_a_question(walk: Walk) -> None:
    """A1: the connection is killed during an ALTER: the statement is in doubt, not rolled back."""
    walk.sql("CREATE TABLE filled (id INT PRIMARY KEY)")
    walk.sql("INSERT INTO filled SELECT seq FROM seq_1_to_15000")
    slow = "ADD COLUMN hashed CHAR(64) AS (SHA2(REPEAT(id, 20000), 256)) STORED"
    walk.revision("0002", f'op.execute("ALTER TABLE filled {slow}")')
    listed = "SELECT id FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE f%%'"

    def kill() -> None:
        until(lambda: walk.value(listed) is not None)
        walk.sql(f"KILL {walk.value(listed)}")

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(MigrationError) as stopped:
        walk.lab(wait=5).upgrade()
    killer.join()
    assert "In doubt: ALTER TABLE filled" in stopped.value.cure
    walk.lab().resume()
    assert walk.value("SELECT COUNT(hashed) FROM filled") == 15000


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_lost_connection_is_not_called_a_rollback(walk: Walk) -> None:
    """A1: the server ends the connection: the error says that it is unknown what was applied."""
    walk.revision("0002", 'op.execute("SELECT pg_terminate_backend(pg_backend_pid())")')
    with pytest.raises(MigrationError, match="unknown what of this revision was applied"):
        walk.lab().upgrade()


@pytest.mark.parametrize("dialect", ["postgresql", "mariadb"])
def test_a_server_that_does_not_answer_has_no_revision(walk: Walk) -> None:
    """I6: revision and pending are unknown, and `resume` does not say that no revision stopped."""
    url = sa.make_url(walk.url).set(port=closed_port())
    lab = Walk(walk.root, url.render_as_string(hide_password=False)).lab(wait=1)
    status = lab.status()
    assert (status.current, status.pending) == (None, None)
    assert "revision  unknown" in repr(status)
    assert "pending   unknown" in repr(status)
    assert "0 pending" not in status._repr_html_()
    with pytest.raises(DatabaseError):
        lab.resume()


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_revisions_that_do_not_load_are_not_counted(walk: Walk) -> None:
    """H12: with a broken revision file, heads and pending are unknown, and the revision is read."""
    walk.revision("0002", "pass").write_text("revision = (")
    status = walk.lab().status()
    assert (status.current, status.heads, status.pending) == (("0001",), None, None)
    assert "heads     unknown" in repr(status)


@pytest.mark.parametrize("dialect", ["postgresql"])
def test_a_search_path_that_leads_nowhere_is_not_base(walk: Walk) -> None:
    """H2: with a search_path that names no schema, every verb says that the revision is unknown."""
    url = sa.make_url(walk.url).update_query_dict({"options": "-csearch_path=nowhere"})
    lab = Walk(walk.root, url.render_as_string(hide_password=False)).lab()
    for verb in (lab.current, lab.history, lab.upgrade, lab.drift, lab.downgrade):
        with pytest.raises(SchemaLabError, match=r"nowhere"):
            verb()
    with pytest.raises(HistoryError, match=r"The revision of the database is unknown"):
        lab.current()
    assert lab.status().current is None
