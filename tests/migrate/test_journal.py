"""The journal's fingerprint, by which a statement that a crash left in doubt is judged."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from schema_lab import Lab
from schema_lab.migrate.journal import Journal
from tests.support.labs import execute

pytestmark = pytest.mark.parametrize("dialect", ["mariadb"])

THERE = [
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20))",
    "CREATE INDEX by_name ON users (name)",
    "CREATE TRIGGER loud BEFORE INSERT ON users FOR EACH ROW SET NEW.name = UPPER(NEW.name)",
    "CREATE PROCEDURE nothing() SELECT 1",
]
CHANGES = [
    "CREATE TABLE notes (id INTEGER PRIMARY KEY)",
    "create or replace table users (id INTEGER PRIMARY KEY)",
    "ALTER TABLE users ADD COLUMN plan VARCHAR(20)",
    "ALTER TABLE users RENAME TO people",
    "CREATE UNIQUE INDEX once ON users (name)",
    "DROP INDEX by_name ON users",
    "DROP TABLE users",
    "RENAME TABLE users TO people",
    "CREATE VIEW named AS SELECT name FROM users",
    "CREATE TRIGGER late AFTER DELETE ON users FOR EACH ROW SET @gone = OLD.id",
    "DROP TRIGGER loud",
    "CREATE FUNCTION one() RETURNS INT DETERMINISTIC RETURN 1",
    "DROP PROCEDURE nothing",
]


@pytest.fixture
def connection(lab: Lab) -> Iterator[sa.Connection]:
    """Give a connection to a database with a table, an index, a trigger and a procedure."""
    execute(lab, *THERE)
    with lab.engine.connect() as connection:
        yield connection


@pytest.mark.parametrize("statement", CHANGES)
def test_what_has_happened_shows(connection: sa.Connection, statement: str) -> None:
    """After a statement the trace that was taken for it is another (A3)."""
    journal = Journal(connection)
    before = journal.trace(statement)
    assert journal.trace(statement) == before
    connection.exec_driver_sql(statement)
    assert journal.trace(statement) != before
