"""All of MariaDB's tables at once: SHOW CREATE TABLE by the driver, and one query for columns.

SHOW CREATE TABLE takes one table; several statements in one packet need a flag of the connection
that opens the door to injections, so that each is sent alone, without what SQLAlchemy adds to it.
"""

from contextlib import closing, suppress
from typing import Any

import sqlalchemy as sa

from schema_lab.database.known_answers import Answer, Statement, answers_to
from schema_lab.database.mariadb_reflection import columns_at_once
from schema_lab.database.reflecting_known import reflect_known

_ROW = ("Table", "Create Table")


def read_mariadb(inspector: sa.Inspector, tables: frozenset[str]) -> None:
    """Read what SQLAlchemy and the lab ask of tables, and reflect them; see `read_at_once`."""
    answers = _answers(inspector, tables)
    reflect_known(inspector, tables, answers, ["get_multi_table_options"])
    columns_at_once(inspector, tables)


def _answers(inspector: sa.Inspector, tables: frozenset[str]) -> dict[Statement, Answer]:
    """Ask the driver for each table; what the server refuses is left out."""
    connection: Any = inspector.bind
    dialect = connection.dialect
    said: dict[Statement, Any] = {}
    with closing(connection.connection.cursor()) as cursor:
        for table in tables:
            statement = f"SHOW CREATE TABLE {dialect.identifier_preparer.quote_identifier(table)}"
            with suppress(dialect.loaded_dbapi.Error):
                dialect.do_execute(cursor, statement, ())
                said[statement, ()] = list(cursor.fetchall())
    return answers_to(said, _ROW)
