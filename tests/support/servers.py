"""Fresh, empty databases on the real servers, dropped after use."""

import atexit
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from schema_lab.database.connections.engines import with_tls_where_there_is
from schema_lab.database.failures import database_error
from schema_lab.database.urls import resolve
from tests.support import embedded
from tests.support.emptied import given_back, taken
from tests.support.lacking import leave_out
from tests.support.session import SHARED

SERVERS = {
    "postgresql": ("SCHEMA_LAB_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432"),
    "mariadb": ("SCHEMA_LAB_TEST_MARIADB", "mysql://root@127.0.0.1:3306"),
}
NAMES = {"postgresql": "PostgreSQL", "mariadb": "MariaDB"}
MAINTENANCE = {"postgresql": "postgres", "mariadb": "information_schema"}


@contextmanager
def fresh_database(dialect: str, folder: Path) -> Iterator[str]:
    """Give the URL of an empty database, which is gone afterwards, also after a failure."""
    if dialect == "sqlite":
        yield resolve(f"sqlite:///{_name()}.db", base=folder).render_as_string()
        return
    server = needed_server(dialect)
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


def needed_server(dialect: str) -> sa.URL:
    """Give the URL of a server that answers; where none does, the test is left out."""
    why = problem(dialect)
    if why:
        leave_out([NAMES[dialect]], why)
    return server_url(dialect)


def need_extensions(engine: sa.Engine, *names: str) -> None:
    """Leave the test out where PostgreSQL lacks one of its usual extensions."""
    asked = sa.text("SELECT name FROM pg_available_extensions")
    with engine.connect() as connection:
        missing = sorted(set(names) - set(connection.scalars(asked)))
    if missing:
        leave_out(["PostgreSQL's extensions"], f"this server has no {', '.join(missing)}.")


def problem(dialect: str) -> str:
    """Say why no server answers; nothing where one does."""
    _, why = _chosen(dialect)
    return why


def server_url(dialect: str) -> sa.URL:
    """Give the URL of a server's maintenance database, whether it answers or not."""
    url, _ = _chosen(dialect)
    return url


@cache
def _chosen(dialect: str) -> tuple[sa.URL, str]:
    """Choose the server that is named, or else the usual one, or else the embedded one."""
    variable, usual = SERVERS[dialect]
    named = os.environ.get(variable)
    url = _maintenance(dialect, named or usual)
    why = _refusal(url)
    if not why or named or dialect != "postgresql":
        return url, why
    try:
        started = embedded.started(Path(os.environ[SHARED]))
    except embedded.CannotStartError as error:
        return url, f"{why.rstrip('.')}, and {error}"
    os.environ[variable] = started  # for kernels and other programs
    os.environ["PATH"] = os.pathsep.join([str(embedded.programs()), os.environ["PATH"]])
    return _maintenance(dialect, started), ""


def _maintenance(dialect: str, address: str) -> sa.URL:
    url = sa.make_url(address)
    return resolve(url.set(database=url.database or MAINTENANCE[dialect]))


def _refusal(url: sa.URL) -> str:
    try:
        _run(url, "SELECT 1")
    except sa.exc.DBAPIError as error:
        if "refused" in str(error.orig):
            return f"no server answers on {url.host}:{url.port}."
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
    rows: list[sa.Row] = []
    with _engine(url).connect() as connection:
        for statement in statements:
            result = connection.exec_driver_sql(statement)
            rows += result.all() if result.returns_rows else []
    return rows


@cache
def _engine(url: sa.URL) -> sa.Engine:
    """Keep one connection to a server: each test asks for a database, and connecting takes long."""
    engine = sa.create_engine(
        url,
        pool_size=1,
        pool_pre_ping=True,
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": 5},
    )
    atexit.register(engine.dispose)
    return with_tls_where_there_is(engine)
