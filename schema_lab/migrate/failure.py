"""A failed revision, said as a fact and a cure: where it failed, why, and what stands."""

from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from schema_lab.database import scrub
from schema_lab.errors import MigrationError, SchemaLabError
from schema_lab.history import driver_message
from schema_lab.migrate.attempt import Attempt, direction_of, is_stamp
from schema_lab.migrate.statements import in_short


def failure_of(error: BaseException, attempt: Attempt, url: sa.URL) -> MigrationError | None:
    """Say which revision failed at which statement, and what stands; None: not a revision's.

    Parameters
    ----------
    error
        What was raised.
    attempt
        The attempt that it ended.
    url
        Whose secrets must not be seen.
    """
    if attempt.running is None:
        return None
    if is_stamp(attempt.running):
        where = "The stamp failed"
    else:
        script = attempt.running.revision
        direction = direction_of(attempt.running)
        where = f"Revision {script.revision} ({script.doc}) failed in {direction}()"
    at = f" at {in_short(attempt.sql, 200)!r}" if attempt.sql else ""
    return MigrationError(scrub(f"{where}{at}: {_reason(error)}", url), _what_stands(attempt))


def _reason(error: BaseException) -> str:
    if isinstance(error, SchemaLabError):
        return error.fact
    if isinstance(error, DBAPIError):
        return driver_message(error).rstrip(".") + "."
    if isinstance(error, SystemExit):
        return f"it called sys.exit({error.code})."
    return f"{type(error).__name__}: {error}".rstrip(".") + "."


def _what_stands(attempt: Attempt) -> str:
    standing: list[str] = []
    with suppress(Exception):  # the connection itself may be what failed
        standing = attempt.standing()
    if not standing:
        return (
            "Nothing of this revision stands: it was rolled back. "
            "Mend what it names, then try again."
        )
    listed = "; ".join(in_short(one, 80) for one in standing[:20])
    if attempt.journaling is not None:
        return (
            f"MariaDB and MySQL cannot roll back DDL; of this revision stand: {listed}. "
            "Mend the cause, then lab.resume() goes on after them."
        )
    return (
        f"The revision committed on its own, so of it stand: {listed}. "
        "Mend the tables and the script by hand, then try again."
    )
