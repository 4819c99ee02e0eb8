"""One SQL statement of a migration: its kind, its checksum, and what MariaDB would invent for it.

A statement is recognized again by its checksum. Adding a NOT NULL column without a default gives
existing rows 0, '' or '0000-00-00' on MariaDB and MySQL, also in strict mode, and is refused.
https://mariadb.com/kb/en/alter-table/#add-column
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from schema_lab.errors import MigrationError
from schema_lab.schema import undoubled

if TYPE_CHECKING:
    from sqlglot import exp

_COMMENT = re.compile(r"\s*(/\*(?!!).*?\*/|--[^\n]*\n|#[^\n]*\n)", re.DOTALL)
_WORD = re.compile(r"\s*\(*\s*([A-Za-z]+)")
_READS = frozenset({"SELECT", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "WITH", "VALUES", "TABLE"})
_CHANGES_ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "CALL"})
_SESSION = frozenset(
    {
        *("SET", "USE", "BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "DO"),
        *("PREPARE", "DEALLOCATE"),
    }
)
_COMPOUND = re.compile(r"BEGIN\s+NOT\s+ATOMIC\b", re.IGNORECASE)


class StatementKind(Enum):
    """What a statement does to a database that commits at each DDL statement."""

    READ = "reads"
    ROWS = "changes rows"
    SCHEMA = "changes the schema"
    SESSION = "changes the session"


def kind_of(sql: str) -> StatementKind:
    r"""Give the kind of a statement; an unknown statement counts as a change of the schema.

    Examples
    --------
    >>> kind_of("-- fill\nUPDATE users SET plan = 'free'").value
    'changes rows'
    >>> kind_of("ALTER TABLE users ADD COLUMN plan INT").value
    'changes the schema'
    >>> kind_of("RELEASE SAVEPOINT a").value
    'changes the session'
    >>> kind_of("BEGIN NOT ATOMIC DROP TABLE a; END").value
    'changes the schema'
    """
    text = uncommented(sql)
    word = _WORD.match(text)
    first = word.group(1).upper() if word else ""
    if _COMPOUND.match(text):
        return StatementKind.SCHEMA
    if first in _READS:
        return StatementKind.READ
    if first in _CHANGES_ROWS:
        return StatementKind.ROWS
    return StatementKind.SESSION if first in _SESSION else StatementKind.SCHEMA


def uncommented(sql: str) -> str:
    """Give a statement without the comments and blanks before its first word."""
    text = sql
    while found := _COMMENT.match(text):
        text = text[found.end() :]
    return text.lstrip()


def checksum(sql: str, parameters: Any) -> str:
    """Give the SHA-256 by which a statement with its parameters is recognized again."""
    text = " ".join(sql.split()) + "\0" + repr(parameters or ())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def in_short(sql: str, length: int = 120) -> str:
    """Give a statement on one line, cut to a length."""
    text = " ".join(sql.split())
    return text if len(text) <= length else text[: length - 1] + "…"


_GIVEN = {
    "AutoIncrementColumnConstraint",
    "ComputedColumnConstraint",
    "DefaultColumnConstraint",
    "GeneratedAsIdentityColumnConstraint",
}
"""Constraints that give existing rows a value, by sqlglot's names."""


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
                "store 0, '' or '0000-00-00' in each of them.",
                f"Add {column} as nullable, fill it with an UPDATE, then set it to NOT NULL; or "
                "give it a server_default.",
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
            parts = [name for name in (table.db, table.name) if name]
            yield ".".join(map(quote, parts)), action.name


def _needs_value(column: exp.ColumnDef) -> bool:
    kinds = [constraint.args["kind"] for constraint in column.args.get("constraints") or ()]
    named = {type(kind).__name__ for kind in kinds if not kind.args.get("allow_null")}
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


def keeps_the_version(sql: str, version_table: str) -> bool:
    """Recognize Alembic's statements on its version table; a run reports those of revisions."""
    words = sql.replace(".", " ").replace('"', " ").replace("`", " ").split()[:4]
    return version_table in words and words[0] in ("INSERT", "UPDATE", "DELETE")


def waits_by_design(connection: Any, sql: str) -> bool:
    """CREATE INDEX CONCURRENTLY waits for other transactions, and fails partway if it may not."""
    return connection.dialect.name == "postgresql" and "CONCURRENTLY" in sql.upper()
