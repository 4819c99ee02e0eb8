"""What an attempt asks of a statement that runs, and of its connection."""

from typing import Any

import sqlalchemy as sa

from schema_lab.database import is_mysql


def keeps_the_version(sql: str, version_table: str) -> bool:
    """Alembic's own statements on its version table; a run reports those of the revisions."""
    words = sql.replace(".", " ").replace('"', " ").replace("`", " ").split()[:4]
    return version_table in words and words[0] in ("INSERT", "UPDATE", "DELETE")


def waits_by_design(connection: Any, sql: str) -> bool:
    """CREATE INDEX CONCURRENTLY waits for other transactions, and fails halfway if it may not."""
    return connection.dialect.name == "postgresql" and "CONCURRENTLY" in sql.upper()


def journaled(connection: sa.Connection) -> bool:
    """Say whether the database commits at each DDL statement."""
    return is_mysql(connection.dialect.name)


def in_transaction(connection: sa.Connection) -> bool:
    """Ask the driver: a revision's own COMMIT is not seen by SQLAlchemy."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return bool(driver.in_transaction)
    if connection.dialect.driver == "psycopg":
        return bool(driver.info.transaction_status)
    return True
