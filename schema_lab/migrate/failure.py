"""A failed revision, said as a fact and a cure: where it failed, why, and what stands."""

from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from schema_lab.database import scrub, undoubled
from schema_lab.errors import CancelledError, MigrationError, SchemaLabError
from schema_lab.history import DriverError, driver_message
from schema_lab.migrate.attempt import Attempt, direction_of, is_stamp
from schema_lab.migrate.statements import in_short

_NO_COPY = (
    "Batch mode cannot copy a generated column: use op.add_column, op.drop_column and "
    "op.alter_column outside of a batch, or drop the column first and add it again after."
)
_NEW_VALUE = (
    "PostgreSQL uses a new enum value only after a commit: add it in a revision of its own that "
    "runs before, or within `with op.get_context().autocommit_block():`."
)
_CURES = {
    "error in view": "Drop the view before the batch and create it again after.",
    "error in trigger": "Drop the trigger before the batch and create it again after.",
    "GENERATED ALWAYS": _NO_COPY,
    "generated column": _NO_COPY,
    "unsafe use of new value": _NEW_VALUE,
}
"""What helps, by what the database says: in batch mode, and with PostgreSQL's enums."""


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
    if attempt.running is None or isinstance(error, CancelledError):
        return None
    sql, before = (
        _statement(error, attempt.connection.dialect) or attempt.sql,
        tuple(attempt.statements),
    )
    at = f" at {in_short(sql, 200)!r}" if sql else ""
    said = f"{_where(attempt)}{at}: {_reason(error)}"
    hint = _cure(error)
    failure = MigrationError(scrub(said, url), f"{hint} {_what_stands(attempt)}".strip())
    failure.hint, failure.statement, failure.statements = hint, scrub(sql, url), before
    if not is_stamp(attempt.running):
        failure.revision = str(attempt.running.revision.revision)
    return failure


def _where(attempt: Attempt) -> str:
    if is_stamp(attempt.running):
        return "The stamp failed"
    script, direction = attempt.running.revision, direction_of(attempt.running)
    return f"Revision {script.revision} ({script.doc}) failed in {direction}()"


def _statement(error: BaseException, dialect: sa.Dialect) -> str:
    """Give the statement that failed; batch mode clears away after it with others."""
    failed = error.statement if isinstance(error, DBAPIError | DriverError) else None
    return undoubled(failed or "", dialect).strip()


def _cure(error: BaseException) -> str:
    if isinstance(error, SchemaLabError) and not isinstance(error, DriverError):
        return error.cure
    if isinstance(error, DriverError) and error.known_cure:
        return error.known_cure
    return next((cure for part, cure in _CURES.items() if part in str(error)), "")


def _reason(error: BaseException) -> str:
    if isinstance(error, DriverError):
        return error.reason
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
