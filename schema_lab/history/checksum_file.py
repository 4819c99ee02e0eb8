"""Where checksums live: one small JSON file for each database, in the project's .schema_lab/."""

import hashlib
import json
import os
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as IniError
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab.database.own_folder import alone, write_at_once
from schema_lab.history.checksums import Applied, Checksums
from schema_lab.history.files import Files

SWITCH = "SCHEMA_LAB_CHECKSUMS"
"""The environment's switch; `checksums = off` in the ini file's [schema_lab] is the project's."""

FOLDER = Path(".schema_lab", "checksums")
_PORTS = {"postgresql": 5432, "mysql": 3306}
_LOOPBACK = ("", "127.0.0.1", "::1", "[::1]")


@dataclass(frozen=True)
class ChecksumFile:
    """The file of one database."""

    path: Path
    database: str

    @classmethod
    def of(cls, ini: Path, url: sa.URL) -> "ChecksumFile | None":
        """Name the file of a project and a database, or None where checksums are off. Read-only."""
        if not _switched_on(ini):
            return None
        database = identity(url)
        name = hashlib.sha256(database.encode()).hexdigest()[:16]
        return cls(ini.parent / FOLDER / f"{name}.json", database)

    def read(self, birth: str = "") -> Checksums:
        """Read what is known of the database. Read-only.

        Parameters
        ----------
        birth
            What tells this database from a former one of its name; "" is any.
        """
        try:
            saved = _parsed(self.path)
        except (OSError, ValueError, TypeError, KeyError) as error:
            return Checksums(
                problem=f"The checksums of applied revisions in {self.path} cannot be read "
                f"({error}); they begin anew with the next migration."
            )
        if saved["birth"] and birth and saved["birth"] != birth:
            return Checksums(problem=self._unwritable())
        return Checksums(saved["revisions"], self._unwritable())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from writing; makes the folder.

        Raises
        ------
        OSError
            When the folder cannot be written, or another process does not let go.
        """
        with alone(self.path):
            yield

    def write(self, known: Checksums, birth: str) -> None:
        """Write what is known at once, so that a reader never meets half of it.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        content = {"database": self.database, "birth": birth, "revisions": known.saved()}
        text = json.dumps(content) + "\n"
        write_at_once(self.path, text)
        saved = {"birth": birth, "revisions": dict(known.applied)}
        _PARSED.put(str(self.path), text.encode("utf-8"), saved)

    def _unwritable(self) -> str:
        there = next(one for one in self.path.parents if one.exists())
        if there.is_dir() and os.access(there, os.W_OK):
            return ""
        return f"The checksums of applied revisions cannot be kept: {there} is not writable."


def remembered(root: Path, revision: str) -> str:
    """Say the file and time of a revision that any database of a project has had. Read-only."""
    return next((known.words for known in _all(root, revision)), "")


def _all(root: Path, revision: str) -> Iterator[Applied]:
    for path in sorted((root / FOLDER).glob("*.json")):
        with suppress(OSError, ValueError, TypeError, KeyError):
            saved = _parsed(path)["revisions"]
            if revision in saved:
                yield saved[revision]


def _parsed(path: Path) -> dict[str, Any]:
    """Read a file, or what an absent file stands for."""
    if not path.parent.is_dir() or not path.exists():
        return {"birth": "", "revisions": {}}
    return _PARSED.get(str(path))


def _content(path: str, content: bytes) -> dict[str, Any]:
    saved = json.loads(content)
    revisions = {str(one): Applied.of(known) for one, known in dict(saved["revisions"]).items()}
    return {"birth": str(saved["birth"]), "revisions": revisions}


_PARSED = Files(_content)


def identity(url: sa.URL) -> str:
    """Name a database without user, password or driver. Read-only.

    Examples
    --------
    >>> identity(sa.make_url("postgresql+psycopg://ann:secret@127.0.0.1/app"))
    'postgresql at localhost:5432/app'
    """
    backend = url.get_backend_name().replace("mariadb", "mysql")
    if backend == "sqlite":
        file = (url.database or "").removeprefix("file:").partition("?")[0]
        return f"sqlite at {Path(file).resolve()}"
    asked = url.query.get("host") or url.query.get("unix_socket") or ""
    host = url.host or (asked if isinstance(asked, str) else ",".join(asked))
    place = "localhost" if host in _LOOPBACK else host
    return f"{backend} at {place}:{url.port or _PORTS.get(backend, 0)}/{url.database}"


def birth(connection: sa.Connection, version_table: str) -> str:
    """Give what tells a database from a former one of the same name. Read-only.

    SQLite: the file's inode; PostgreSQL: the database's oid; MariaDB and MySQL, which number no
    databases: when the version table was created.
    """
    if connection.dialect.name == "sqlite":
        file = connection.exec_driver_sql("PRAGMA database_list").first()
        path = Path(file[2]) if file is not None and file[2] else None
        return str(path.stat().st_ino) if path is not None and path.exists() else ""
    if connection.dialect.name == "postgresql":
        asked = sa.text("SELECT oid FROM pg_database WHERE datname = current_database()")
        return str(connection.scalar(asked))
    asked = sa.text(
        "SELECT create_time FROM information_schema.tables"
        " WHERE table_schema = DATABASE() AND table_name = :name"
    ).bindparams(name=version_table)
    return str(connection.scalar(asked) or "")


def _switched_on(ini: Path) -> bool:
    """Read the switch; what is neither on nor off counts as on."""
    word = os.environ.get(SWITCH, "")
    if not word:
        with suppress(OSError):
            word = _SWITCHES.get(str(ini))
    return ConfigParser.BOOLEAN_STATES.get(word.strip().lower(), True)


def _switch(path: str, content: bytes) -> str:
    parser = ConfigParser(interpolation=None)
    with suppress(IniError, UnicodeDecodeError):
        parser.read_string(content.decode("utf-8"))
    return parser.get("schema_lab", "checksums", fallback="on")


_SWITCHES = Files(_switch)
