"""A driver's error as the lab's: what, where (masked), and what to do."""

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from schema_lab.database.urls import masked, scrub
from schema_lab.errors import DatabaseError, cure_by_wording


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
    return DatabaseError(f"The database {masked(url)} says: {reason}.", cure_by_wording(reason))


def _reason(error: SQLAlchemyError) -> str:
    """Give the first line of what the driver says; PyMySQL puts a number before it."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig else error
    numbered = len(origin.args) > 1 and isinstance(origin.args[0], int)
    text = str(origin.args[1] if numbered else origin).strip() or type(origin).__name__
    return text.splitlines()[0].rstrip(".")
