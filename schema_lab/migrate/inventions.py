"""MariaDB and MySQL invent a value for a NOT NULL column that is added to rows: refused.

ADD COLUMN gives the rows that are there 0, '' or '0000-00-00', in strict mode too.
https://mariadb.com/kb/en/alter-table/#add-column
"""

from collections.abc import Iterator

import sqlalchemy as sa
import sqlglot
from sqlglot import exp

from schema_lab.errors import MigrationError

_GIVEN = (
    exp.AutoIncrementColumnConstraint,
    exp.ComputedColumnConstraint,
    exp.DefaultColumnConstraint,
    exp.GeneratedAsIdentityColumnConstraint,
)
"""What gives the rows their value."""


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
    doubled = dialect.identifier_preparer._double_percents
    try:
        statement = sqlglot.parse_one(sql.replace("%%", "%") if doubled else sql, dialect="mysql")
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
    required = any(
        isinstance(one, exp.NotNullColumnConstraint) and not one.args.get("allow_null")
        for one in kinds
    )
    return required and not any(isinstance(one, _GIVEN) for one in kinds)


def _has_rows(connection: sa.Connection, table: str) -> bool:
    driver = connection.connection.driver_connection
    assert driver is not None
    cursor = driver.cursor()
    try:
        cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - quoted
        return cursor.fetchone() is not None
    finally:
        cursor.close()
