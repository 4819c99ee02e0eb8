"""Say a driver's error as the lab's: what, where (masked), and what to do."""

import re

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from schema_lab.database.masking import masked, scrub
from schema_lab.errors import DatabaseError

# The wording of SQLite, PostgreSQL (libpq) and MariaDB (PyMySQL), and what helps against each.
_CURES = [
    (r"is locked|lock wait|lock timeout", "Wait until the other connection is done, then retry."),
    (
        r"refused|can't connect|timeout|timed out|not known|closed the connection|starting up",
        "Start the server, or correct host and port in the URL.",
    ),
    (
        r"authentication failed|access denied for user|no password|no pg_hba|role .* does not",
        "Correct user and password in the URL, or ask for the right to connect.",
    ),
    (
        r"database .* does not exist|unknown database",
        "Create the database, or correct its name in the URL.",
    ),
    (
        r"file is not a database|malformed",
        "Put back a copy of the file, or name another file in the URL.",
    ),
    (
        r"unable to open|disk i/o",
        "Check that the file and its folder exist and that you may read and write them.",
    ),
    (
        r"read.?only",
        "This reads and changes nothing: write with a session of your own or a migration.",
    ),
    (r"permission denied|command denied", "Ask the owner of the database for the missing right."),
]


def database_error(error: SQLAlchemyError, url: URL) -> DatabaseError:
    """Translate an error of SQLAlchemy or its driver; no secret of the URL stays in it.

    Parameters
    ----------
    error : sqlalchemy.exc.SQLAlchemyError
    url : sqlalchemy.URL
        Where it happened.

    Returns
    -------
    DatabaseError
        Raise it outside of the except block: then it keeps no driver's traceback as its context.

    Examples
    --------
    >>> import sqlite3, sqlalchemy as sa
    >>> cause = sa.exc.DBAPIError("SELECT 1", {}, sqlite3.DatabaseError("file is not a database"))
    >>> print(database_error(cause, sa.make_url("sqlite:///notes.txt")).fact)
    The database sqlite:///notes.txt says: file is not a database.
    """
    reason = scrub(_reason(error), url)
    return DatabaseError(f"The database {masked(url)} says: {reason}.", _cure(reason))


def _reason(error: SQLAlchemyError) -> str:
    """Give the first line of what the driver says; PyMySQL puts a number before it."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig else error
    numbered = len(origin.args) > 1 and isinstance(origin.args[0], int)
    text = str(origin.args[1] if numbered else origin).strip() or type(origin).__name__
    return text.splitlines()[0].rstrip(".")


def _cure(reason: str) -> str:
    matching = (cure for pattern, cure in _CURES if re.search(pattern, reason, re.IGNORECASE))
    return next(matching, "Correct what it names, then try again.")
