"""The example application starts on an empty database and serves what it stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from examples.api import app
from schema_lab import SchemaLabError

ANN = {"email": "ann@example.org", "name": "Ann"}


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point DATABASE_URL at a SQLite file that does not exist yet."""
    path = tmp_path / "example.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.fixture
def client(database: Path) -> Iterator[TestClient]:
    """Start the application and stop it after the test."""
    with TestClient(app) as started:
        yield started


def tables(database: Path) -> set[str]:
    """Read the names of the tables."""
    engine = sa.create_engine(f"sqlite:///{database}")
    names = set(sa.inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_starting_migrates_the_database(client: TestClient, database: Path) -> None:
    """At start-up the empty database gets the tables and the version of the migrations."""
    assert client.get("/users").json() == []
    assert tables(database) >= {"users", "user_profiles", "alembic_version"}


def test_a_user_who_signs_up_is_listed(client: TestClient) -> None:
    """POST /users stores a user, and GET /users gives it back."""
    created = client.post("/users", params=ANN)
    assert created.status_code == 201
    assert created.json() == {"id": 1, "email": "ann@example.org", "name": "Ann"}
    assert client.get("/users").json() == [created.json()]


def test_starting_again_keeps_the_rows(database: Path) -> None:
    """A second start finds the schema in place and the users still there."""
    with TestClient(app) as first:
        first.post("/users", params=ANN)
    with TestClient(app) as second:
        assert [user["name"] for user in second.get("/users").json()] == ["Ann"]


def test_a_failed_migration_keeps_the_application_from_serving(database: Path) -> None:
    """With a file that is no database, the application does not start."""
    database.write_bytes(b"not a database" * 100)
    with pytest.raises(SchemaLabError), TestClient(app):
        pass
