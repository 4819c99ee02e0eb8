"""PostgreSQL: everything happens in one transaction, with no more rights than an owner has."""

import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.database.snapshots import postgresql
from schema_lab.database.snapshots.postgresql import PostgresqlTools
from schema_lab.errors import DatabaseError
from tests.snapshots import rich
from tests.snapshots.conftest import scalar
from tests.support.dump import schema_dump
from tests.support.servers import need_extensions

pytestmark = pytest.mark.postgresql

PASSWORD = "s3'cret \\ pass"


@pytest.fixture
def dialect() -> str:
    """Run these tests on PostgreSQL."""
    return "postgresql"


@pytest.fixture
def owner(lab: Lab) -> Iterator[str]:
    """Give an ordinary role that owns the database, and its schema public as of version 15."""
    name = f"schema_lab_{uuid.uuid4().hex[:12]}"
    database = lab.engine.url.database
    rich.run(
        lab.engine,
        f"CREATE ROLE {name} LOGIN PASSWORD 's3''cret \\ pass'\n"
        f"ALTER DATABASE {database} OWNER TO {name}\nALTER SCHEMA public OWNER TO {name}",
    )
    yield name
    rich.run(lab.engine, f"REASSIGN OWNED BY {name} TO postgres\nDROP OWNED BY {name}")
    rich.run(lab.engine, f"DROP ROLE {name}")


def test_extensions_stay_with_version_and_rows_around_them(rich_lab: Lab) -> None:
    """What an extension owns is not dropped, what came since is, and what uses it comes back."""
    need_extensions(rich_lab.engine, "citext", "hstore", "pg_trgm")
    rich.run(
        rich_lab.engine,
        "CREATE EXTENSION citext VERSION '1.5'\nCREATE SCHEMA tools\n"
        "CREATE EXTENSION hstore SCHEMA tools\nCREATE TABLE tools.t (h tools.hstore, c citext)\n"
        "INSERT INTO tools.t VALUES ('a=>1', 'X')",
    )
    before, oid = schema_dump(rich_lab.engine.url), scalar(rich_lab, EXTENSION)
    snapshot = rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    rich.run(rich_lab.engine, "CREATE EXTENSION pg_trgm\nDROP EXTENSION hstore CASCADE")
    rich_lab.restore(snapshot)
    assert schema_dump(rich_lab.engine.url) == before
    assert scalar(rich_lab, EXTENSION) == oid


EXTENSION = "SELECT oid::text || extversion FROM pg_extension WHERE extname = 'citext'"


def test_privileges_and_owners_are_those_of_the_snapshot(lab: Lab, owner: str) -> None:
    """Rights on tables and schemas that came since are gone, those that went are back."""
    rich.run(
        lab.engine,
        f"CREATE SCHEMA app AUTHORIZATION {owner}\nCREATE TABLE app.t (id integer)\n"
        f"ALTER TABLE app.t OWNER TO {owner}\nCREATE TABLE mine (id integer)\n"
        f"GRANT SELECT ON mine TO {owner}\nGRANT CREATE ON SCHEMA public TO PUBLIC",
    )
    before = schema_dump(lab.engine.url)
    snapshot = lab.snapshot()
    rich.run(
        lab.engine,
        f"GRANT ALL ON app.t TO PUBLIC\nREVOKE SELECT ON mine FROM {owner}\n"
        "REVOKE ALL ON SCHEMA public FROM PUBLIC\nGRANT CREATE ON SCHEMA public TO postgres\n"
        "GRANT USAGE ON SCHEMA app TO PUBLIC\nALTER TABLE app.t OWNER TO postgres",
    )
    assert schema_dump(lab.engine.url) != before
    lab.restore(snapshot)
    assert schema_dump(lab.engine.url) == before


def test_an_ordinary_owner_restores_beside_the_administrator_s_extensions(
    lab: Lab, owner: str, folder: Path
) -> None:
    """A role that may not drop or make an extension goes back all the same; I5: no password."""
    need_extensions(lab.engine, "pg_stat_statements")
    rich.run(lab.engine, "CREATE EXTENSION pg_stat_statements")
    own = Lab(lab.engine.url.set(username=owner, password=PASSWORD), config=folder)
    rich.make(own.engine)
    before = schema_dump(lab.engine.url)
    snapshot = own.snapshot()
    rich.go_on(own.engine)
    own.restore(snapshot)
    assert schema_dump(lab.engine.url) == before
    assert PASSWORD not in snapshot.path.with_suffix(".json").read_text()


def test_the_password_is_in_no_argument(lab: Lab) -> None:
    """I5: a list of processes shows no secret of the URL, wherever it stands in it."""
    url = lab.engine.url.set(password=PASSWORD).update_query_dict({"sslpassword": "key's own"})
    with lab.engine.connect() as connection:
        connection.engine = sa.create_engine(url)
        command = PostgresqlTools.of(connection).command("pg_dump")
    assert command.environment["PGPASSWORD"] == PASSWORD
    shown = f"{command.arguments} {command!r}"
    assert "pass" not in shown
    assert "key" not in shown


def test_a_table_that_is_read_for_a_moment_is_waited_for(rich_lab: Lab, folder: Path) -> None:
    """C7: a lock in the way is tried again until it is gone."""
    before = schema_dump(rich_lab.engine.url)
    rich_lab.snapshot()
    rich.go_on(rich_lab.engine)
    with rich_lab.engine.connect() as reader:
        reader.exec_driver_sql("SELECT * FROM users")
        timer = threading.Timer(1.2, reader.connection.rollback)
        timer.start()
        rich_lab.restore("s1")
        timer.join()
    assert schema_dump(rich_lab.engine.url) == before


def test_a_restore_gives_up_on_a_table_in_use(rich_lab: Lab, folder: Path) -> None:
    """C7: a transaction that does not end is left alone, and so is the database."""
    rich_lab.snapshot()
    before = schema_dump(rich_lab.engine.url)
    started = time.monotonic()
    with rich_lab.engine.connect() as reader:
        reader.exec_driver_sql("SELECT * FROM users")
        with pytest.raises(DatabaseError, match="lock timeout") as caught:
            Lab(rich_lab.engine.url, config=folder, wait=0.2).restore("s1")
    assert "Close the programs that read or write the database" in caught.value.cure
    assert time.monotonic() - started < 20
    assert schema_dump(rich_lab.engine.url) == before


def test_programs_newer_than_the_server_do(rich_lab: Lab) -> None:
    """What pg_restore of a newer version writes for newer servers is left out."""
    before = schema_dump(rich_lab.engine.url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        patch.setattr(postgresql, "USUAL_FOLDERS", ())
        snapshot = rich_lab.snapshot()
        rich.go_on(rich_lab.engine)
        rich_lab.restore(snapshot)
    assert schema_dump(rich_lab.engine.url) == before
