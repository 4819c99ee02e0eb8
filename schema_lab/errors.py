"""What went wrong, and what to do: every error of the lab says a fact, then a cure.

The cures of errors that other programs raise are here too, one table per source: what a database's
driver says (by the number that it gives, and by its wording), what Alembic says, and what a
database says of a revision's statement.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any


class SchemaLabError(Exception):
    """The base of every error that the lab raises.

    Parameters
    ----------
    fact : str
        One sentence that says what is wrong.
    cure : str
        One sentence that says what to do about it; may be empty.

    Examples
    --------
    >>> error = SchemaLabError("There is no revision ab12.", "See lab.history().")
    >>> str(error)
    'There is no revision ab12. See lab.history().'
    >>> error.fact, error.cure
    ('There is no revision ab12.', 'See lab.history().')
    """

    fact: str
    cure: str

    def __init__(self, fact: str, cure: str = "") -> None:
        super().__init__(fact, cure)
        self.fact = fact
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.fact} {self.cure}".strip()

    def _render_traceback_(self) -> list[str]:
        """Show the fact and the cure where IPython would print a long traceback."""
        return [f"{type(self).__name__}: {self.fact}", *([self.cure] if self.cure else [])]


class ModelError(SchemaLabError):
    """The models are inconsistent."""


class DatabaseError(SchemaLabError):
    """A database, its driver or its URL cannot do what was asked."""


class HistoryError(SchemaLabError):
    """The script directory or its revisions are inconsistent."""


class MigrationError(SchemaLabError):
    """An upgrade or a downgrade failed.

    Attributes
    ----------
    revision : str
        The revision that failed, if a revision did.
    statement : str
        The SQL that failed, if SQL did.
    statements : tuple of schema_lab.migrate.Statement
        What ran before it.
    hint : str
        The part of the cure that does not depend on what was applied; "" where none is known.
    """

    revision: str = ""
    statement: str = ""
    statements: tuple[Any, ...] = ()
    hint: str = ""


class CancelledError(MigrationError):
    """An upgrade or a downgrade was canceled; no revision is left half-applied."""


class InputError(SchemaLabError):
    """A message, an identifier, a target or a name cannot be used."""


class LossError(SchemaLabError):
    """A migration would lose values, and the user has not accepted the loss.

    Attributes
    ----------
    names : tuple of str
        What would be dropped: columns as "users.plan", tables as "users".
    """

    names: tuple[str, ...] = ()


def needs(library: str, extra: str) -> None:
    """Refuse where a library is not installed that comes with an extra of schema_lab.

    Raises
    ------
    SchemaLabError
        With the command that installs it.

    Examples
    --------
    >>> needs("alembic", "lab")
    >>> needs("no_such_library", "lab")
    Traceback (most recent call last):
    schema_lab.errors.SchemaLabError: no_such_library is not installed. ...
    """
    if find_spec(library) is None:
        raise SchemaLabError(
            f"{library} is not installed.", f'Run `pip install "schema-lab[{extra}]"`.'
        )


# what a database's driver says -------------------------------------------------------------------

_START = "Start the server, or correct the host and port in the URL."
_LOGIN = "Correct the user and password in the URL, or ask for the right to connect."
_CREATE = "Create the database, or correct its name in the URL."
_GRANT = (
    "Ask the owner of the database for the missing right, "
    "or migrate as a user who may change the schema."
)
_WAIT = "Wait for it to finish, then try again, or wait longer: `Lab(wait=300)`."
_WRITE = "Make the file and its folder writable, or name another database in the URL."
_FULL = "Free space on the disk, then try again."
_SLOW = (
    "Raise the limit on the time of a statement, or do it in several statements, "
    "such as an update of a part of the rows at a time."
)
_IDLE = "The server ended a connection that waited too long: raise that limit, then try again."
_BUSY = "Close connections that are not needed, or raise the server's limit, then try again."
_OPEN = "Check that the file and its folder exist and that you may read and write them."
_COPY = "Restore a copy of the file, or name another file in the URL."
_READS = "This call is read-only. To change data, use your own session or a migration."
_SERVER_READS = "This server is read-only. Name a server that accepts writes in the URL."
_UNKNOWN = "Fix the problem that the error names, then try again."

_BY_NUMBER: Mapping[str, Mapping[object, str]] = {
    "sqlite": {
        sqlite3.SQLITE_PERM: _WRITE,
        sqlite3.SQLITE_BUSY: _WAIT,
        sqlite3.SQLITE_LOCKED: _WAIT,
        sqlite3.SQLITE_READONLY: _WRITE,
        sqlite3.SQLITE_IOERR: _OPEN,
        sqlite3.SQLITE_CORRUPT: _COPY,
        sqlite3.SQLITE_FULL: _FULL,
        sqlite3.SQLITE_CANTOPEN: _OPEN,
        sqlite3.SQLITE_NOTADB: _COPY,
    },
    "postgresql": {
        "25006": _SERVER_READS,
        "28000": _LOGIN,
        "28P01": _LOGIN,
        "3D000": _CREATE,
        "40P01": _WAIT,
        "25P03": _IDLE,
        "42501": _GRANT,
        "53100": _FULL,
        "53300": _BUSY,
        "55P03": _WAIT,
        "57014": _SLOW,
        "57P01": _START,
        "57P03": _START,
        "57P05": _IDLE,
    },
    "mariadb": {
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
        1969: _SLOW,
        2002: _START,
        2003: _START,
        2006: _START,
        2013: _START,
        3024: _SLOW,
    },
}
"""SQLite gives a result code, PostgreSQL an SQLSTATE (none while connecting), MariaDB and MySQL an
error number. Sources: https://www.sqlite.org/rescode.html,
https://www.postgresql.org/docs/current/errcodes-appendix.html,
https://mariadb.com/kb/en/mariadb-error-code-reference/"""

_BY_WORDING = (
    (r"is locked|lock wait|lock timeout", _WAIT),
    (r"statement timeout|max_statement_time|maximum statement execution time", _SLOW),
    (r"idle.* timeout", _IDLE),
    (r"refused|can't connect|timeout|timed out|closed the connection|starting up", _START),
    # A host has no address either where no resolver answers, or where no route leads to one.
    (r"resolve host|translate host name|name resolution|(not|is) known", _START),
    (r"no address associated|address family for hostname", _START),
    (r"unreachable|no route to host", _START),
    (r"authentication failed|access denied for user|no password|no pg_hba", _LOGIN),
    (r"role .* does not", _LOGIN),
    (r"database .* does not exist|unknown database", _CREATE),
    (r"file is not a database|malformed", _COPY),
    (r"unable to open|disk i/o", _OPEN),
    (r"read.?only", _READS),
    (r"permission denied|command denied", _GRANT),
)
"""The wording of SQLite, PostgreSQL (libpq) and MariaDB (PyMySQL), each with its cure."""


def cure_by_number(error: BaseException | None) -> str:
    """Give the cure for a driver's own error, or "" where its number says nothing.

    Examples
    --------
    >>> cure_by_number(Exception(1049, "Unknown database 'app'"))
    'Create the database, or correct its name in the URL.'
    """
    if isinstance(error, sqlite3.Error):
        # An extended result code holds the primary one in its lowest byte.
        return _BY_NUMBER["sqlite"].get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
    first = error.args[0] if error is not None and error.args else None
    if isinstance(first, int):
        return _BY_NUMBER["mariadb"].get(first, "")
    return _BY_NUMBER["postgresql"].get(getattr(error, "sqlstate", None), "")


def cure_by_wording(reason: str) -> str:
    """Give the cure for what a driver says, without its number.

    Examples
    --------
    >>> cure_by_wording("database is locked")
    'Wait for it to finish, then try again, or wait longer: `Lab(wait=300)`.'
    """
    found = (cure for said, cure in _BY_WORDING if re.search(said, reason, re.IGNORECASE))
    return next(found, _UNKNOWN)


# what Alembic says -------------------------------------------------------------------------------

_OF_ALEMBIC = {
    "not up to date": "Run lab.upgrade() first, then autogenerate.",
    "Multiple head": 'Merge them with lab.merge("…"), or name one of them.',
    "Can't locate revision": "See lab.history() for all revisions: "
    "a file may have been deleted, or the database may belong to another project.",
    "is not a valid": "See lab.history() for the database's revision.",
    "didn't produce": "There are fewer revisions than that; see lab.history().",
    "Ambiguous walk": "Several revisions come next: name one of those in lab.history().",
    "is not a head revision": "Name heads only; lab.heads() lists them.",
    "No such revision or branch": "See lab.history() for all revisions.",
    "already present": "Choose another id.",
    "No 'script_location'": "Add script_location to alembic.ini.",
    "Path doesn't exist": "Create the script directory with: alembic init alembic",
    "New upgrade operations detected": "See them with lab.drift(), "
    "then write them with lab.autogenerate(…).write().",
}


def cure_of_alembic(said: str) -> str:
    """Give the cure for an error of Alembic's.

    Examples
    --------
    >>> cure_of_alembic("Multiple head revisions are present")
    'Merge them with lab.merge("…"), or name one of them.'
    """
    return next((cure for part, cure in _OF_ALEMBIC.items() if part in said), "See lab.history().")


# the same cure in each place ----------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """One thing to do: how it is spelled in a notebook, in a terminal, and on the panel.

    `call` is a pattern for the notebook's spelling, whose groups `command` may use. `button` is ""
    where the panel has none.
    """

    call: str
    command: str | Callable[[re.Match[str]], str]
    button: str = ""


_TEXT = r'\("([^"]*)"\)'


def _accepting(call: re.Match[str]) -> str:
    """Spell the acceptance of losses as a command."""
    options = " ".join(f"--accept-loss {name.strip()}" for name in call[2].split(","))
    return f"`schema-lab {'upgrade' if call[1] == 'upgrade' else 'downgrade -1'} {options}`"


WAYS = (
    Way(
        r"lab\.autogenerate\(…\)\.write\(\)",
        '`alembic revision --autogenerate -m "…"`',
        "Autogenerate",
    ),
    Way(r"lab\.upgrade\(\)", "`alembic upgrade head`", "Upgrade"),
    Way(rf"lab\.upgrade{_TEXT}", r"`alembic upgrade \1`"),
    Way(r"lab\.downgrade\(\)", "`alembic downgrade -1`", "Downgrade one"),
    Way(rf"lab\.downgrade{_TEXT}", r"`alembic downgrade \1`"),
    Way(r"lab\.(upgrade|downgrade)\(accept_loss=\[([^\]]*)\]\)", _accepting),
    Way(rf"lab\.stamp{_TEXT} \((alembic [^)]*)\)", r"`\2`"),
    Way(rf"lab\.stamp{_TEXT}", r"`alembic stamp \1`"),
    Way(rf"lab\.merge{_TEXT}", r'`alembic merge -m "\1" heads`', "Merge heads"),
    Way(rf"lab\.revision{_TEXT}", r'`alembic revision -m "\1"`'),
    Way(r"lab\.resume\(\)", "the same command again", "Resume"),
    Way(r"lab\.drift\(\)", "`alembic check`", "Differences"),
    Way(r"lab\.history\(\)", "`alembic history`", "History"),
    Way(r"lab\.heads\(\)", "`alembic heads`", "History"),
    Way(r"lab\.rehearse\([^)]*\)", "`schema-lab upgrade --rehearse`", "Rehearse"),
    Way(r"Lab\(wait=(\d+)\)", r"`schema-lab upgrade --timeout \1`"),
    Way(r'Lab\(config="([^"]*)"\), or start with Lab\.scratch\(\)', r"`--config \1`"),
    Way(r'Lab\(config=…, engine="([^"]*)"\)', r"`--engine \1`"),
    Way(r'Lab\(x=\["([^"]*)"\]\), or --x [^ ]* on the command line', r"`-x \1`"),
)
"""What a cure may say to do, the longest first. Cures are written in the notebook's spelling."""


def in_terminal(cure: str) -> str:
    """Spell a cure as commands.

    Examples
    --------
    >>> in_terminal("Run `lab.upgrade()` first.")
    'Run `alembic upgrade head` first.'
    >>> in_terminal('Merge them with lab.merge("…"), or name one of them.')
    'Merge them with `alembic merge -m "…" heads`, or name one of them.'
    """
    return _spelled(cure, lambda way: way.command)


def on_panel(cure: str) -> str:
    """Spell a cure as buttons, where there is one; what only code can do stays.

    Examples
    --------
    >>> on_panel("Run lab.upgrade() first, then autogenerate.")
    'Press Upgrade first, then autogenerate.'
    >>> on_panel("See lab.history() for all revisions.")
    'See History for all revisions.'
    """
    said = _spelled(cure, lambda way: way.button)
    return re.sub(r"\b([Rr])un (?=(?:Upgrade|Resume|Downgrade one|Rehearse)\b)", _press, said)


def _press(run: re.Match[str]) -> str:
    return "Press " if run[1] == "R" else "press "


def _spelled(cure: str, spelling: Callable[[Way], str | Callable[[re.Match[str]], str]]) -> str:
    for way in WAYS:
        wanted = spelling(way)
        if wanted:
            cure = re.sub(rf"`?{way.call}`?", wanted, cure)
    return cure


# what a database says of a revision's statement --------------------------------------------------

_NO_COPY = (
    "Batch mode cannot copy a generated column: use op.add_column, op.drop_column and "
    "op.alter_column outside of a batch, or drop the column first and add it again afterwards."
)
_OF_REVISION = {
    "error in view": "Drop the view before the batch and create it again afterwards.",
    "error in trigger": "Drop the trigger before the batch and create it again afterwards.",
    "GENERATED ALWAYS": _NO_COPY,
    "generated column": _NO_COPY,
    "unsafe use of new value": "PostgreSQL uses a new enum value only after a commit: add it in a "
    "separate revision that runs before, or within "
    "`with op.get_context().autocommit_block():`.",
}


def cure_of_revision(said: str) -> str:
    """Give the cure for what a database says of a revision in batch mode or with enums, or "".

    Examples
    --------
    >>> cure_of_revision("error in view active_users: no such table: main.users")
    'Drop the view before the batch and create it again afterwards.'
    """
    return next((cure for part, cure in _OF_REVISION.items() if part in said), "")
