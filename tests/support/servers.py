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
from tests.support.emptied import given_back, taken

SERVERS = {
    "postgresql": ("SCHEMA_LAB_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432"),
    "mariadb": ("SCHEMA_LAB_TEST_MARIADB", "mysql://root@127.0.0.1:3306"),
}
MAINTENANCE = {"postgresql": "postgres", "mariadb": "information_schema"}


@contextmanager
def fresh_database(dialect: str, folder: Path) -> Iterator[str]:
    """Give the URL of an empty database, which is gone afterwards, also after a failure."""
    if dialect == "sqlite":
        yield resolve(f"sqlite:///{_name()}.db", base=folder).render_as_string()
        return
    server = _answering_server(dialect)
    name = taken(server) if dialect == "postgresql" else _created(server)
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        if dialect == "postgresql":
            given_back(server, name)
        else:
            _drop(server, name)


def _name() -> str:
    return f"schema_lab_test_{uuid.uuid4().hex[:12]}"


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


def _created(server: sa.URL) -> str:
    name = _name()
    _run(server, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    return name


def _drop(server: sa.URL, name: str) -> None:
    # A transaction that is still open would make DROP DATABASE wait for its locks.
    listed = f"SELECT id FROM information_schema.processlist WHERE db = '{name}'"
    for row in _run(server, listed):
        with suppress(sa.exc.OperationalError):  # it may be gone by now
            _run(server, f"KILL {row.id}")
    _run(server, f"DROP DATABASE IF EXISTS {name}")


def _run(url: sa.URL, *statements: str) -> list[sa.Row]:
    engine = sa.create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 5})
    rows: list[sa.Row] = []
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement)
            rows += result.all() if result.returns_rows else []
    return rows
