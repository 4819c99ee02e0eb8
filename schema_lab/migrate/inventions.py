"""MariaDB and MySQL invent a value for a NOT NULL column that is added to rows: refused.

ADD COLUMN gives the rows that are there 0, '' or '0000-00-00', in strict mode too.
https://mariadb.com/kb/en/alter-table/#add-column
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import sqlalchemy as sa

from schema_lab.database import undoubled
from schema_lab.errors import MigrationError

if TYPE_CHECKING:
    from sqlglot import exp

_GIVEN = {
    "AutoIncrementColumnConstraint",
    "ComputedColumnConstraint",
    "DefaultColumnConstraint",
    "GeneratedAsIdentityColumnConstraint",
}
"""What gives the rows their value, by sqlglot's names."""


def refuse_invented(connection: sa.Connection, sql: str) -> None:
    """Refuse a statement for which the server would invent values; reads one row of the table.

    Parameters
    ----------
    connection
        The migrating connection, on MariaDB or MySQL.
    sql
        A statement that is about to run.

    Raises
    ------
    MigrationError
        Naming the column.
    """
    for table, column in _required(sql, connection.dialect):
        if _has_rows(connection, table):
            raise MigrationError(
                f"{column} is NOT NULL without a default, and {table} has rows: the server would "
                "invent a value for each of them.",
                f"Add {column} nullable, fill it with an UPDATE, then make it NOT NULL; or give it "
                "a server_default.",
            )


def _required(sql: str, dialect: sa.Dialect) -> Iterator[tuple[str, str]]:
    """List the columns that a statement adds and that no row has a value for."""
    if "ADD" not in sql.upper() or "NULL" not in sql.upper():
        return
    import sqlglot
    from sqlglot import exp

    try:
        statement = sqlglot.parse_one(undoubled(sql, dialect), dialect="mysql")
    except sqlglot.errors.SqlglotError:  # a form of its own, such as ADD COLUMN (…): MariaDB's say
        return
    quote = dialect.identifier_preparer.quote_identifier
    for action in statement.args.get("actions") or () if isinstance(statement, exp.Alter) else ():
        if isinstance(action, exp.ColumnDef) and _needs_value(action):
            table = statement.this
            parts = [one for one in (table.db, table.name) if one]
            yield ".".join(map(quote, parts)), action.name


def _needs_value(column: exp.ColumnDef) -> bool:
    kinds = [one.args["kind"] for one in column.args.get("constraints") or ()]
    named = {type(one).__name__ for one in kinds if not one.args.get("allow_null")}
    return "NotNullColumnConstraint" in named and not named & _GIVEN


def _has_rows(connection: sa.Connection, table: str) -> bool:
    driver = connection.connection.driver_connection
    assert driver is not None
    cursor = driver.cursor()
    try:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - quoted
        return cursor.fetchone() is not None
    finally:
        cursor.close()
