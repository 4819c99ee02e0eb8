"""Rows that a person changes so that a migration can run: tried first, then committed."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from schema_lab.errors import InputError
from schema_lab.history import Environment, as_lab_errors
from schema_lab.migrate.safeguards import ready
from schema_lab.views.plain import count

_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`")
_VERBS = ("UPDATE", "DELETE", "INSERT")


@dataclass(frozen=True, repr=False)
class ChangedRows:
    """How many rows a statement changed, and whether that was committed."""

    rows: int
    committed: bool

    def __repr__(self) -> str:
        if self.committed:
            return f"{count(self.rows, 'row')} changed."
        return f"{count(self.rows, 'row')} would change. Nothing was changed yet."


def change_rows(environment: Environment, sql: str, rows: int | None = None) -> ChangedRows:
    """Run one UPDATE, DELETE or INSERT in a transaction; changes the database.

    Parameters
    ----------
    environment
        The project and its database.
    sql
        The statement, sent as it stands.
    rows
        How many rows it must change to be committed; None tries it and rolls back.

    Raises
    ------
    InputError
        When it is no such statement, or changes another number of rows. Nothing is changed then.
    DatabaseError
        When the database refuses it.
    """
    statement = _checked(sql)
    with (
        as_lab_errors(environment.url),
        environment.engine.connect() as connection,
        ready(connection, environment.wait),
        connection.begin() as transaction,
    ):
        orphans = _orphans(connection)
        sent = connection.execution_options(no_parameters=True)
        changed = sent.exec_driver_sql(statement).rowcount
        if _orphans(connection) > orphans:
            raise InputError(
                "The statement leaves foreign keys without a parent row. Nothing was changed.",
                "Change or delete these rows first.",
            )
        if rows != changed:
            transaction.rollback()
    if rows is not None and rows != changed:
        raise InputError(
            f"The statement changes {count(changed, 'row')}, not {rows}. Nothing was changed.",
            "Try the statement again, then commit it.",
        )
    return ChangedRows(changed, committed=rows is not None)


def _orphans(connection: sa.Connection) -> int:
    """Count the rows without a parent on SQLite, which does not enforce foreign keys here."""
    if connection.dialect.name != "sqlite":
        return 0
    return len(connection.exec_driver_sql("PRAGMA foreign_key_check").all())


def _checked(sql: str) -> str:
    """Refuse what cannot be rolled back, such as DDL on MariaDB, and several statements."""
    statement = sql.strip().rstrip(";").rstrip()
    bare = _QUOTED.sub("", statement)
    if not bare.upper().startswith(_VERBS) or ";" in bare or "--" in bare or "/*" in bare:
        raise InputError(
            "This is not a single UPDATE, DELETE or INSERT without comments.",
            "Enter one statement that changes rows.",
        )
    return statement
