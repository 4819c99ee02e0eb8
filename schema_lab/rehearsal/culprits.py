"""The rows that made a statement fail, looked for while the transaction still stands."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from schema_lab.database.truth import as_truth
from schema_lab.rehearsal.demands import Demand, demands_of
from schema_lab.rehearsal.samples import shortened

ROWS = 5
"""Rows that are shown."""

_FAILS = """
    CREATE FUNCTION pg_temp.schema_lab_fails(value text, type text) RETURNS boolean
    LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('SELECT CAST(%L AS %s)', value, type);
        RETURN false;
    EXCEPTION WHEN data_exception THEN
        RETURN true;
    END $$"""
"""PostgreSQL says only of its first value that it cannot be cast."""


@dataclass(frozen=True)
class Culprits:
    """Some rows of a table that made a statement fail, and how many there are; None: not found."""

    table: str = ""
    rows: tuple[Mapping[str, str | None], ...] = ()
    count: int | None = None


def culprits_of(connection: sa.Connection, sql: str) -> Culprits:
    """Find the rows that do not meet what a statement demands of them. Changes no table.

    Parameters
    ----------
    connection
        Where the statement has just failed; its transaction still stands.
    sql
        The statement.
    """
    for demand in demands_of(sql, connection.dialect.name, lambda asked: _asked(connection, asked)):
        with suppress(SQLAlchemyError, _driver_errors(connection)):
            found = _broken(connection, demand)
            if found.count:
                return found
    return Culprits()


def _broken(connection: sa.Connection, demand: Demand) -> Culprits:
    if connection.dialect.name == "postgresql" and "schema_lab_fails" in demand.broken:
        _driver_run(connection, "SAVEPOINT schema_lab_culprits")
        _driver_run(connection, _FAILS)
    # What is put together here comes from the failed statement itself, and only reads.
    counted = _asked(connection, f"SELECT count(*) FROM {demand.source} WHERE {demand.broken}")  # noqa: S608
    listed = f"SELECT * FROM {demand.source} WHERE {demand.broken} LIMIT {ROWS}"  # noqa: S608
    cursor = _driver_run(connection, listed)
    names = [column[0] for column in cursor.description]
    values = as_truth(names, cursor.fetchall(), _truth(connection, demand.table))
    rows = [dict(zip(names, map(shortened, row), strict=True)) for row in values]
    if "schema_lab_fails" in demand.broken:
        _driver_run(connection, "ROLLBACK TO SAVEPOINT schema_lab_culprits")
    return Culprits(demand.table, tuple(rows), int(counted[0][0]))


def _truth(connection: sa.Connection, table: str) -> frozenset[str]:
    """Name the columns in which SQLite keeps truth as 1 and 0."""
    if connection.dialect.name != "sqlite":
        return frozenset()
    name = table.replace("'", "''")
    listed = (
        f"SELECT name FROM pragma_table_info('{name}') WHERE upper(type) IN ('BOOL', 'BOOLEAN')"  # noqa: S608 - quoted
    )
    return frozenset(name for (name,) in _asked(connection, listed))


def _asked(connection: sa.Connection, sql: str) -> Sequence[Any]:
    return list(_driver_run(connection, sql).fetchall())


def _driver_run(connection: sa.Connection, sql: str) -> Any:
    """Run SQL past every listener: they would take it for the migration's."""
    driver: Any = connection.connection.driver_connection
    cursor = driver.cursor()
    cursor.execute(sql)
    return cursor


def _driver_errors(connection: sa.Connection) -> type[Exception]:
    found = getattr(connection.dialect.dbapi, "Error", Exception)
    return found if isinstance(found, type) else Exception
