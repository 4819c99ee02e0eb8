"""What helps against a database's error, by the number that its driver gives it.

SQLite gives a result code, PostgreSQL an SQLSTATE (none while connecting), MariaDB and MySQL an
error number. Sources: https://www.sqlite.org/rescode.html,
https://www.postgresql.org/docs/current/errcodes-appendix.html,
https://mariadb.com/kb/en/mariadb-error-code-reference/
"""

import sqlite3

from sqlalchemy.exc import DBAPIError

_START = "Start the server, or correct host and port in the URL."
_LOGIN = "Correct user and password in the URL, or ask for the right to connect."
_CREATE = "Create the database, or correct its name in the URL."
_GRANT = (
    "Ask the owner of the database for the missing right, "
    "or migrate as a user who may change the schema."
)
_WAIT = "Wait until the other connection is done, then try again."
_WRITE = "Make the file and its folder writable, or name another database in the URL."
_FULL = "Make room on the disk, then try again."
_BUSY = "Close connections that are not needed, or raise the server's limit, then try again."
_OPEN = "Check that the file and its folder exist and that you may read and write them."
_COPY = "Put back a copy of the file, or name another file in the URL."
_SERVER_READS = "This server only reads: name the one that also writes in the URL."

_SQLITE = {
    sqlite3.SQLITE_PERM: _WRITE,
    sqlite3.SQLITE_BUSY: _WAIT,
    sqlite3.SQLITE_LOCKED: _WAIT,
    sqlite3.SQLITE_READONLY: _WRITE,
    sqlite3.SQLITE_IOERR: _OPEN,
    sqlite3.SQLITE_CORRUPT: _COPY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CANTOPEN: _OPEN,
    sqlite3.SQLITE_NOTADB: _COPY,
}
_POSTGRESQL = {
    "25006": _SERVER_READS,
    "28000": _LOGIN,
    "28P01": _LOGIN,
    "3D000": _CREATE,
    "40P01": _WAIT,
    "42501": _GRANT,
    "53100": _FULL,
    "53300": _BUSY,
    "55P03": _WAIT,
    "57P01": _START,
    "57P03": _START,
}
_MARIADB = {
    1021: _FULL,
    1040: _BUSY,
    1044: _GRANT,
    1045: _LOGIN,
    1049: _CREATE,
    1114: _FULL,
    1142: _GRANT,
    1143: _GRANT,
    1203: _BUSY,
    1205: _WAIT,
    1213: _WAIT,
    1227: _GRANT,
    1290: _SERVER_READS,
    1698: _LOGIN,
    1836: _SERVER_READS,
    2002: _START,
    2003: _START,
    2006: _START,
    2013: _START,
}


def cure_by_number(error: DBAPIError) -> str:
    """Give the cure for a driver's error, or "" where its number says nothing.

    Examples
    --------
    >>> cause = Exception(1049, "Unknown database 'app'")
    >>> cure_by_number(DBAPIError("SELECT 1", {}, cause))
    'Create the database, or correct its name in the URL.'
    """
    origin = error.orig
    if isinstance(origin, sqlite3.Error):
        # An extended result code holds the primary one in its lowest byte.
        return _SQLITE.get(getattr(origin, "sqlite_errorcode", 0) & 0xFF, "")
    first = origin.args[0] if origin is not None and origin.args else None
    if isinstance(first, int):
        return _MARIADB.get(first, "")
    return _POSTGRESQL.get(str(getattr(origin, "sqlstate", "")), "")
