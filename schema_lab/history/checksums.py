"""Checksums of applied revisions: they tell whether a script was edited or deleted after it ran.

What is known of one applied revision is an `Applied`, of a database its `Checksums`. They are kept
outside of the database, in one small JSON file for each database in the project's .schema_lab/:
see docs/decisions/0005-checksums.md.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as IniError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from schema_lab.database.dialects import shared_name
from schema_lab.database.file_cache import Files
from schema_lab.database.own import alone, write_at_once


@dataclass(frozen=True)
class Applied:
    """The file of an applied revision, as it was when it was applied.

    `time` is when it was applied or, where `seen` is true, when it was first found applied.
    """

    checksum: str
    file: str
    time: str
    seen: bool = False

    @classmethod
    def now(cls, path: Path, *, seen: bool = False) -> "Applied":
        """Take a file as it is now. Read-only."""
        time = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        return cls(checksum(path), path.name, time, seen)

    @classmethod
    def of(cls, saved: Any) -> "Applied":
        """Read what was saved; TypeError or ValueError for anything else."""
        known = cls(**saved)
        if not all(isinstance(text, str) for text in (known.checksum, known.file, known.time)):
            raise TypeError("a checksum, a file and a time are texts")
        return known

    @property
    def words(self) -> str:
        """The file and the time, as in "0001_create_users.py, applied 2026-11-23 05:10 UTC"."""
        return f"{self.file}, {'found applied' if self.seen else 'applied'} {self.time}"


@dataclass(frozen=True)
class Checksums:
    """What is known of a database's applied revisions, by id; `problem` says why it is not."""

    applied: Mapping[str, Applied] = field(default_factory=dict)
    problem: str = ""

    def edited(self, revision: str, path: Path | None) -> bool:
        """Tell whether a revision's file differs from the one that was applied. Read-only."""
        known = self.applied.get(revision)
        if known is None or path is None or not path.is_file():
            return False
        return checksum(path) != known.checksum

    def words(self, revision: str) -> str:
        """Give the file and time of a revision, or nothing when it is unknown."""
        known = self.applied.get(revision)
        return known.words if known else ""

    def reconciled(
        self, files: Mapping[str, Path], applied: Iterable[str], anew: Iterable[str] = ()
    ) -> "Checksums":
        """Give what is known after a run.

        Parameters
        ----------
        files
            Each revision of the script directory with its file.
        applied
            The revisions that the database has now.
        anew
            Those of them whose files count as they are now.

        Returns
        -------
        Checksums
            A revision that was found applied counts as it is; a revision that the database no
            longer has is forgotten; a revision whose file is missing stays known.
        """
        has, fresh = set(applied), set(anew)
        kept = {name: it for name, it in self.applied.items() if name in has or name not in files}
        for revision in has & files.keys():
            if revision in fresh:
                kept[revision] = Applied.now(files[revision])
            elif revision not in kept:
                kept[revision] = Applied.now(files[revision], seen=True)
        return Checksums(kept)

    def without(self, revisions: Collection[str]) -> "Checksums":
        """Give what is known, less some revisions."""
        kept = {name: it for name, it in self.applied.items() if name not in revisions}
        return Checksums(kept, self.problem)

    def saved(self) -> dict[str, Any]:
        """Give plain values for a JSON file."""
        return {revision: dict(vars(known)) for revision, known in sorted(self.applied.items())}


def checksum(path: Path) -> str:
    r"""Give the SHA-256 of a whole file, whatever its line ends. Read-only.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     unix, windows = Path(folder, "unix.py"), Path(folder, "windows.py")
    ...     _ = unix.write_bytes(b"pass\n"), windows.write_bytes(b"pass\r\n")
    ...     checksum(unix) == checksum(windows)
    True
    """
    return _CHECKSUMS.get(str(path))


def _checksum(path: str, content: bytes) -> str:
    unix = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return hashlib.sha256(unix).hexdigest()


_CHECKSUMS = Files(_checksum)


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
            What tells this database from an earlier database of the same name; "" is any.
        """
        try:
            saved = _parsed(self.path)
        except (OSError, ValueError, TypeError, KeyError) as error:
            return Checksums(
                problem=f"The checksums of applied revisions in {self.path} cannot be read "
                f"({error}). The next migration records them anew."
            )
        if saved["birth"] and birth and saved["birth"] != birth:
            return Checksums(problem=self._unwritable())
        return Checksums(saved["revisions"], self._unwritable())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from writing; creates the folder.

        Raises
        ------
        OSError
            When the folder cannot be written, or another process does not release it.
        """
        with alone(self.path):
            yield

    def write(self, known: Checksums, birth: str) -> None:
        """Write what is known at once, so that a reader never sees a part of it.

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
        there = next(folder for folder in self.path.parents if folder.exists())
        if there.is_dir() and os.access(there, os.W_OK):
            return ""
        return f"The checksums of applied revisions cannot be saved: {there} is not writable."


class ChecksumRecorder:
    """Notes what a migration applies, and writes its checksums once the migration is over.

    Changes only the project's .schema_lab/ folder. A failure here becomes a note: the migration
    itself is over.

    Parameters
    ----------
    file
        Where; None where checksums are off.
    stamped
        Whether the user says which revision the database is at: then every file counts as it is
        now.
    """

    def __init__(self, file: ChecksumFile | None, *, stamped: bool) -> None:
        self.stamped = stamped
        self._file = file
        self._refused = ""
        self._upgraded: set[str] = set()
        self._downgraded: set[str] = set()

    def applied(self, step: Any, **rest: Any) -> None:
        """Note a revision that Alembic has applied (its `on_version_apply` hook)."""
        ids = self._upgraded if step.is_upgrade else self._downgraded
        ids.update(step.up_revision_ids)

    @property
    def ran(self) -> bool:
        """Whether any revision ran, also if it was rolled back since."""
        return bool(self._upgraded or self._downgraded)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from writing, from reading the database to `record`."""
        with ExitStack() as alone:
            if self._file is not None:
                try:
                    alone.enter_context(self._file.alone())
                except OSError as error:
                    self._refused = _not_recorded(error)
            yield

    def record(
        self, files: Mapping[str, Path], applied: frozenset[str], birth: str
    ) -> tuple[str, ...]:
        """Write what the database has now, within `alone`; give sentences for the user.

        Parameters
        ----------
        files
            Each revision of the script directory with its file.
        applied
            The revisions that the database has after the migration.
        birth
            What tells the database from an earlier database of the same name.
        """
        if self._file is None:
            return ()
        if self._refused:
            return (self._refused,)
        try:
            return self._record(self._file, files, applied, birth)
        except OSError as error:
            return (_not_recorded(error),)

    def _record(
        self, file: ChecksumFile, files: Mapping[str, Path], applied: frozenset[str], birth: str
    ) -> tuple[str, ...]:
        known = file.read(birth)
        asked = known.applied.keys() if self.stamped else known.applied.keys() & self._downgraded
        edited = {revision for revision in asked if known.edited(revision, files.get(revision))}
        anew = edited if self.stamped else self._upgraded
        changed = known.reconciled(files, applied, anew)
        if self.stamped:
            changed = changed.without(changed.applied.keys() - files.keys())
        if changed != known:
            file.write(changed, birth)
        return tuple(self._notes(known, edited, applied))

    def _notes(self, known: Checksums, edited: set[str], applied: frozenset[str]) -> Iterator[str]:
        if known.problem:
            yield known.problem
        for revision in sorted(edited & self._downgraded - applied):
            yield (
                f"Revision {revision} was edited after it was applied ({known.words(revision)}). "
                "Its current downgrade() ran."
            )
        if self.stamped and edited & applied:
            names = ", ".join(known.applied[name].file for name in sorted(edited & applied))
            yield f"Accepted in their current form: {names}."


def _not_recorded(error: OSError) -> str:
    return f"The checksums of applied revisions were not saved: {error}."


def remembered(root: Path, revision: str) -> str:
    """Give the file and time of a revision that any database of a project has had. Read-only."""
    return next((known.words for known in _all(root, revision)), "")


def _all(root: Path, revision: str) -> Iterator[Applied]:
    for path in sorted((root / FOLDER).glob("*.json")):
        with suppress(OSError, ValueError, TypeError, KeyError):
            saved = _parsed(path)["revisions"]
            if revision in saved:
                yield saved[revision]


def _parsed(path: Path) -> dict[str, Any]:
    """Read a file; a missing file counts as empty."""
    if not path.parent.is_dir() or not path.exists():
        return {"birth": "", "revisions": {}}
    return _PARSED.get(str(path))


def _content(path: str, content: bytes) -> dict[str, Any]:
    saved = json.loads(content)
    revisions = {str(name): Applied.of(known) for name, known in dict(saved["revisions"]).items()}
    return {"birth": str(saved["birth"]), "revisions": revisions}


_PARSED = Files(_content)


def identity(url: sa.URL) -> str:
    """Name a database without user, password or driver. Read-only.

    Examples
    --------
    >>> identity(sa.make_url("postgresql+psycopg://ann:secret@127.0.0.1/app"))
    'postgresql at localhost:5432/app'
    """
    backend = shared_name(url.get_backend_name())
    if backend == "sqlite":
        file = (url.database or "").removeprefix("file:").partition("?")[0]
        return f"sqlite at {Path(file).resolve()}"
    asked = url.query.get("host") or url.query.get("unix_socket") or ""
    host = url.host or (asked if isinstance(asked, str) else ",".join(asked))
    place = "localhost" if host in _LOOPBACK else host
    return f"{backend} at {place}:{url.port or _PORTS.get(backend, 0)}/{url.database}"


def birth(connection: sa.Connection, version_table: str) -> str:
    """Give what tells a database from an earlier database of the same name. Read-only.

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
    """Read the switch; any value other than on or off counts as on."""
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
