"""Let the database say which rows it takes, and which of its conditions another does not meet."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, StatementError

from schema_lab.errors import DatabaseError
from schema_lab.history.failures import driver_message
from schema_lab.migrate.seed.keys import Row
from schema_lab.migrate.seed.plan import Plan
from schema_lab.views import plain

_MOST_PARAMETERS = 2000


def inserted(connection: sa.Connection, plan: Plan, rows: Row | list[Row]) -> Exception | None:
    """Insert a row, or all rows at once; gives the refusal when the database takes none of them."""
    return tried(connection, lambda: _execute(connection, plan.table, rows))


def tried(connection: sa.Connection, work: Callable[[], Any]) -> Exception | None:
    """Do something that the database may refuse, and take back what was done if it does."""
    try:
        with _trying(connection):
            work()
    except (DBAPIError, StatementError) as error:
        _refuse_lost(error)
        return error
    return None


def _execute(connection: sa.Connection, table: sa.Table, rows: Row | list[Row]) -> None:
    """Insert; psycopg's executemany is a pipeline that logs when it fails, so it is not used."""
    if isinstance(rows, dict) or connection.dialect.name != "postgresql":
        connection.execute(sa.insert(table), rows)
        return
    at_once = max(1, _MOST_PARAMETERS // max(1, len(rows[0])))
    for first in range(0, len(rows), at_once):
        connection.execute(sa.insert(table).values(rows[first : first + at_once]))


@contextmanager
def _trying(connection: sa.Connection) -> Iterator[None]:
    """Take back alone what fails inside; SQLite's lack of decimals is known."""
    with warnings.catch_warnings(), connection.begin_nested():
        warnings.simplefilter("ignore", sa.exc.SAWarning)
        yield


def _refuse_lost(error: Exception) -> None:
    """Go no further on a connection that is gone."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        raise error


def refusal(plan: Plan, refused: Exception, attempts: int) -> DatabaseError:
    """Give the error that names what no row could meet."""
    return DatabaseError(
        f"No row for {plan.name} was accepted in {plain.count(attempts, 'attempt')}: "
        f"{why(refused, plan)}.",
        "Insert its rows by hand, or leave the table out: lab.seed(tables=[…]).",
    )


def why(refused: Exception, plan: Plan) -> str:
    """Name the CHECK that was not met, with its condition; else what the driver says."""
    said = driver_message(refused) if isinstance(refused, DBAPIError) else str(refused)
    said = said.splitlines()[0] if said else type(refused).__name__
    named = _named(plan.checks, said)
    if not named:
        return said.rstrip(".")
    condition = plan.checks[named]
    return f"CHECK {named}" if named == condition else f"CHECK {named} ({condition})"


def _named(checks: Iterable[str], said: str) -> str:
    return max((name for name in checks if name in said), key=len, default="")
