"""An empty database for each half of a battery: a file, or one on the servers of the tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

SERVERS = {
    "postgresql": ("SCHEMA_LAB_TEST_POSTGRESQL", "postgresql+psycopg", "postgres"),
    "mariadb": ("SCHEMA_LAB_TEST_MARIADB", "mysql+pymysql", None),
}
"""By dialect: the variable that names a server, the driver, and the database to connect to."""


def is_there(dialect: str) -> bool:
    """Say whether a dialect's server is named."""
    return dialect not in SERVERS or bool(os.environ.get(SERVERS[dialect][0]))


@contextmanager
def empty_database(dialect: str, name: str, folder: Path) -> Iterator[sa.URL]:
    """Create an empty database, and drop it afterwards."""
    if dialect == "sqlite":
        file = folder / f"{name}.db"
        file.unlink(missing_ok=True)
        yield sa.make_url(f"sqlite:///{file}")
        file.unlink(missing_ok=True)
        return
    variable, driver, first = SERVERS[dialect]
    server = sa.make_url(os.environ[variable]).set(drivername=driver)
    engine = sa.create_engine(server.set(database=first), isolation_level="AUTOCOMMIT")
    drop = f"DROP DATABASE IF EXISTS {name}" + (" WITH (FORCE)" if first else "")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(drop)
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield server.set(database=name)
    finally:
        with engine.connect() as connection:
            connection.exec_driver_sql(drop)
        engine.dispose()
