"""Turn the URL that a person writes into the URL that SQLAlchemy opens.

A *URL* names a database. A *family* is a kind of database that the lab knows: its spellings, the
drivers that can open it, and the extra of this package that installs the first of them.
"""

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from schema_lab.database.masking import has_ambiguous_password, masked, scrub
from schema_lab.errors import DatabaseError

__all__ = ["masked", "resolve", "scrub"]

_SPELLINGS = "sqlite:///file.db, postgresql://, mysql:// or mariadb://"
_EXAMPLE = "postgresql://user:password@localhost:5432/name"
_NAMES = {
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "postgresql": "postgresql",
    "postgres": "postgresql",
    "pgsql": "postgresql",
    "mysql": "mysql",
    "mariadb": "mariadb",
}


@dataclass(frozen=True)
class _Family:
    """The drivers of a database: name in a URL → module; the first is what the extra installs."""

    drivers: dict[str, str]
    replaced: frozenset[str]
    extra: str


_MYSQL = _Family(
    drivers={"pymysql": "pymysql", "mysqldb": "MySQLdb", "mysqlconnector": "mysql"},
    replaced=frozenset({"mysqlclient", "aiomysql", "asyncmy", "mariadbconnector"}),
    extra="mysql",
)
_POSTGRESQL = _Family(
    drivers={"psycopg": "psycopg", "psycopg2": "psycopg2", "pg8000": "pg8000"},
    replaced=frozenset({"asyncpg", "psycopg_async"}),
    extra="postgresql",
)
_SQLITE = _Family({"pysqlite": "sqlite3"}, frozenset({"aiosqlite"}), extra="")
_FAMILIES = {
    "sqlite": _SQLITE,
    "postgresql": _POSTGRESQL,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
}


def resolve(url: str | URL, base: Path | None = None) -> URL:
    """Choose the installed driver for a URL and make a SQLite path absolute. Read-only.

    A driver that the URL names stays when it is installed and not asynchronous. Query parameters
    are kept. A SQLite URI (``sqlite:///file:…?uri=true``) is passed on as it stands.

    Parameters
    ----------
    url : str or sqlalchemy.URL
        ``sqlite``, ``postgresql``, ``mysql`` or ``mariadb`` in a common spelling.
    base : pathlib.Path, optional
        The folder that a relative SQLite path starts from; the working directory by default.

    Returns
    -------
    sqlalchemy.URL

    Raises
    ------
    DatabaseError
        The text is no URL, the kind of database is unknown, no driver is installed, a server's
        URL names no database, or the folder of a SQLite file does not exist.

    Examples
    --------
    >>> resolve("postgres://ann:secret@localhost/app?sslmode=require")
    postgresql+psycopg://ann:***@localhost/app?sslmode=require
    >>> resolve("sqlite://")
    sqlite://
    """
    parsed = _parse(url)
    backend, driver = _backend_and_driver(parsed)
    if backend == "sqlite":
        return _resolve_file(parsed, base or Path.cwd())
    if not parsed.database:
        raise DatabaseError(
            f"The URL {masked(parsed)} names no database.",
            f"Add its name after the host, as in {_EXAMPLE}.",
        )
    return parsed.set(drivername=f"{backend}+{_installed(driver, _FAMILIES[backend], parsed)}")


def _parse(url: str | URL) -> URL:
    text = url.strip() if isinstance(url, str) else url
    if not text:
        raise DatabaseError("The database URL is empty.", f"Write one of {_SPELLINGS}.")
    parsed = _parsed_or_none(text)
    if parsed is None:
        raise DatabaseError(
            f"{masked(text)} cannot be read as a database URL.",
            f"Write it without quotes, as in {_EXAMPLE}.",
        )
    if has_ambiguous_password(text):
        raise DatabaseError(
            f"The URL {masked(text)} holds more than one @, so the end of its password is unclear.",
            "Write an @ inside the user, the password, the name or a parameter as %40.",
        )
    return parsed


def _parsed_or_none(url: str | URL) -> URL | None:
    """Leave the except block before anyone raises, so that no error keeps the raw text."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        return None


def _backend_and_driver(url: URL) -> tuple[str, str]:
    name, _, driver = url.drivername.lower().partition("+")
    backend = _NAMES.get(name)
    if backend is None:
        raise DatabaseError(
            f"The URL {masked(url)} names no kind of database that schema_lab knows.",
            f"Begin it like one of {_SPELLINGS}.",
        )
    family = _FAMILIES[backend]
    if driver and driver not in family.drivers.keys() | family.replaced:
        raise DatabaseError(
            f"The URL {masked(url)} names a driver that schema_lab does not know.",
            f"Begin it with {backend}:// to use the installed driver.",
        )
    return backend, driver


def _installed(driver: str, family: _Family, url: URL) -> str:
    named = [driver] if driver in family.drivers else []
    for candidate in [*named, *family.drivers]:
        if find_spec(family.drivers[candidate]) is not None:
            return candidate
    raise DatabaseError(
        f"No driver is installed for the URL {masked(url)}.",
        f'Install one with: pip install "schema-lab[{family.extra}]".',
    )


def _resolve_file(url: URL, base: Path) -> URL:
    if url.host or url.username:
        raise DatabaseError(
            f"The URL {masked(url)} names a host, and SQLite has none.",
            "Write three slashes before a relative path, four before an absolute one.",
        )
    database = url.database
    if database in (None, "", ":memory:"):
        return URL.create("sqlite", query=url.query)
    if database.startswith("file:"):
        return url.set(drivername="sqlite")
    path = Path(os.path.normpath(base.absolute() / database))
    _check_file(path)
    return url.set(drivername="sqlite", database=str(path))


def _check_file(path: Path) -> None:
    problem, cure = _file_problem(path)
    if problem:
        raise DatabaseError(f"{path} cannot be a SQLite file: {problem}.", cure)


def _file_problem(path: Path) -> tuple[str, str]:
    """Give problem and cure; no error of the system becomes the context of the lab's."""
    try:
        if path.is_dir():
            return "it is a folder", "Add the name of a file to the URL."
        if not path.parent.is_dir():
            missing = f"the folder {path.parent} does not exist"
            return missing, "Create the folder, or choose another path."
    except OSError as error:
        return error.strerror or "the system refuses it", "Choose another path."
    return ("its name holds a NUL", "Choose another path.") if "\0" in str(path) else ("", "")
