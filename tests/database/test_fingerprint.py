"""The fingerprint of a live schema, where it is not taken again as a whole."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from schema_lab.database import engine_for, looking_again
from schema_lab.schema import Fingerprint, fingerprint
from tests.conftest import FreshDatabase


def taken(engine: sa.Engine, former: Fingerprint | None = None) -> Fingerprint:
    """Look, as a lab does."""
    with looking_again(engine) as connection:
        found = fingerprint(connection, former)
    assert found is not None
    return found


def create(engine: sa.Engine, table: str) -> None:
    """Make a table by a connection of one's own."""
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")


@pytest.fixture
def server(new_database: FreshDatabase) -> sa.Engine:
    """Give the product's engine on an empty PostgreSQL database."""
    return engine_for(sa.make_url(new_database("postgresql")))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """Give a SQLite engine whose connection is kept between looks, whatever the file's age."""
    monkeypatch.setattr("schema_lab.database.file_cache.YOUNG", 0)
    engine = engine_for(sa.make_url(f"sqlite:///{tmp_path / 'shop.db'}"))
    create(engine, "users")
    return engine


def test_an_unchanged_schema_has_the_same_fingerprint(engine: sa.Engine, dialect: str) -> None:
    """It is given back itself, except where MariaDB's times are too young to tell."""
    create(engine, "users")
    before = taken(engine)
    again = taken(engine, before)
    assert again is before if dialect != "mariadb" else again == before


def test_a_table_more_is_another_fingerprint(engine: sa.Engine) -> None:
    """What another connection has made is in it."""
    before = taken(engine)
    create(engine, "users")
    assert set(taken(engine, before).tables) - set(before.tables) == {(None, "users")}


@pytest.mark.postgresql
def test_what_was_begun_before_and_committed_after_is_seen(server: sa.Engine) -> None:
    """On PostgreSQL a transaction may have its number, and say nothing yet, while one looks."""
    with server.connect() as slow:
        slow.exec_driver_sql("SELECT txid_current()")
        before = taken(server, taken(server))
        slow.exec_driver_sql("CREATE TABLE users (id INTEGER)")
        slow.commit()
    assert (None, "users") in taken(server, before).tables


@pytest.mark.postgresql
def test_what_is_written_elsewhere_changes_nothing(server: sa.Engine) -> None:
    """Rows take numbers on PostgreSQL; the schema is compared again, and is the same."""
    create(server, "users")
    before = taken(server)
    with server.begin() as connection:
        connection.exec_driver_sql("INSERT INTO users VALUES (1)")
    assert taken(server, before) is taken(server, before) is before


def test_a_kept_connection_sees_what_another_made(kept: sa.Engine) -> None:
    """On SQLite the connection of the look before knows that others have written."""
    before = taken(kept, taken(kept))
    create(kept, "orders")
    assert (None, "orders") in taken(kept, before).tables


def test_a_look_sees_what_it_made_itself(kept: sa.Engine) -> None:
    """Two tables that came and went on the same connection are not mistaken for each other."""
    former, seen = None, []
    for name in ("orders", "prices"):
        with looking_again(kept) as connection:
            connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER)")
            former = fingerprint(connection, former)
            seen.append(former is not None and (None, name) in former.tables)
            connection.rollback()
    assert seen == [True, True]


def test_the_text_is_read_once(kept: sa.Engine) -> None:
    """A kept connection does not read the whole schema again when nothing has changed."""
    first = taken(kept)
    read: list[str] = []
    sa.event.listen(kept, "before_cursor_execute", lambda *given: read.append(given[2]))
    assert taken(kept, first) is first
    assert not [one for one in read if "group_concat" in one]
