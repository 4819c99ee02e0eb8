"""MariaDB: loaded beside, exchanged at once, taken back when something fails."""

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.database.snapshots import Snapshot
from schema_lab.database.snapshots.mariadb import spare_names
from schema_lab.database.snapshots.mariadb_dump import MariadbTools
from schema_lab.errors import DatabaseError
from tests.snapshots import rich
from tests.snapshots.conftest import scalar
from tests.snapshots.test_refusals import trust
from tests.support.dump import Dump, schema_dump

pytestmark = pytest.mark.mariadb

PASSWORD = 's3\'cret \\ "pass" #;%'


@pytest.fixture
def dialect() -> str:
    """Run these tests on MariaDB."""
    return "mariadb"


@pytest.fixture
def own(lab: Lab, folder: Path) -> Iterator[Lab]:
    """Give the lab of a user who has all rights, but on this one database only."""
    name = f"lab_{uuid.uuid4().hex[:12]}"
    with lab.engine.begin() as connection:
        quoted = connection.dialect.identifier_preparer.quote(str(lab.engine.url.database))
        connection.execute(
            sa.text(f"CREATE USER {name} IDENTIFIED BY :password"), {"password": PASSWORD}
        )
        connection.exec_driver_sql(f"GRANT ALL ON {quoted}.* TO {name}")
    yield Lab(lab.engine.url.set(username=name, password=PASSWORD), config=folder, wait=5)
    rich.run(lab.engine, f"DROP USER {name}")


ROUTINES = """
SELECT routine_type, routine_name, routine_definition FROM information_schema.routines
WHERE routine_schema = DATABASE() ORDER BY 1, 2"""
EVENTS = """
SELECT event_name, event_definition, starts, status FROM information_schema.events
WHERE event_schema = DATABASE() ORDER BY 1"""
HISTORY = "SELECT amount, row_start, row_end FROM prices FOR SYSTEM_TIME ALL ORDER BY 1"
SEQUENCE = "SHOW CREATE SEQUENCE tickets"


def everything(lab: Lab) -> tuple[Dump, list[object]]:
    """Read schema and rows, with routines, events and the former rows of versioned tables."""
    with lab.engine.connect() as connection:
        queries = (ROUTINES, EVENTS, HISTORY, SEQUENCE)
        rest: list[object] = [connection.exec_driver_sql(query).all() for query in queries]
    return schema_dump(lab.engine.url), rest


def test_routines_events_sequences_and_history_come_back(rich_lab: Lab) -> None:
    """What the common dump does not show: a versioned table's former rows among it."""
    before = everything(rich_lab)
    snapshot = rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    rich.run(rich_lab.engine, "DROP TABLE prices")
    rich_lab.restore(snapshot)
    assert everything(rich_lab) == before
    assert scalar(rich_lab, "SELECT count(*) FROM prices FOR SYSTEM_TIME ALL") == 2


def test_what_fails_after_the_exchange_takes_the_exchange_back(rich_lab: Lab) -> None:
    """A1: tables, rows and programs are those of before, and no spare database is left."""
    snapshot = rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    rich.run(rich_lab.engine, "CREATE SEQUENCE tickets")
    before = everything(rich_lab)
    # It runs in the empty spare database, and fails where its table has come along.
    append(snapshot, "events.sql", "CREATE TABLE twice_is_too_much (id INTEGER);")
    with pytest.raises(DatabaseError, match=r"^mariadb failed: .*twice_is_too_much' already"):
        rich_lab.restore("s1")
    assert everything(rich_lab) == before
    assert not spare_databases(rich_lab)


def test_what_does_not_load_touches_nothing(rich_lab: Lab) -> None:
    """A1: errors are found in the spare database, before the live one is touched."""
    snapshot = rich_lab.snapshot()
    append(snapshot, "triggers.sql", "SELECT nonsense FROM nowhere;")
    before = everything(rich_lab)
    with pytest.raises(DatabaseError, match="nowhere"):
        rich_lab.restore("s1")
    assert everything(rich_lab) == before
    assert not spare_databases(rich_lab)


def test_a_password_full_of_signs_works_and_is_in_no_argument(own: Lab) -> None:
    """I5: the programs log in as the driver does, and a list of processes shows no secret."""
    rich.make(own.engine)
    snapshot = own.snapshot()
    assert "s3" not in snapshot.path.with_suffix(".json").read_text()
    with own.engine.connect() as connection:
        command = MariadbTools.of(connection, 1)._command(Path("mariadb"))
    assert command.environment == {"MYSQL_PWD": PASSWORD}
    assert "s3" not in f"{command.arguments} {command!r}"


def test_a_user_who_may_not_create_databases_is_told_the_right_to_ask_for(own: Lab) -> None:
    """A10: nothing is touched before the spare databases are there."""
    rich.make(own.engine)
    own.snapshot()
    before = everything(own)
    with pytest.raises(DatabaseError, match=r"spare database, .*Access denied") as caught:
        own.restore("s1")
    assert "GRANT ALL ON `schema\\_lab\\_%`.*" in caught.value.cure
    assert everything(own) == before


def test_keys_of_other_databases_are_named(rich_lab: Lab, new_database: object) -> None:
    """A table elsewhere that refers to this database would refer to the dropped tables."""
    assert callable(new_database)
    name = sa.make_url(new_database("mariadb")).database
    live = rich_lab.engine.url.database
    key = f"FOREIGN KEY (team) REFERENCES {live}.teams (id)"
    rich.run(rich_lab.engine, f"CREATE TABLE {name}.outside (team INTEGER, {key})")
    rich_lab.snapshot()
    with pytest.raises(DatabaseError, match=rf"Foreign keys of {name}\.outside refer"):
        rich_lab.restore("s1")


def test_a_table_that_is_read_for_a_moment_is_waited_for(rich_lab: Lab) -> None:
    """C7: a lock in the way is tried again until it is gone."""
    before = everything(rich_lab)
    rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    with rich_lab.engine.connect() as reader:
        reader.exec_driver_sql("SELECT * FROM users")
        timer = threading.Timer(3, reader.connection.rollback)
        timer.start()
        rich_lab.restore("s1")
        timer.join()
    assert everything(rich_lab) == before


def test_a_restore_gives_up_on_a_table_in_use(rich_lab: Lab, folder: Path) -> None:
    """C7: a transaction that does not end is left alone, and so is the database."""
    rich_lab.snapshot()
    before = everything(rich_lab)
    with rich_lab.engine.connect() as reader:
        reader.exec_driver_sql("SELECT * FROM users")
        with pytest.raises(DatabaseError, match="Lock wait timeout"):
            Lab(rich_lab.engine.url, config=folder, wait=0.2).restore("s1")
    assert everything(rich_lab) == before


def append(snapshot: Snapshot, part: str, sql: str) -> None:
    """Write SQL behind a part of an archive, and let the checksum fit."""
    with ZipFile(snapshot.path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(snapshot.path, "w") as archive:
        for name, content in parts.items():
            more = f"\n{sql}\n".encode() if name == part else b""
            archive.writestr(name, content + more)
    trust(snapshot)


def spare_databases(lab: Lab) -> list[str]:
    """List the spare databases of the lab's database that there are."""
    with lab.engine.connect() as connection:
        there = sa.inspect(connection).get_schema_names()
    return [name for name in spare_names(str(lab.engine.url.database)) if name in there]
