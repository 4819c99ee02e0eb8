"""The URL of a database: from what a person writes to what SQLAlchemy opens; without secrets.

A *secret* is the password between the user and the host, or the value of a query parameter whose
name says so (``password``, ``sslpassword``, ``token`` …). A text that is not a URL at all is masked
on suspicion: what stands between the first colon and the last ``@`` counts as a password.

A *family* is a kind of database that the lab knows: its spellings, the drivers that can open it,
and the extra of this package that installs the first of them.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from schema_lab.errors import DatabaseError

MASK = "***"
_SCHEME = re.compile(r"\W*[A-Za-z][\w+.\-]*://")
_EMBEDDED = re.compile(r"\W*sqlite3?(\+\w+)?:///", re.IGNORECASE)
_PORT = re.compile(r"\d*([/?].*)?", re.DOTALL)
_HOST_AND_COLON = re.compile(r"(\[[^\]]*\]|[^:/?]*):")
_PARAMETER = re.compile(r"([^=&?;#\s]+)=(?=([^&]*))")
_SECRET_NAME = re.compile(r"pass|pwd|secret|token|credential|ssl_?key|api_?key", re.IGNORECASE)

Span = tuple[int, int]


def masked(url: str | URL) -> str:
    """Spell a URL with every secret replaced by ``***``. Read-only.

    Parameters
    ----------
    url : str or sqlalchemy.URL
        Any text; it need not be a valid URL.

    Returns
    -------
    str

    Examples
    --------
    >>> masked("postgresql://ann:p@ss@db.example/app?sslpassword=x")
    'postgresql://ann:***@db.example/app?sslpassword=***'
    """
    text = _spelled(url)
    pieces, end = [], 0
    for start, stop in _merged(_secret_spans(text)):
        pieces += [text[end:start], MASK]
        end = stop
    return "".join([*pieces, text[end:]])


class MaskedURL(URL):
    """A URL that also hides the secrets of its query wherever it is displayed."""

    def render_as_string(self, hide_password: bool = True) -> str:
        """Spell the URL, with its secrets only if they are asked for.

        Examples
        --------
        >>> MaskedURL.of(make_url("postgresql://ann@db.example/app?sslpassword=x"))
        postgresql://ann@db.example/app?sslpassword=***
        """
        return masked(self) if hide_password else super().render_as_string(hide_password=False)

    def __str__(self) -> str:
        return self.render_as_string()

    def __repr__(self) -> str:
        return self.render_as_string()

    @classmethod
    def of(cls, url: URL) -> "MaskedURL":
        """Give the same URL, which hides its secrets."""
        return cls(*url)


def scrub(text: str, url: str | URL) -> str:
    """Replace the secrets of a URL wherever they stand in a text, raw or quoted. Read-only.

    A password that the masked URL spells anyway (``postgres`` in ``postgresql://``) is replaced
    only behind a colon or an equals sign, so that messages stay readable.

    Parameters
    ----------
    text : str
        For instance the message of a database driver.
    url : str or sqlalchemy.URL
        The URL whose secrets must not be seen.

    Returns
    -------
    str

    Examples
    --------
    >>> scrub("cannot log in with s%26cret", "mysql://ann:s&cret@localhost/app")
    'cannot log in with ***'
    """
    visible = masked(url)
    text = text.replace(_spelled(url), visible)
    forms = {form for secret in _secrets(url) for form in _forms(secret)} - {"", MASK}
    patterns = [_pattern(form, visible) for form in sorted(forms, key=len, reverse=True)]
    return re.sub("|".join(patterns), MASK, text, flags=re.IGNORECASE) if patterns else text


def has_ambiguous_password(url: str | URL) -> bool:
    """Tell whether an unescaped ``@`` hides where the password of a URL ends. Read-only.

    SQLAlchemy ends the password at the first ``@`` and takes the rest of it for the host.

    Examples
    --------
    >>> has_ambiguous_password("mysql://ann:p@ss@localhost/app")
    True
    """
    text = _spelled(url)
    scheme = _SCHEME.match(text)
    spans = _password_span(text, scheme.end() if scheme else 0)
    return not _EMBEDDED.match(text) and any("@" in text[slice(*span)] for span in spans)


def _spelled(url: str | URL) -> str:
    return url if isinstance(url, str) else url.render_as_string(hide_password=False)


def _secret_spans(text: str) -> Iterator[Span]:
    scheme = _SCHEME.match(text)
    start = scheme.end() if scheme else 0
    if not _EMBEDDED.match(text):
        yield from _password_span(text, start)
    for parameter in _PARAMETER.finditer(text, start):
        if _SECRET_NAME.search(unquote_plus(parameter[1])):
            yield parameter.span(2)


def _password_span(text: str, start: int) -> Iterator[Span]:
    at = text.rfind("@", start)
    colon = text.find(":", start)
    if start <= colon < at:
        yield colon + 1, at
    host = _HOST_AND_COLON.match(text, start)
    if at < 0 and host and not _PORT.fullmatch(text, host.end()):
        yield host.end(), len(text)


def _merged(spans: Iterator[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _secrets(url: str | URL) -> Iterator[str]:
    text = _spelled(url)
    for start, stop in _secret_spans(text):
        yield text[start:stop]
    try:
        yield str(make_url(url).password or "")
    except (ArgumentError, ValueError):
        return


def _forms(secret: str) -> set[str]:
    plain = {secret, unquote(secret), unquote_plus(secret)}
    quoted = {quote(form, safe=safe) for form in plain for safe in ("", "/", " +")}
    escaped = {re.sub(r"([\\'\"])", r"\\\1", form) for form in plain}
    literal = {repr(form)[1:-1] for form in plain}
    return plain | quoted | escaped | literal | {quote_plus(form) for form in plain}


def _pattern(form: str, visible: str) -> str:
    escaped = re.escape(form)
    return rf"(?<=[:=]){escaped}(?!\w)" if form.lower() in visible.lower() else escaped


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
    parsed = MaskedURL.of(_parse(url))
    backend, driver = _backend_and_driver(parsed)
    if backend == "sqlite":
        return _resolve_file(parsed, base or Path.cwd())
    if not parsed.database:
        raise DatabaseError(
            f"The URL {masked(parsed)} does not name a database.",
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
            f"The URL {masked(url)} does not name a kind of database that schema_lab knows.",
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
            f"The URL {masked(url)} names a host, but SQLite has none.",
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
