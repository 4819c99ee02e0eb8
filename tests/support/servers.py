"""Fresh, empty databases on the real servers, dropped after use."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from schema_lab.database.failures import database_error
from schema_lab.database.urls import resolve

SERVERS = {
    "postgresql": ("SCHEMA_LAB_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432"),
    "mariadb": ("SCHEMA_LAB_TEST_MARIADB", "mysql://root@127.0.0.1:3306"),
}
MAINTENANCE = {"postgresql": "postgres", "mariadb": "information_schema"}
CREATE = {
    "postgresql": "CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0",
    "mariadb": "CREATE DATABASE {} CHARACTER SET utf8mb4",
}


@contextmanager
def fresh_database(dialect: str, folder: Path) -> Iterator[str]:
    """Create an empty database, give its URL, and drop it also after a failure."""
    name = f"schema_lab_test_{uuid.uuid4().hex[:12]}"
    if dialect == "sqlite":
        yield resolve(f"sqlite:///{name}.db", base=folder).render_as_string()
        return
    server = _answering_server(dialect)
    _run(server, CREATE[dialect].format(name))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _drop(server, dialect, name)


def _answering_server(dialect: str) -> sa.URL:
    url = server_url(dialect)
    problem = _problem(url)
    if problem and os.environ.get("SCHEMA_LAB_REQUIRE_ALL") == "1":
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)
    return url


def answers(dialect: str) -> bool:
    """Say whether the server is there; where all are required, it counts as there."""
    return os.environ.get("SCHEMA_LAB_REQUIRE_ALL") == "1" or not _problem(server_url(dialect))


def server_url(dialect: str) -> sa.URL:
    """Give the URL of a server's maintenance database."""
    variable, default = SERVERS[dialect]
    url = sa.make_url(os.environ.get(variable) or default)
    return resolve(url.set(database=url.database or MAINTENANCE[dialect]))


@cache
def _problem(url: sa.URL) -> str:
    try:
        _run(url, "SELECT 1")
    except sa.exc.DBAPIError as error:
        return str(database_error(error, url))
    return ""


def _run(url: sa.URL, *statements: str) -> list[sa.Row]:
    engine = sa.create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    rows: list[sa.Row] = []
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement)
            rows += result.all() if result.returns_rows else []
    return rows


def _drop(server: sa.URL, dialect: str, name: str) -> None:
    if dialect == "postgresql":
        _run(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        return
    # A transaction that is still open would make DROP DATABASE wait for its locks.
    listed = f"SELECT id FROM information_schema.processlist WHERE db = '{name}'"
    for row in _run(server, listed):
        with suppress(sa.exc.OperationalError):  # it may be gone by now
            _run(server, f"KILL {row.id}")
    _run(server, f"DROP DATABASE IF EXISTS {name}")
